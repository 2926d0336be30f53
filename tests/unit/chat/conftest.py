"""Every kind of screen with parameters as the services give them, and texts that try to break it."""

from collections.abc import Iterator
from typing import Any

import pytest

from bot.chat.renderer import ChatRenderer
from bot.domain.lessons import STEPS
from bot.domain.proofs import Proof
from tests.factories import CATALOGS, CONTROLLER

HOSTILE = (
    "",
    " ",
    "plain",
    "<b>bold</b>",
    "</b></i><a href='x'>",
    "<script>alert(1)</script>",
    "&amp;&lt;&#0;&bogus;",
    "{name}{0}%s",
    "{organisation}",
    "\u202eevil\u202c",
    "\u2066x\u2069\u2069\u2069",
    "a\u200bb\ufeffc",
    "e" + "\u0301" * 60,
    "\0nul",
    "مرحبا (5G) abc",
    "שלום",
    "اردو <b>متن</b> & مزید",
    "বাংলা",
    "ਪੰਜਾਬੀ",
    "𝕳𝖊𝖑𝖑𝖔",
    "👩‍👩‍👧‍👦" * 20,
    "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "line\nbreak\r\nand\ttab",
    "\x1b[31mred",
    "'; DROP TABLE x; --",
    "https://example.org/?a=1&b=<2>",
    "@someone #tag /stop",
    "**bold** **",
    "*" * 50,
    "-" * 200,
    "x" * 300,
    "ﷺ" * 100,
    "\u2028\u2029",
    "=cmd|' /C calc'!A0",
)


def card(text: str, language: str = "ur", **changed: Any) -> dict[str, Any]:
    """The parameters of a message card."""
    return {
        "key": "heat",
        "title": text[:120],
        "topic": "health",
        "emergency": False,
        "text": text or "x",
        "text_language": language,
        "draft": False,
        "valid_until": "2026-12-01T10:00:00+00:00",
        "missing": None,
        "sources": [{"title": text[:100], "url": "https://example.org/" + "".join(text.split())[:60]}],
        "media": None,
        "leader": {"name": text[:120], "role": text[:120], "community": text[:120], "sample": ""},
        **changed,
    }


