"""A chat's next update is found at once, however many of it wait."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    columns = ["chat_digest", "update_id"]
    op.create_index("ix_inbox_chat_digest_update_id", "inbox", columns, if_not_exists=True)
    op.drop_index("ix_inbox_chat_digest", "inbox", if_exists=True)
