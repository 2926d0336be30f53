"""Bot API methods for inline mode and for who is who in a group, as strict as Telegram.

Rules from core.telegram.org/bots/api (answerInlineQuery, InlineQueryResultArticle, getChatMember): at most 50 results,
each id 1 to 64 bytes and once, a title, a text of 1 to 4,096 units; a query is answered once, and soon: here within 30
seconds, after that it is "too old", in Telegram's words.
"""

import re
from typing import Any

from bot.sandbox.calls import ChatId, method
from bot.sandbox.core import Core
from bot.sandbox.keyboards import read_markup
from bot.sandbox.markup import message_text, units
from bot.sandbox.refusals import bad_request
from bot.sandbox.state import Json

MOST_RESULTS = 50
TOO_OLD_SECONDS = 30
_ARTICLE = {"type", "id", "title", "description", "input_message_content", "reply_markup", "url", "thumbnail_url"}
_CONTENT = {"message_text", "parse_mode", "entities", "link_preview_options"}
_BUTTON = {"text", "start_parameter"}


@method("answerInlineQuery")
def answer_inline_query(
    core: Core,
    inline_query_id: str,
    results: list[Any],
    cache_time: int = 300,
    is_personal: bool = False,
    next_offset: str = "",
    button: dict[str, Any] | None = None,
) -> bool:
    """Shows results to the person who types."""
    query = core.world.queries.get(inline_query_id)
    age = (core.world.clock() - query.asked_at).total_seconds() if query else 0
    if query is None or query.results is not None or age > TOO_OLD_SECONDS:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    if len(results) > MOST_RESULTS:
        raise bad_request("RESULTS_TOO_MUCH")
    if len(next_offset.encode()) > 64:
        raise bad_request("NEXT_OFFSET_INVALID")
    if cache_time < 0:
        raise bad_request("cache_time must be non-negative")
    seen: set[str] = set()
    for result in results:
        _check_article(result, seen)
    if button is not None:
        _check_button(button)
    query.results, query.button = list(results), button
    core.world.touch(query.person.chat.id)
    return True


def _check_article(result: Any, seen: set[str]) -> None:
    if not isinstance(result, dict) or result.get("type") != "article":
        raise bad_request("can't parse inline query result: only articles are known here")
    if unknown := set(result) - _ARTICLE:
        raise bad_request(f'can\'t parse inline query result: unknown field "{sorted(unknown)[0]}"')
    number = result.get("id")
    if not isinstance(number, str) or not 1 <= len(number.encode()) <= 64:
        raise bad_request("RESULT_ID_INVALID")
    if number in seen:
        raise bad_request("RESULT_ID_DUPLICATE")
    seen.add(number)
    if not isinstance(result.get("title"), str) or not result["title"].strip():
        raise bad_request("can't parse inline query result: Can't find field \"title\"")
    content = result.get("input_message_content")
    if not isinstance(content, dict) or (set(content) - _CONTENT):
        raise bad_request("can't parse inline query result: wrong input message content")
    message_text(content.get("message_text", ""), content.get("parse_mode"), content.get("entities"))
    if "reply_markup" in result:
        read_markup(result["reply_markup"], inline_only=True)


def _check_button(button: Json) -> None:
    if set(button) != _BUTTON or not button["text"].strip() or units(button["text"]) > 64:
        raise bad_request("can't parse inline query results button")
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", button["start_parameter"]):
        raise bad_request("START_PARAM_INVALID")


@method("getChatMember")
def get_chat_member(core: Core, chat_id: ChatId, user_id: int) -> Json:
    """What somebody is in a chat."""
    chat = core.find_chat(chat_id)
    person = core.world.people.get(user_id)
    if user_id == core.world.bot["id"]:
        return {"user": core.world.bot, "status": "administrator" if chat.bot_is_admin else "member"}
    if person is None:
        raise bad_request("invalid user_id specified")
    if person not in chat.members:
        return {"user": person.user, "status": "left"}
    return {"user": person.user, "status": "administrator" if person.id in chat.admins else "member"}
