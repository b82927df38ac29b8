"""The parameters of a call, wherever they stand: query, form, multipart or JSON."""

import json
from dataclasses import dataclass

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from fake_telegram.params import Params, Upload, as_fields
from fake_telegram.refusals import UPLOAD_TOO_LARGE, Refused, bad_request

MAX_UPLOAD_BYTES = 50 * 1024 * 1024
"""What a bot may send, and some more for the multipart frame around it."""


@dataclass(frozen=True, slots=True)
class _Body:
    values: dict[str, str]
    uploads: dict[str, Upload]


async def read_params(request: Request) -> Params:
    """Everything a call was given; the body wins over the query.

    Raises:
        Refused: the body is too large, or not what its Content-Type says.
    """
    if int(request.headers.get("content-length", 0)) > MAX_UPLOAD_BYTES:
        raise Refused(UPLOAD_TOO_LARGE)
    body = await _read_body(request)
    return Params({**request.query_params, **body.values}, body.uploads)


async def _read_body(request: Request) -> _Body:
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type == "application/json":
        return _Body(_json_values(await request.body()), {})
    if content_type in ("application/x-www-form-urlencoded", "multipart/form-data"):
        return await _form(request)
    return _Body({}, {})


def _json_values(body: bytes) -> dict[str, str]:
    try:
        fields = json.loads(body or b"{}")
    except ValueError as error:
        raise Refused(bad_request("can't parse JSON object")) from error
    if not isinstance(fields, dict):
        raise Refused(bad_request("expected an Object"))
    return as_fields(fields)


async def _form(request: Request) -> _Body:
    values: dict[str, str] = {}
    uploads: dict[str, Upload] = {}
    try:
        async with request.form() as form:
            for name, value in form.multi_items():
                if isinstance(value, UploadFile):
                    uploads[name] = Upload(
                        file_name=value.filename or name,
                        mime_type=value.content_type or "application/octet-stream",
                        content=await value.read(),
                    )
                else:
                    values[name] = value
    except HTTPException as error:
        raise Refused(bad_request(f"can't parse the form: {error.detail}")) from error
    return _Body(values, uploads)
