"""How Telegram says no: the exact codes and texts, read off tdlib/telegram-bot-api's source."""

from dataclasses import dataclass, field

from fake_telegram.shapes import Json


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer with `ok: false`."""

    code: int
    description: str
    parameters: Json = field(default_factory=dict)

    def as_json(self) -> Json:
        answer: Json = {"ok": False, "error_code": self.code, "description": self.description}
        return answer | ({"parameters": self.parameters} if self.parameters else {})


class Refused(Exception):
    """Raised by a method that refuses; the server sends the refusal."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.description)
        self.refusal = refusal


def bad_request(reason: str) -> Refusal:
    return Refusal(400, f"Bad Request: {reason}")


def too_many_requests(retry_after: int) -> Refusal:
    return Refusal(
        429, f"Too Many Requests: retry after {retry_after}", {"retry_after": retry_after}
    )


def upgraded_to(supergroup_id: int) -> Refusal:
    return Refusal(
        400,
        "Bad Request: group chat was upgraded to a supergroup chat",
        {"migrate_to_chat_id": supergroup_id},
    )


UNAUTHORIZED = Refusal(401, "Unauthorized")
NOT_FOUND = Refusal(404, "Not Found")
METHOD_NOT_FOUND = Refusal(404, "Not Found: method not found")

BLOCKED = Refusal(403, "Forbidden: bot was blocked by the user")
NOT_STARTED = Refusal(403, "Forbidden: bot can't initiate conversation with a user")

OTHER_POLLER = Refusal(
    409,
    "Conflict: terminated by other getUpdates request; "
    "make sure that only one bot instance is running",
)
POLL_ENDED_BY_WEBHOOK = Refusal(409, "Conflict: terminated by setWebhook request")
WEBHOOK_IS_ACTIVE = Refusal(
    409,
    "Conflict: can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first",
)

NO_RIGHT_TO_SEND = bad_request("not enough rights to send text messages to the chat")
NO_RIGHT_TO_WRITE = bad_request("CHAT_WRITE_FORBIDDEN")
RESTRICTED = bad_request("CHAT_RESTRICTED")
TOPIC_CLOSED = bad_request("TOPIC_CLOSED")

CHAT_ID_EMPTY = bad_request("chat_id is empty")
CHAT_NOT_FOUND = bad_request("chat not found")
TEXT_EMPTY = bad_request("message text is empty")
ENTITIES_NOT_JSON = bad_request("can't parse entities JSON object")
TEXT_TOO_LONG = bad_request("message is too long")
CAPTION_TOO_LONG = bad_request("message caption is too long")
REPLY_NOT_FOUND = bad_request("message to be replied not found")
CHAT_ID_MISSING = bad_request("chat identifier is not specified")
REPLY_NOT_JSON = bad_request("can't parse reply parameters JSON object")
MESSAGE_ID_MISSING = bad_request("message identifier is not specified")
EDIT_NOT_FOUND = bad_request("message to edit not found")
CANNOT_EDIT = bad_request("message can't be edited")
NO_TEXT_TO_EDIT = bad_request("there is no text in the message to edit")
NO_CAPTION_TO_EDIT = bad_request("there is no caption in the message to edit")
NOT_MODIFIED = bad_request(
    "message is not modified: specified new message content and reply markup are exactly the "
    "same as a current content and reply markup of the message"
)
DELETE_NOT_FOUND = bad_request("message to delete not found")
CANNOT_DELETE = bad_request("message can't be deleted")
REACT_NOT_FOUND = bad_request("message to react not found")
REACTION_INVALID = bad_request("REACTION_INVALID")
REACTIONS_NOT_JSON = bad_request("can't parse reaction types JSON object")
ACTION_INVALID = bad_request("wrong parameter action in request")
QUERY_TOO_OLD = bad_request("query is too old and response timeout expired or query ID is invalid")
ANSWER_TOO_LONG = bad_request("MESSAGE_TOO_LONG")

BUTTON_DATA_INVALID = bad_request("BUTTON_DATA_INVALID")
BUTTON_WITHOUT_ACTION = bad_request(
    "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
)
BUTTON_NOT_OBJECT = bad_request(
    "can't parse inline keyboard button: InlineKeyboardButton must be an Object"
)
BUTTON_WITHOUT_TEXT = bad_request("can't parse inline keyboard button: Can't find field \"text\"")
KEYBOARD_NOT_ROWS = bad_request(
    'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays'
)
MARKUP_NOT_JSON = bad_request("can't parse reply keyboard markup JSON object")
MARKUP_NOT_OBJECT = bad_request("object expected as reply markup")

FILE_ID_EMPTY = bad_request("file_id not specified")
FILE_ID_INVALID = bad_request("invalid file_id")
FILE_UNAVAILABLE = bad_request("wrong file_id or the file is temporarily unavailable")
FILE_TOO_BIG = bad_request("file is too big")
FILE_IDENTIFIER_WRONG = bad_request("wrong file identifier/HTTP URL specified")
FILE_EMPTY = bad_request("file must be non-empty")
PHOTO_UNREADABLE = bad_request("IMAGE_PROCESS_FAILED")
PHOTO_DIMENSIONS = bad_request("PHOTO_INVALID_DIMENSIONS")
UPLOAD_TOO_LARGE = Refusal(413, "Request Entity Too Large")

MEDIA_NOT_JSON = bad_request("can't parse media JSON object")
ALBUM_SIZE = bad_request("an album must have 2 to 10 items")  # the documented rule, our words
ALLOWED_NOT_JSON = bad_request("can't parse allowed_updates JSON object")
COMMANDS_NOT_JSON = bad_request("can't parse commands JSON object")
COMMAND_INVALID = bad_request("BOT_COMMAND_INVALID")
COMMAND_DESCRIPTION_INVALID = bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
COMMANDS_TOO_MUCH = bad_request("BOT_COMMANDS_TOO_MUCH")
SCOPE_INVALID = bad_request("can't parse BotCommandScope: Unsupported type specified")
MENU_BUTTON_INVALID = bad_request("can't parse menu button: MenuButton has unsupported type")
WEBHOOK_URL_INVALID = bad_request("invalid webhook URL specified")
WEBHOOK_NOT_HTTPS = bad_request("bad webhook: An HTTPS URL must be provided for webhook")
SECRET_TOKEN_INVALID = bad_request("secret token contains unallowed characters")
