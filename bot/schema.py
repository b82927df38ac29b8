"""The tables, brought up to date at the start: by one process at a time, and never backwards."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

MIGRATIONS = Path(__file__).with_name("migrations")

ONE_AT_A_TIME = {
    "sqlite": "BEGIN IMMEDIATE",
    # Held until the transaction ends; the number is any that nobody else takes ("digit" in ASCII).
    "postgresql": f"SELECT pg_advisory_xact_lock({0x6469676974})",
}
"""What has a second process wait until the first one's transaction is over."""


class NewerSchema(Exception):
    """A newer release of the bot has changed the tables; nothing was touched."""


def bring_up_to_date(connection: Connection) -> None:
    """Takes the steps in `migrations/` that the tables lack, in the transaction that is begun.

    Raises:
        NewerSchema: they have taken one that this release does not know.
    """
    connection.exec_driver_sql(ONE_AT_A_TIME[connection.dialect.name])
    config = alembic_config(connection)
    scripts = ScriptDirectory.from_config(config)
    known = {script.revision for script in scripts.walk_revisions()}
    taken = MigrationContext.configure(connection).get_current_heads()
    if unknown := sorted(set(taken) - known):
        raise NewerSchema(
            f"its tables are at step {unknown[0]}, and this release knows none after "
            f"{scripts.get_current_head()}"
        )
    command.upgrade(config, "head")


def alembic_config(connection: Connection) -> Config:
    """What Alembic's commands are told: where the steps are, and on what to take them."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
