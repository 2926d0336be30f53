"""Answers that come in pieces, in every framing that HTTP/1.1 has, and those that are none."""

import pytest

from bot.channels.telegram.http1 import Answer, AnswerTooLarge, Garbled, Reader

BODY = b'{"ok":true,"result":{"message_id":11}}'
WHOLE = {
    "by length": b"HTTP/1.1 200 OK\r\nContent-Length: 38\r\n\r\n" + BODY,
    "in chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=1\r\n"
    + BODY[:5] + b"\r\n21\r\n" + BODY[5:] + b"\r\n0\r\n\r\n",
    "in chunks, with trailers": b"HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\n26\r\n"
    + BODY + b"\r\n0\r\nX: y\r\n\r\n",
    "after an interim answer": b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 38\r\n\r\n" + BODY,
}  # fmt: skip


def read(data: bytes, size: int, limit: int = 1000) -> Answer | None:
    reader = Reader(limit)
    found = None
    for at in range(0, len(data), size):
        assert found is None, "whole before its end"
        found = reader.feed(data[at : at + size])
    return found


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
@pytest.mark.parametrize("data", WHOLE.values(), ids=WHOLE.keys())
def test_an_answer_is_the_same_in_any_pieces(data: bytes, size: int) -> None:
    assert read(data, size) == Answer(200, BODY, keep=True)


@pytest.mark.parametrize("data", WHOLE.values(), ids=WHOLE.keys())
def test_what_is_cut_is_no_answer(data: bytes) -> None:
    reader = Reader(1000)
    assert reader.feed(data[:-1]) is None
    assert reader.begun
    assert reader.end() is None


def test_without_a_length_it_ends_with_its_connection() -> None:
    reader = Reader(1000)
    assert reader.feed(b"HTTP/1.1 502 Bad\r\n\r\n<html>") is None
    assert reader.end() == Answer(502, b"<html>", keep=False)


@pytest.mark.parametrize(
    "data",
    [
        b"HTTP/1.1 200 OK\r\nConnection: keep-alive, close\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\nmore",
    ],
    ids=["close", "1.0", "more than asked", "more than asked, in chunks"],
)
def test_such_a_connection_is_not_used_again(data: bytes) -> None:
    assert read(data, 1000) == Answer(200, b"{}", keep=False)


@pytest.mark.parametrize(
    "data",
    [
        b"SSH-2.0-OpenSSH\r\n\r\n",
        b"HTTP/2 200\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}XX",
        b"x" * 70_000,
    ],
    ids=["another protocol", "another version", "two lengths", "coded", "no size", "a chunk too long", "no end"],
)
def test_what_is_no_answer_is_told(data: bytes) -> None:
    with pytest.raises(Garbled):
        read(data, len(data))


@pytest.mark.parametrize("data", WHOLE.values(), ids=WHOLE.keys())
def test_too_much_is_refused_before_it_is_held(data: bytes) -> None:
    with pytest.raises(AnswerTooLarge):
        read(data, 1, limit=37)
