"""Web addresses in a text, as Telegram marks them."""

from bot.channels.telegram.codec import mend
from bot.errors import InvalidInput

_WEB = ("http://", "https://")


def with_links(text: str, entities: object) -> tuple[str, tuple[str, ...]]:
    """The text and the web addresses in it, each once, in order.

    An address hidden behind words is put on a line of its own after the text, so that whoever reads the text sees
    where it leads. `entities` is the list of an update, or None; offsets count UTF-16 units (Bot API, MessageEntity).
    Raises InvalidInput when it is anything else.
    """
    if entities is None:
        return text, ()
    if not isinstance(entities, list):
        raise InvalidInput("The update's entities are not a list.")
    units = text.encode("utf-16-le")
    links: dict[str, None] = {}
    hidden: dict[str, None] = {}
    for entity in entities:
        link, is_hidden = _link(entity, units)
        if link:
            links[link] = None
        if link and is_hidden and link not in text:
            hidden[link] = None
    return "\n".join((text, *hidden)), tuple(links)


def _link(entity: object, units: bytes) -> tuple[str, bool]:
    """The web address of an entity ('' if it has none), and whether it stands behind other words."""
    if not isinstance(entity, dict):
        raise InvalidInput("An entity of the update is not an object.")
    kind = entity.get("type")
    if kind == "text_link":
        url = entity.get("url")
        if not isinstance(url, str):
            raise InvalidInput("A link of the update has no address.")
        url = mend(url)
        return (url if url.lower().startswith(_WEB) else ""), True
    if kind == "url":
        written = _slice(units, entity.get("offset"), entity.get("length"))
        if written.lower().startswith(_WEB):
            return written, False
        # People write "example.org/page"; Telegram's apps open that as http. Other schemes are no web addresses.
        return (f"http://{written}" if written and "://" not in written else ""), False
    return "", False


def _slice(units: bytes, offset: object, length: object) -> str:
    if not isinstance(offset, int) or not isinstance(length, int) or offset < 0 or length < 0:
        raise InvalidInput("An entity of the update has no usable place.")
    return units[2 * offset : 2 * (offset + length)].decode("utf-16-le", "replace")
