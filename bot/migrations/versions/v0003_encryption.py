"""Whose an update is stands in its encrypted text alone; how its chat is numbered stays."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

inbox = sa.table("inbox", sa.column("chat_id"), sa.column("numbering"))


def upgrade() -> None:
    columns = {column["name"] for column in sa.inspect(op.get_bind()).get_columns("inbox")}
    if "to_forget" not in columns:
        op.add_column(
            "inbox",
            sa.Column("to_forget", sa.Boolean(), nullable=False, server_default=sa.false()),
        )
    if "numbering" not in columns:
        op.add_column("inbox", sa.Column("numbering", sa.BigInteger()))
    if "chat_id" in columns:
        # As bot/message_ids.py had it: supergroups have numbers of their own, all others share.
        is_alone = sa.or_(inbox.c.chat_id < -1_000_000_000_000, inbox.c.chat_id.is_(None))
        numbering = sa.case((is_alone, inbox.c.chat_id), else_=0)
        op.execute(inbox.update().values(numbering=numbering))
        op.drop_column("inbox", "chat_id")
