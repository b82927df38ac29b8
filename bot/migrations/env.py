"""Alembic runs this file to take the steps that a database lacks, on the connection it is given.

`bot/schema.py` has it run at each start; there is no command line to call.
"""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
with context.begin_transaction():
    context.run_migrations()
