"""Which updates are of one chat, of one album, and which picture a message had."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    # SQLite knows no ADD COLUMN IF NOT EXISTS.
    known = {column["name"] for column in sa.inspect(op.get_bind()).get_columns("inbox")}
    for name in ("chat_digest", "album_digest", "picture_digest"):
        if name not in known:
            op.add_column("inbox", sa.Column(name, sa.Text()))
    for name in ("chat_digest", "album_digest", "message_id"):
        op.create_index(f"ix_inbox_{name}", "inbox", [name], if_not_exists=True)
