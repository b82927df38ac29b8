import json
from typing import Any

import httpx
import pytest

from fake_telegram import Person, World
from fake_telegram.photos import photo_sizes
from tests.fake_telegram.calls import Api
from tests.fake_telegram.conftest import png


async def send_photo(api: Api, ann: Person, picture: bytes, **fields: str) -> httpx.Response:
    return await api.http.post(
        f"{api.root}/sendPhoto",
        data={"chat_id": str(ann.user_id), **fields},
        files={"photo": ("digit.png", picture)},
    )


async def test_an_uploaded_photo_comes_in_several_jpeg_sizes(
    api: Api, ann: Person, picture: bytes
) -> None:
    message = (await send_photo(api, ann, picture, caption="A 7.")).json()["result"]
    assert message["caption"] == "A 7."
    widths = {size["width"] for size in message["photo"]}
    assert widths == {90, 320, 800, 1280}
    for size in message["photo"]:
        assert size["file_id"] != size["file_unique_id"]
        file = await api.result("getFile", file_id=size["file_id"])
        content = (await api.http.get(f"/file{api.root}/{file['file_path']}")).content
        assert content.startswith(b"\xff\xd8\xff")
        assert len(content) == size["file_size"] == file["file_size"]


async def test_who_measures_the_bot_alone_has_its_photos_kept_as_they_are(
    api: Api, world: World, ann: Person
) -> None:
    world.recompresses = False
    jpeg = photo_sizes(png(1000, 600))[-1].content
    message = (await send_photo(api, ann, jpeg)).json()["result"]
    (only,) = message["photo"]
    assert (only["width"], only["height"], only["file_size"]) == (1000, 600, len(jpeg))


async def test_a_photo_is_sent_again_by_its_file_id(api: Api, ann: Person, picture: bytes) -> None:
    theirs = ann.send_photo(picture)
    file_id = theirs["photo"][0]["file_id"]
    message = await api.result("sendPhoto", chat_id=ann.user_id, photo=file_id)
    assert message["photo"] == theirs["photo"]


async def test_the_same_bytes_sent_twice_share_the_unique_id_and_nothing_else(
    ann: Person, picture: bytes
) -> None:
    first = ann.send_document(picture)["document"]
    second = ann.send_document(picture)["document"]
    assert first["file_unique_id"] == second["file_unique_id"]
    assert first["file_id"] != second["file_id"]


async def test_a_document_keeps_its_bytes_its_name_and_its_type(api: Api, ann: Person) -> None:
    response = await api.http.post(
        f"{api.root}/sendDocument",
        data={"chat_id": str(ann.user_id)},
        files={"document": ("notes.csv", b"7,1\n", "text/csv")},
    )
    document = response.json()["result"]["document"]
    assert (document["file_name"], document["mime_type"]) == ("notes.csv", "text/csv")
    file = await api.result("getFile", file_id=document["file_id"])
    assert file["file_path"].endswith(".csv")
    assert (await api.http.get(f"/file{api.root}/{file['file_path']}")).content == b"7,1\n"


@pytest.mark.parametrize(
    ("picture", "reason"),
    [
        (b"no picture", "IMAGE_PROCESS_FAILED"),
        (png(30, 30)[:60], "IMAGE_PROCESS_FAILED"),
        (png(2100, 100), "PHOTO_INVALID_DIMENSIONS"),
        (b"", "file must be non-empty"),
        (
            bytes(10 * 1024 * 1024 + 1),
            "file of size 10485761 bytes is too big for a photo; "
            "the maximum size is 10485760 bytes",
        ),
    ],
)
async def test_what_is_no_photo_is_refused(
    api: Api, ann: Person, picture: bytes, reason: str
) -> None:
    response = await send_photo(api, ann, picture)
    assert response.status_code == 400
    assert response.json()["description"] == f"Bad Request: {reason}"


async def test_a_body_over_50_mb_is_refused_before_it_is_read(api: Api) -> None:
    # The announced length decides.
    response = await api.http.post(
        f"{api.root}/sendDocument", content=b"", headers={"Content-Length": str(51 << 20)}
    )
    assert response.status_code == 413
    assert response.json()["description"] == "Request Entity Too Large"


