"""Reading one HTTP/1.1 answer from whatever pieces it comes in, by llhttp (the parser of Node.js, by httptools)."""

from typing import NamedTuple

import httptools

_HEAD_LIMIT = 64 * 1024
"""Bytes; what has no end of its head by then is no answer."""
_WITHOUT_BODY = (204, 304)


class AnswerTooLarge(Exception):
    """The answer went over the limit that the caller set."""


class Garbled(Exception):
    """What came is no HTTP answer."""


class Answer(NamedTuple):
    """A whole answer."""

    status: int
    body: bytes
    keep: bool
    """Whether the connection may be used again."""


class Reader:
    """Reads one answer, whose body has at most `limit` bytes.

    The methods that begin with `on_` are called by the parser; they note what they are told and never raise.
    """

    def __init__(self, limit: int) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self._limit = limit
        self._came = 0
        self._status = 0
        self._keep = False
        self._framed = False
        self._garbled = False
        self._announced = 0
        self._size = 0
        self._parts: list[bytes] = []
        self._whole = False

    @property
    def begun(self) -> bool:
        """Whether anything has come."""
        return self._came > 0

    def feed(self, data: bytes) -> Answer | None:
        """The answer, once it is whole. Raises Garbled, AnswerTooLarge."""
        self._came += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            if not self._whole:  # after the answer anything may come: the connection is given up, the answer counts
                raise Garbled from None
            self._keep = False
        if self._garbled or (not self._status and self._came > _HEAD_LIMIT):
            raise Garbled
        if max(self._size, self._announced) > self._limit:
            raise AnswerTooLarge
        return Answer(self._status, b"".join(self._parts), self._keep) if self._whole else None

    def end(self) -> Answer | None:
        """The answer, if it is one that ends with its connection."""
        if not self._status or self._framed:
            return None
        return Answer(self._status, b"".join(self._parts), keep=False)

    def on_message_begin(self) -> None:
        """Another answer: the one to read, or what follows it although nobody asked."""
        self._keep = False

    def on_header(self, name: bytes, value: bytes) -> None:
        """What says where the body ends."""
        match name.lower():
            case b"content-length":
                self._framed = True
                self._announced = int(value) if value.isdigit() else 0
            case b"transfer-encoding":
                self._framed = True
                self._garbled |= value.strip().lower() != b"chunked"

    def on_headers_complete(self) -> None:
        """Answers that only announce another one (1xx) are passed over."""
        status = self._parser.get_status_code()
        if status >= 200 and not self._whole:
            self._status = status
            self._keep = self._parser.should_keep_alive()
            self._framed |= status in _WITHOUT_BODY

    def on_body(self, body: bytes) -> None:
        """A part of it."""
        if not self._whole:
            self._size += len(body)
            self._parts.append(body)

    def on_message_complete(self) -> None:
        """Whole, unless it was one that announces another."""
        self._whole = self._status != 0
