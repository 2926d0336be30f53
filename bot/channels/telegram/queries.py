"""Answers to inline queries as the parameters of answerInlineQuery.

Rules (core.telegram.org/bots/api#answerinlinequery): at most 50 results; each id 1 to 64 bytes and once; a text of 1 to
4,096 units; `cache_time` in seconds; `is_personal`, since the language is the writer's own; a button that opens the
bot's chat with a start parameter of 1 to 64 of A-Z a-z 0-9 _ -.
"""

from typing import Any

from bot.channels.telegram.codec import mend
from bot.domain.inline import CACHE_SECONDS, InlineAnswer, InlineResult

_MOST = 50


def inline_params(answer: InlineAnswer) -> dict[str, Any]:
    """The method's parameters."""
    params: dict[str, Any] = {
        "inline_query_id": answer.query_id, "results": [_article(each) for each in answer.results[:_MOST]],
        "cache_time": CACHE_SECONDS, "is_personal": True,
    }  # fmt: skip
    if answer.button:
        params["button"] = {"text": mend(answer.button), "start_parameter": answer.payload}
    return params


def _article(result: InlineResult) -> dict[str, Any]:
    return {
        "type": "article", "id": result.id, "title": mend(result.title), "description": mend(result.description),
        "input_message_content": {
            "message_text": mend(result.html), "parse_mode": "HTML", "link_preview_options": {"is_disabled": True},
        },
    }  # fmt: skip