@pytest.mark.parametrize(
    ("method", "parameters", "reason"),
    [
        ("sendPhoto", {}, "there is no photo in the request"),
        ("sendDocument", {}, "there is no document in the request"),
        ("sendPhoto", {"photo": "attach://it"}, "there is no photo in the request"),
        ("sendPhoto", {"photo": "AgAC"}, "wrong file identifier/HTTP URL specified"),
        ("sendPhoto", {"photo": "x", "caption": "x" * 1025}, "message caption is too long"),
    ],
)
async def test_a_file_that_does_not_come_is_refused(
    api: Api, ann: Person, method: str, parameters: dict[str, str], reason: str
) -> None:
    refusal = await api.refusal(method, chat_id=ann.user_id, **parameters)
    assert refusal == f"400 Bad Request: {reason}"


async def test_a_file_of_another_kind_is_refused(api: Api, ann: Person, picture: bytes) -> None:
    document = ann.send_document(picture)["document"]["file_id"]
    refusal = await api.refusal("sendPhoto", chat_id=ann.user_id, photo=document)
    assert refusal == "400 Bad Request: can't use file of type Document as Photo"


async def send_album(api: Api, ann: Person, media: Any, picture: bytes) -> httpx.Response:
    text = json.dumps(media)
    return await api.http.post(
        f"{api.root}/sendMediaGroup",
        data={"chat_id": str(ann.user_id), "media": text},
        files={name: picture for name in ("one", "two") if name in text},
    )


ONE = {"type": "photo", "media": "attach://one", "caption": "first"}
TWO = {"type": "photo", "media": "attach://two"}


async def test_an_album_is_as_many_messages_with_one_group_id(
    api: Api, ann: Person, picture: bytes
) -> None:
    messages = (await send_album(api, ann, [ONE, TWO], picture)).json()["result"]
    assert len({message["media_group_id"] for message in messages}) == 1
    assert [message.get("caption") for message in messages] == ["first", None]


@pytest.mark.parametrize(
    ("media", "reason"),
    [
        ([ONE], "an album must have 2 to 10 items"),
        ([ONE] * 11, "an album must have 2 to 10 items"),
        ({"0": ONE}, "can't parse media JSON object"),
        (
            [ONE, {"type": "hologram", "media": "attach://one"}],
            "type hologram of media is none the stand-in knows",
        ),
    ],
)
async def test_a_malformed_album_is_refused_whole(
    api: Api, world: World, ann: Person, media: Any, reason: str
) -> None:
    response = await send_album(api, ann, media, png(30, 30))
    assert response.status_code == 400
    assert response.json()["description"] == f"Bad Request: {reason}"
    assert world.sent(ann.user_id) == []


async def test_a_file_over_20_mb_cannot_be_downloaded(api: Api, ann: Person) -> None:
    document = ann.send_document(b"", size=20 * 1024 * 1024 + 1)["document"]
    assert document["file_size"] == 20 * 1024 * 1024 + 1
    refusal = await api.refusal("getFile", file_id=document["file_id"])
    assert refusal == "400 Bad Request: file is too big"


@pytest.mark.parametrize(
    ("file_id", "reason"), [("", "file_id not specified"), ("AgAC", "invalid file_id")]
)
async def test_a_file_that_never_was_cannot_be_found(api: Api, file_id: str, reason: str) -> None:
    assert await api.refusal("getFile", file_id=file_id) == f"400 Bad Request: {reason}"


async def test_a_file_that_is_lost_cannot_be_found_or_downloaded(
    api: Api, world: World, ann: Person
) -> None:
    file_id = ann.send_document(b"7")["document"]["file_id"]
    path = (await api.result("getFile", file_id=file_id))["file_path"]
    world.files.forget(file_id)
    assert await api.refusal("getFile", file_id=file_id) == (
        "400 Bad Request: wrong file_id or the file is temporarily unavailable"
    )
    gone = await api.http.get(f"/file{api.root}/{path}")
    assert gone.status_code == 404
    assert gone.json() == {"ok": False, "error_code": 404, "description": "Not Found"}
