"""One row for each photo that was read. Databases older than these steps have it already."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "readings",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("num_digits", sa.Integer(), nullable=False),
        sa.Column("reply_seconds", sa.Double(), nullable=False),
        if_not_exists=True,
    )
