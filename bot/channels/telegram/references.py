"""What the services keep as the number of a sent message: a file and its text, which are two at Telegram, are one.

Telegram's message numbers are 32-bit (TDLib, ServerMessageId), so that two of them fit into a stored 64-bit number.
"""

_BITS = 32


def one_reference(first: int, second: int) -> int:
    """Two message numbers of one chat as one reference."""
    return first << _BITS | second


def parts_of(reference: int) -> tuple[int, ...]:
    """The message numbers behind a reference, in the order in which they were sent."""
    first, last = divmod(reference, 1 << _BITS)
    return (first, last) if first else (last,)
