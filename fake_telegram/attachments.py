"""The fields of a message that carry a file."""

from io import BytesIO
from mimetypes import guess_extension
from pathlib import PurePath

from PIL import Image

from fake_telegram.files import FileStore
from fake_telegram.photos import SizedJpeg, in_no_order
from fake_telegram.shapes import Json

STICKER_SIDE = 512


def photo(files: FileStore, sizes: tuple[SizedJpeg, ...]) -> Json:
    """{"photo": [PhotoSize, …]} of a photo's sizes (photo_sizes makes them), in no order."""
    shown = [
        {
            **files.add(size.content, "photo", "image/jpeg", suffix=".jpg").as_json(),
            "width": size.width,
            "height": size.height,
        }
        for size in in_no_order(sizes, seed=len(sizes[0].content))
    ]
    return files.show_as({"photo": shown}, *(size["file_id"] for size in shown))


def document(
    files: FileStore, data: bytes, file_name: str, mime_type: str, size: int | None = None
) -> Json:
    """{"document": …} of bytes that are kept as they are."""
    suffix = PurePath(file_name).suffix or guess_extension(mime_type) or ""
    file = files.add(data, "document", mime_type, suffix=suffix, size=size)
    shown = {**file.as_json(), "file_name": file_name, "mime_type": mime_type}
    return files.show_as({"document": shown}, file.file_id)


def sticker(files: FileStore) -> Json:
    """{"sticker": …}: a plain blue square."""
    content = BytesIO()
    Image.new("RGBA", (STICKER_SIDE, STICKER_SIDE), "blue").save(content, "WEBP")
    file = files.add(content.getvalue(), "sticker", "image/webp", suffix=".webp")
    shown = {
        **file.as_json(),
        "type": "regular",
        "width": STICKER_SIDE,
        "height": STICKER_SIDE,
        "is_animated": False,
        "is_video": False,
        "emoji": "🟦",
    }
    return files.show_as({"sticker": shown}, file.file_id)


def voice(files: FileStore) -> Json:
    """{"voice": …}: the head of an Ogg file; nobody listens to it here."""
    file = files.add(b"OggS" + bytes(24), "voice", "audio/ogg", suffix=".oga")
    shown = {**file.as_json(), "duration": 1, "mime_type": file.mime_type}
    return files.show_as({"voice": shown}, file.file_id)