def everything(text: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every screen, with `text` wherever words from outside can stand."""
    word = "".join(text.split())[:40] or "x"
    long = (text * 40)[:500]
    answer = {"card": card(text), "code": "ABC-DEFG", "asked": text[:120], "rumour_id": 10**9, "flag_id": 10**9}
    request = {"approval_id": 9, "requested_by": text[:80] or "x"}
    broadcast = {
        "broadcast_id": 7,
        "key": word,
        "revision": 2,
        "title": text[:120],
        "languages": [word],
        "areas": [word],
        "renditions": [{"language": "ur", "form": "text", "text": (text or "x") * 30}] * 40,
        "size": 5,
        "nothing": 1,
        "seconds": 99,
        "lines": [
            {"language": "ur", "gets": each, "form": "text", "fallback": True, "people": 3} for each in ("en-GB", None)
        ]
        * 20,
        "send_at": "2026-12-01T10:00:00+00:00",
        "until": "2026-12-01T12:00:00+00:00",
        "repeat": "FREQ=WEEKLY;BYDAY=" + ",".join(["MO"] * 30),
        "coming": ["2026-12-08T10:00", "2026-12-15T10:00", "2026-12-22T10:00"],
    }
    simple: dict[str, dict[str, Any]] = {
        "language.first": {"tags": ["ur", "pl", "so", "bfi"], "page": 0, "pages": 6, "edit_ref": 5},
        "welcome": {"draft": True},
        "language.not_ready_list": {"tags": ["so", "ti"], "page": 0, "pages": 2},
        "language.not_ready": {"wanted": "phr", "given": "ur"},
        "language.wished": {"wanted": "so", "given": "en-GB"},
        "language.ready": {"wanted": "so"},
        "wording.choose": {"lines": ["One line", "مرحبا", "“three” &amp; more"] * 4},
        "wording.ask": {"line": "One line"},
        "wording.thanks": {},
        "join.form": {},
        "joined": {"form": "text"},
        "menu": {"joined": True, "staff": False},
        "join.area": {"areas": [["palfrey", text.strip()[:30] or "x"], ["a" * 40, "b" * 60]], "page": 0, "pages": 3},
        "about": {},
        "pilot.closed": {},
        "sorry": {"text": text},
        "privacy": {},
        "forget.ask": {},
        "settings": {
            "listen": "phr",
            "read": "ur",
            "area": text[:60],
            "form": "signed",
            "topics": ["health", "scams", "skills"],
            "emergencies_only": False,
            "state": "paused",
            "quiet": [22 * 60, 8 * 60],
        },
        "quiet_hours": {"nights": [[21, 7], [22, 8], [23, 6]], "chosen": None},
        "language.change": {"what": "listen", "tags": ["ur", "zh-Hant"], "page": 1, "pages": 2},
        "topics": {"chosen": ["health"], "emergencies_only": True, "topics": ["health", "weather", "skills"]},
        "pause.ask": {},
        "paused": {"days": 7},
        "resumed": {},
        "stopped": {"was": True},
        "mydata": {"held": {"joined": True, "questions": 3, "messages": 11}, "file": "{}"},
        "forget.done": {"removed": {"settings": 1, "questions": 2}},
        "learn.answer": {"step": "quiz-hurry", "right": False, "next": 5},
        "learn.done": {"right": 2, "questions": 3},
        "wish.ask": {"about": "know"},
        "wish.thanks": {"code": "ABC-DEFG"},
        "wish.enough": {},
        "wish.answered": {"how": "message", "wanted": text[:300], "code": "ABC-DEFG", "card": card(text)},
        "group.known": {"card": card(text), "reply_ref": 9},
        "group.unknown": {"reply_ref": 9},
        "group.usage": {"reply_ref": 9},
        "group.automatic": {"on": True, "reply_ref": 9},
        "group.only_admins": {"reply_ref": 9},
        "check.prompt": {},
        "check.ask": {"draft": "123456", "kind": "voice"},
        "check.open": {"draft": "1"},
        "check.settled": {"draft": "1", "outcome": "spam"},
        "check.known": {"card": card(text), "draft": "1", "rumour_id": 10**9},
        "check.passed": {"code": "ABC-DEFG", "until": "2026-11-25T15:00:00+00:00"},
        "check.noted": {"code": "ABC-DEFG"},
        "check.still": {"code": "ABC-DEFG"},
        "answer.thanks": {"helped": False},
        "answer.agreed": {"until": "2026-12-24T10:00:00+00:00"},
        "answer.hate": {},
        "proof.nothing_new": {},
        "check.looking": {"draft": "123456", "kind": "photo"},
        "check.recognised": {"card": card(text), "draft": "1", "asked": text[:200]},
        "check.maybe": {"draft": "1", "kind": "text", "items": [text, text, text]},
        "circle.notes": {
            "key": "heat",
            "notes": [{"text": text, "english": text, "name": text[:80], "community": text[:80], "language": "ur"}] * 3,
        },
        "circle.write": {},
        "circle.written": {},
        "proof.code": {"card": card(text), "issued_at": "2026-11-20T10:00:00+00:00"},
        "check.dropped": {},
        "check.gone": {},
        "check.enough": {"until": "2026-11-20T10:00:00+00:00"},
        "check.unknown_kind": {},
        "danger": {"draft": "1"},
        "danger.passed": {"code": "ABC-DEFG"},
        "mine": {"items": [{"code": "ABC-DEFG", "text": text[:80], "kind": "photo", "state": "not_amplified"}] * 10},
        "answer.told": answer,
        "answer.update": answer,
        "answer.changed": answer,
        "rumour.closed": {"outcome": "not_amplified", "code": "ABC-DEFG"},
        "question.ask": {"question_id": 10**9, "text": text[:1000]},
        "question.write": {},
        "question.thanks": {},
        "message.card": card(text, missing="so", draft=True),
        "message.beside": {"wanted": "phr", "given": "ur"},
        "message.recalled": {"sent_at": "2026-11-20T10:00:00+00:00"},
        "test.card": {"card": card(text)},
        "staff.joined": {"name": text[:80], "roles": ["admin"]},
        "staff.link": {"url": f"https://vouch.example/?t={word}"},
        "staff.server_link": {"name": text[:80], "via": text[:80]},
        "staff.new_rumour": {"rumour_id": 3, "urgent": True, "about": text[:12], "spoken": "ur", "area": "palfrey"},
        "staff.rumour": {
            "rumour_id": 3,
            "urgent": False,
            "state": "new",
            "people": 12,
            "assignee": text[:80],
            "mine": False,
            "sure": "nor",
            "done": "taken",
        },
        "staff.rumour_text": {"rumour_id": 3, "covered": False, "texts": [(text or "x")[:900]] * 3, "kinds": ["text"]},
        "staff.due": {
            "rumour_id": 3,
            "due_at": "2026-11-25T15:00:00+00:00",
            "late": True,
            "people": 5,
            "safeguarding": False,
        },
        "staff.safeguarding": {"rumour_id": 3, "about": text[:12]},
        "staff.safeguarded": {"rumour_id": 3, "leads": [text[:80]]},
        "staff.original": {"code": "ABC-DEFG", "opened": (text or "x") * 40, "reason": text[:300]},
        "staff.question_answered": {"rumour_id": 3},
        "staff.approved": {"about": "answer", "subject_id": 3},
        "staff.gist": {"flag_id": 3, "language": "ur", "text": text * 50, "media": None, "target": None},
        "staff.gist_write": {},
        "staff.gist_thanks": {},
        "staff.ask_reason": {},
        "staff.refused": {"about": "rendition", "subject_id": 3},
        "staff.approval_settled": {
            "about": "broadcast",
            "subject_id": 3,
            "decision": "refused",
            "by": text[:80],
            "reason": text,
        },
        "staff.approval_passed_on": {"about": "broadcast", "subject_id": 3, "to": text[:80]},
        "staff.broadcast_alert": {"broadcast_id": 3, "reason": text},
        "staff.film_alert": {
            "film_id": 4,
            "key": "heat",
            "title": text,
            "reason": "withdrawn",
            "language": "ur",
            "published": True,
        },
        "staff.error": {"text": f"There is no message {text}."},
    }
    for proof in Proof:
        for form in ("text", "voice"):
            yield "proof.found", {
                "proof": str(proof), "form": form, "code": "ACEF-H3KM", "title": text[:80], "key": word,
                "language": "ur",                "issued_at": "2026-11-20T10:00:00+00:00", "odd": long, "draft": "1",
                "leader": {"name": text[:60] or "x", "role": text[:60] or "x", "community": ""},
            }  # fmt: skip
    yield from simple.items()
    yield from leading(text)
    yield "danger", {"draft": ""}
    yield "menu", {"joined": False, "staff": False}
    for at, each in enumerate(STEPS):
        asks = each.right is not None
        yield "learn.step", {"step": each.name, "at": at, "steps": len(STEPS), "asks": asks, "card": None}
    yield "learn.step", {"step": "stop", "at": 0, "steps": len(STEPS), "asks": False, "card": card(text)}
    yield "staff.approval", {**request, "about": "broadcast", "details": broadcast}
    yield (
        "staff.approval",
        {
            **request,
            "about": "answer",
            "details": {
                "rumour_id": 3,
                "asked": long,
                "count": 9,
                "title": text[:120],
                "text": (text or "x") * 60,
                "key": word,
            },
        },
    )
    yield (
        "staff.approval",
        {
            **request,
            "about": "rendition",
            "details": {
                "key": word,
                "title": text[:120],
                "language": "ur",
                "form": "text",
                "text": (text or "x") * 60,
                "source": (text or "x") * 60,
                "translator": text[:120],
            },
        },
    )


def leading(text: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every screen of leaders, translators and second speakers."""
    word = text[:120] or "x"
    until = "2026-12-01T10:00:00+00:00"
    asked = {
        "request_id": 10**9, "about": "record", "title": word, "language": "pa", "form": "voice", "seconds": 60,
        "due_at": until, "waiting": 7, "minutes": 4, "state": "asked", "paragraphs": 3,
    }  # fmt: skip
    to_translate = {**asked, "about": "translate", "form": "text", "seconds": None}
    script = {**asked, "own": text, "english": text or "x", "signed": False}
    shown = {
        "name": word, "name_own": text[:120], "role": word, "role_english": "leader", "community": word,
        "languages": ["pa", "bfi"],
    }  # fmt: skip
    part = {**to_translate, "no": 1, "of": 3, "done": False, "before": text, "text": text or "x", "after": text}
    pieces = [[text or "x", ""], ["not", "weighty"], ["word", "differs"]]
    for tasks in (["record"], ["translate"]):
        yield "leader.invited", {"draft": True, "tasks": tasks, "english": True}
    yield "leader.confirm", shown
    yield "leader.consent", {"film": True, "partners": False, "name_shown": True, "months": 12, "until": until}
    yield "leader.ready", {"requests": [asked, to_translate]}
    yield "leader.menu", {"requests": [asked], "paused": True, "records": True}
    items = [
        {"id": 10**9, "title": word, "language": "pa", "state": each}
        for each in ("draft", "approved", "paused", "withdrawn")
    ]
    yield "leader.recordings", {"items": items, "reached": 12}
    yield "consent.show", {"scope": ["bot", "film", "partners"], "name_shown": True, "until": until}
    yield "consent.show", {"scope": [], "name_shown": False, "until": ""}
    for joined in (True, False):
        yield "forget.ask", {"leader": True, "joined": joined}
    yield "forget.done", {"removed": {"settings": 1, "questions": 2, "recordings": None}, "leader": True}
    yield "forget.done", {"removed": {"settings": 1, "questions": 2, "recordings": 3}, "leader": False}
    yield "mydata", {"held": {"joined": True, "questions": 3, "messages": 11, "leader": True}, "file": "{}"}
    for kind in ("consent.ends_soon", "consent.renewed"):
        yield kind, {"until": until}
    yield "consent.withdrawn", {"reached": 12}
    yield "voice.paused", {"recordings": 2}
    told = {"title": word, "key": "heat", "languages": ["pa"], "rendition_id": 10**9}
    for people, spoken in ((0, True), (1_204, True), (0, False), (31, False)):
        yield "leader.thanks", {**told, "people": people, "spoken": spoken}
    yield "leader.card_follows", {}
    yield "leader.card", {"card": card(text)}
    yield "staff.voice_seen", {"leader_id": 3, "first": False}
    for kind in ("leader.too_old", "leader.declined", "leader.write_wrong", "leader.wrong_noted", "consent.expired",
                 "leader.agree_to_translate", "consent.ask_withdraw", "voice.ask_pause", "voice.heard_again",
                 "request.suggest", "request.declined", "recording.taken", "recording.submitted",
                 "translate.handed_in", "staff.review_say", "staff.review_why", "staff.review_sent_back",
                 "staff.review_approved"):  # fmt: skip
        yield kind, {}
    for each in (asked, to_translate):
        yield "request.asked", each
    for form in ("voice", "video", "signed"):
        yield "request.script", {**script, "form": form, "glossary": [{"term": word, "meaning": word}]}
    yield "request.write_words", {"own": text}
    yield "request.suggested", {"request_id": 3}
    yield "request.cancelled", {"title": word}
    yield "suggestion.answered", {"taken": False, "words": text}
    yield "recording.please", {"request_id": 3, "form": "video"}
    yield "recording.heard", {"recording_id": 3, "request_id": 3, "advice": ["quiet", "clipped"], "card": card(text)}
    yield "recording.refused", {"request_id": 3, "why": "silent"}
    yield "recording.approved", {"title": word, "language": "pa"}
    yield "recording.sent_back", {"request_id": 3, "again": True, "reason": text}
    yield "recording.which", {"draft": "123456", "requests": [asked, to_translate]}
    yield "translate.begin", to_translate
    yield "translate.paragraph", part
    yield "translate.done", {**part, "whole": text}
    yield "staff.review_tie", {"review_id": 10**9}
    yield "staff.review_compare", {"review_id": 10**9, "source": pieces, "said": pieces, "text": text}
    yield "staff.voice_misused", {"leader_id": 3, "paused": 2}
    yield "staff.consent_ended", {"leader_id": 3, "how": "withdrawn"}
    yield "staff.consent_ends_soon", {"leader_id": 3, "until": until}
    yield "staff.leader_says_wrong", {"leader_id": 3, "text": text}
    yield "staff.request_declined", {"request_id": 3, "how": "handed_on"}
    yield "staff.request_submitted", {"request_id": 3}
    yield "staff.suggested", {"title": word, "suggestion_id": 3}
    yield "staff.no_second_speaker", {"language": "pa", "rendition_id": 3}
    yield "staff.recording_looked_at", {"request_id": 3, "findings": ["quiet"]}
    yield "staff.recording_sent_back", {"request_id": 3, "how": "changes", "reason": text}
    details = {
        "blind": True, "language": "pa", "translator": word, "rendition_id": 3, "media": None, "reason": text,
        "key": "heat", "form": "voice", "text": text, "source": text or "x",
    }  # fmt: skip
    request = {"approval_id": 9, "requested_by": word}
    yield "staff.approval", {**request, "about": "rendition", "details": details}
    yield "staff.approval", {**request, "about": "exception", "details": {**details, "blind": False}}


@pytest.fixture
def renderer() -> ChatRenderer:
    """The real one, which refuses a text with a missing value."""
    return ChatRenderer(CATALOGS, CONTROLLER)
