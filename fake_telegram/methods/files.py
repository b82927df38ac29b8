"""Where to download a file."""

from fake_telegram import refusals
from fake_telegram.files import MAX_DOWNLOAD_BYTES
from fake_telegram.methods.registry import Methods
from fake_telegram.params import Params
from fake_telegram.refusals import Refused
from fake_telegram.shapes import Json
from fake_telegram.world import World

METHODS = Methods()


@METHODS.method("getFile", "file_id")
async def get_file(world: World, params: Params) -> Json:
    file_id = params.text("file_id").strip()
    if not file_id:
        raise Refused(refusals.FILE_ID_EMPTY)
    file = world.files.by_id(file_id)
    if file is None:
        raise Refused(refusals.FILE_ID_INVALID)
    if file.size > MAX_DOWNLOAD_BYTES:
        raise Refused(refusals.FILE_TOO_BIG)
    if world.files.by_path(file.path) is None:
        raise Refused(refusals.FILE_UNAVAILABLE)
    return {**file.as_json(), "file_path": file.path}
