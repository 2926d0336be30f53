"""Reading request bodies in all the forms that the Bot API takes: query, JSON, form and multipart."""

from typing import Any

import orjson
from aiohttp import BodyPartReader, web

from bot.sandbox.calls import Arguments, Upload
from bot.sandbox.media import MAX_UPLOAD
from bot.sandbox.refusals import Refusal, bad_request

MAX_FIELD = 1024 * 1024


async def read_arguments(request: web.Request) -> Arguments:
    """The parameters and files of a call; raises Refusal for unreadable or oversized bodies."""
    arguments = Arguments(dict(request.query))
    kind = request.content_type
    if not request.can_read_body:
        return arguments
    if kind == "application/json":
        arguments.values |= _parse_json(await request.read())
    elif kind == "multipart/form-data":
        await _read_multipart(request, arguments)
    elif kind == "application/x-www-form-urlencoded":
        for name, value in (await request.post()).items():
            arguments.values[name] = value
    else:
        raise bad_request(f'unsupported content type "{kind}"')
    return arguments


def _parse_json(body: bytes) -> dict[str, Any]:
    try:
        values = orjson.loads(body) if body else {}
    except orjson.JSONDecodeError:
        raise bad_request("can't parse JSON object, or strings must be encoded in UTF-8") from None
    if not isinstance(values, dict):
        raise bad_request("object expected as JSON body")
    return values


async def _read_multipart(request: web.Request, arguments: Arguments) -> None:
    """Reads part by part, because an application's own limit of a body's size does not fit uploads of 50 MB."""
    reader = await request.multipart()
    left = MAX_UPLOAD + MAX_FIELD
    async for part in reader:
        if not isinstance(part, BodyPartReader) or not part.name:
            raise bad_request("can't parse multipart body")
        data = await _read_part(part, left)
        left -= len(data)
        if part.filename is None:
            arguments.values[part.name] = _utf8(data)
        else:
            arguments.files[part.name] = Upload(part.filename, data)


async def _read_part(part: BodyPartReader, limit: int) -> bytes:
    data = bytearray()
    while chunk := await part.read_chunk(256 * 1024):
        data += chunk
        if len(data) > limit:
            raise Refusal(413, "Request Entity Too Large")
    return bytes(data)


def _utf8(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise bad_request("strings must be encoded in UTF-8") from None
