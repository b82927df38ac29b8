"""Which updates belong to one album, and which picture a message had; looked for within a chat."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    # SQLite knows no ADD COLUMN IF NOT EXISTS.
    known = {column["name"] for column in sa.inspect(op.get_bind()).get_columns("inbox")}
    for name in ("album_id", "picture_digest"):
        if name not in known:
            op.add_column("inbox", sa.Column(name, sa.Text()))
    op.create_index("ix_inbox_chat_id", "inbox", ["chat_id"], if_not_exists=True)
