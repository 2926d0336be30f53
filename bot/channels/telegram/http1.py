"""Reading one HTTP/1.1 answer from whatever pieces it comes in (RFC 9112, sections 4, 6 and 7)."""

import re
from typing import NamedTuple

_HEAD_LIMIT = 64 * 1024
_STATUS = re.compile(rb"http/1\.([01]) (\d{3})(?: |\r\n)")
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d+)[ \t]*(?=\r\n)")
_CODING = re.compile(rb"\r\ntransfer-encoding:[ \t]*([^\r\n]*)")
_CLOSE = re.compile(rb"\r\nconnection:[^\r\n]*\bclose\b")
_SIZE = re.compile(rb"([0-9a-fA-F]{1,15})[ \t]*(?:;[^\r\n]*)?\r\n")
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
    """Reads one answer, whose body has at most `limit` bytes."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._buffer: bytes | bytearray = b""
        self._at = 0
        self._status = 0
        self._keep = False
        self._size: int | None = None
        self._chunks: list[bytes] | None = None
        self._read = 0

    @property
    def begun(self) -> bool:
        """Whether anything has come."""
        return bool(self._buffer)

    def feed(self, data: bytes) -> Answer | None:
        """The answer, once it is whole. Raises Garbled, AnswerTooLarge."""
        if not self._buffer:
            self._buffer = data
        else:
            if isinstance(self._buffer, bytes):
                self._buffer = bytearray(self._buffer)
            self._buffer += data
        if not self._status and not self._read_head():
            return None
        if self._chunks is not None:
            return self._read_chunks(self._chunks)
        have = len(self._buffer) - self._at
        if (have if self._size is None else self._size) > self._limit:
            raise AnswerTooLarge
        if self._size is None or have < self._size:
            return None
        body = bytes(self._buffer[self._at : self._at + self._size])
        return Answer(self._status, body, self._keep and have == self._size)

    def end(self) -> Answer | None:
        """The answer, if it is one that ends with its connection."""
        if not self._status or self._size is not None or self._chunks is not None:
            return None
        return Answer(self._status, bytes(self._buffer[self._at :]), keep=False)

    def _read_head(self) -> bool:
        """Whether the head has come; answers that only announce another one are passed over."""
        while (end := self._buffer.find(b"\r\n\r\n", self._at) + 4) >= 4:
            head = bytes(self._buffer[self._at : end]).lower()
            self._at = end
            found = _STATUS.match(head)
            if found is None:
                raise Garbled
            status = int(found[2])
            if status >= 200:
                self._status = status
                self._keep = found[1] == b"1" and _CLOSE.search(head) is None
                self._frame(head)
                return True
        if len(self._buffer) - self._at > _HEAD_LIMIT:
            raise Garbled
        return False

    def _frame(self, head: bytes) -> None:
        """How the body says where it ends: by chunks, by its length, or with its connection."""
        coding = _CODING.search(head)
        if coding is not None:
            if coding[1].strip() != b"chunked":
                raise Garbled
            self._chunks = []
            return
        lengths = set(_LENGTH.findall(head))
        if len(lengths) > 1:
            raise Garbled
        self._size = int(lengths.pop()) if lengths else 0 if self._status in _WITHOUT_BODY else None

    def _read_chunks(self, chunks: list[bytes]) -> Answer | None:
        while (end := self._buffer.find(b"\r\n", self._at) + 2) >= 2:
            found = _SIZE.fullmatch(self._buffer, self._at, end)
            if found is None:
                raise Garbled
            size = int(found[1], 16)
            if size == 0:
                return self._read_trailers(b"".join(chunks), end)
            self._read += size
            if self._read > self._limit:
                raise AnswerTooLarge
            if len(self._buffer) < end + size + 2:
                self._read -= size
                return None
            if self._buffer[end + size : end + size + 2] != b"\r\n":
                raise Garbled
            chunks.append(bytes(self._buffer[end : end + size]))
            self._at = end + size + 2
        return None

    def _read_trailers(self, body: bytes, at: int) -> Answer | None:
        """After the last chunk: an empty line, perhaps after trailers, which say nothing to us."""
        end = at + 2 if self._buffer[at : at + 2] == b"\r\n" else self._buffer.find(b"\r\n\r\n", at) + 4
        if end < 4 or len(self._buffer) < end:
            return None
        return Answer(self._status, body, self._keep and end == len(self._buffer))
