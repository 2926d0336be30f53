"""Every way into the console, and what one must be allowed to do to take it. The one table of the console's roles."""

from bot.domain.staff import Act
from bot.web.console import (
    again,
    audit,
    broadcasts,
    claims,
    coverage,
    deliveries,
    films,
    gists,
    hearsay,
    home,
    leaders,
    matching,
    media,
    messages,
    renditions,
    requests,
    reviews,
    revisions,
    rumours,
    safeguarding,
    shelf,
    sign_in,
    staff,
    triage,
    wishes,
)
from bot.web.visit import PageHandler, Route

_RUMOUR = r"/console/rumours/{id:\d{1,15}}"
_MATTER = r"/console/safeguarding/{id:\d{1,15}}"
_CLAIM = r"/console/claims/{id:\d{1,15}}"
_MESSAGE = "/console/messages/{key:[a-z0-9-]{2,40}}"
_RENDITION = r"/console/renditions/{id:\d{1,15}}"
_BROADCAST = r"/console/broadcasts/{id:\d{1,15}}"
_LEADER = r"/console/leaders/{id:\d{1,15}}"
_REQUEST = r"/console/requests/{id:\d{1,15}}"
_REVISION = r"/console/revisions/{id:\d{1,15}}"
_SHELF = "/console/shelf/{key:[a-z0-9-]{2,40}}"
_TAKEN = r"/console/shelf/taken/{id:\d{1,15}}"
_NOTE = r"/console/circle/{id:\d{1,15}}"
_FILM = r"/console/films/{id:\d{1,15}}"
_PERSON = r"/console/staff/{id:\d{1,15}}"


def _get(path: str, handler: PageHandler, act: Act | None) -> Route:
    return Route("GET", path, handler, act)


def _live(path: str, handler: PageHandler, act: Act) -> Route:
    return Route("GET", path, handler, act, live=True)


def _post(path: str, handler: PageHandler, act: Act | None, back: PageHandler | None = None) -> Route:
    return Route("POST", path, handler, act, back)


def _upload(path: str, handler: PageHandler, act: Act, back: PageHandler) -> Route:
    return Route("POST", path, handler, act, back, upload=True)


ROUTES: tuple[Route, ...] = (
    _get("/console", home.enter, None),
    _get("/console/sign-in", sign_in.show, None),
    _post("/console/sign-in", sign_in.sign_in, None),
    _get("/console/signed-out", sign_in.signed_out, None),
    _post("/console/sign-out", sign_in.sign_out, Act.LOOK),
    _get("/console/", home.show, Act.LOOK),
    _live("/console/live", home.live, Act.LOOK),
    # Rumours
    _get("/console/rumours", rumours.queue, Act.READ_RUMOURS),
    _live("/console/rumours/live", rumours.queue_live, Act.READ_RUMOURS),
    _get(_RUMOUR, rumours.show, Act.READ_RUMOURS),
    _get(f"{_RUMOUR}/known", matching.known, Act.READ_RUMOURS),
    _get("/console/matching", matching.show, Act.LOOK),
    _live(f"{_RUMOUR}/live", rumours.status_live, Act.READ_RUMOURS),
    _post(f"{_RUMOUR}/use-message", rumours.use_message, Act.DRAFT_ANSWER, rumours.show),
    _post(f"{_RUMOUR}/write", rumours.write, Act.DRAFT_ANSWER, rumours.show),
    _post(f"{_RUMOUR}/ask", rumours.ask, Act.DRAFT_ANSWER, rumours.show),
    _post(f"{_RUMOUR}/approve", rumours.approve, Act.APPROVE_ANSWER, rumours.show),
    _post(f"{_RUMOUR}/refuse", rumours.refuse, Act.APPROVE_ANSWER, rumours.show),
    _post(f"{_RUMOUR}/close", rumours.close, Act.CLOSE_RUMOUR, rumours.show),
    _post(f"{_RUMOUR}/reopen", rumours.reopen, Act.CLOSE_RUMOUR, rumours.show),
    _post(f"{_RUMOUR}/urgent", rumours.urgent, Act.MARK_DANGER, rumours.show),
    _post(f"{_RUMOUR}/language", rumours.language, Act.READ_RUMOURS, rumours.show),
    _post(f"{_RUMOUR}/question", rumours.question, Act.TRIAGE, rumours.show),
    _post("/console/rumours/close", triage.close_many, Act.CLOSE_RUMOUR, rumours.queue),
    Route("POST", f"{_RUMOUR}/here", triage.here, Act.READ_RUMOURS, live=True),
    _post(f"{_RUMOUR}/assign", triage.assign, Act.TRIAGE, rumours.show),
    _post(f"{_RUMOUR}/decline", triage.decline, Act.TRIAGE, rumours.show),
    _post(f"{_RUMOUR}/due", triage.due, Act.TRIAGE, rumours.show),
    _post(f"{_RUMOUR}/harm", triage.judge, Act.TRIAGE, rumours.show),
    _post(f"{_RUMOUR}/target", triage.target, Act.TRIAGE, rumours.show),
    _post(f"{_RUMOUR}/consulted", triage.consulted, Act.TRIAGE, rumours.show),
    _post(f"{_RUMOUR}/note", triage.note, Act.TRIAGE, rumours.show),
    _post(f"{_RUMOUR}/merge", triage.merge, Act.TRIAGE, rumours.show),
    _post(f"{_RUMOUR}/split", triage.split, Act.TRIAGE, rumours.show),
    _post(f"{_RUMOUR}/undo", triage.undo, Act.TRIAGE, rumours.show),
    _post(f"{_RUMOUR}/safeguard", triage.safeguard, Act.SAFEGUARD, rumours.show),
    _post(f"{_RUMOUR}/veil", triage.lift_veil, Act.TRIAGE, rumours.show),
    _get("/console/replies", triage.replies, Act.TRIAGE),
    _post("/console/replies", triage.save_reply, Act.TRIAGE, triage.replies),
    _post("/console/replies/remove", triage.remove_reply, Act.TRIAGE, triage.replies),
    _get("/console/safeguarding", safeguarding.listing, Act.SEE_SAFEGUARDING),
    _get(_MATTER, safeguarding.show, Act.SEE_SAFEGUARDING),
    _post(f"{_MATTER}/question", safeguarding.question, Act.SEE_SAFEGUARDING, safeguarding.show),
    _post(f"{_MATTER}/veil", safeguarding.lift_veil, Act.SEE_SAFEGUARDING, safeguarding.show),
    _post(f"{_MATTER}/give-back", safeguarding.give_back, Act.SEE_SAFEGUARDING, safeguarding.show),
    _post(f"{_MATTER}/end", safeguarding.end, Act.SEE_SAFEGUARDING, safeguarding.show),
    _get(r"/console/media/safeguarding/{id:\d{1,15}}", safeguarding.file, Act.SEE_SAFEGUARDING),
    _get(r"/console/media/flag/{id:\d{1,15}}", media.of_flag, Act.READ_RUMOURS),
    _get(r"/console/media/rendition/{id:\d{1,15}}", media.of_rendition, Act.LOOK),
    # The public record
    _get("/console/claims", claims.listing, Act.READ_RUMOURS),
    _get(_CLAIM, claims.show, Act.READ_RUMOURS),
    _post(_CLAIM, claims.word, Act.DRAFT_ANSWER, claims.show),
    _post(f"{_CLAIM}/ask", claims.ask, Act.DRAFT_ANSWER, claims.show),
    _post(f"{_CLAIM}/approve", claims.approve, Act.APPROVE_ANSWER, claims.show),
    _post(f"{_CLAIM}/refuse", claims.refuse, Act.APPROVE_ANSWER, claims.show),
    _get("/console/gists", gists.listing, Act.READ_RUMOURS),
    _post(r"/console/gists/{id:\d{1,15}}", gists.ask, Act.DRAFT_ANSWER, gists.listing),
    _get("/console/heard", hearsay.show, Act.READ_RUMOURS),
    _post("/console/heard", hearsay.log, Act.DRAFT_ANSWER, hearsay.show),
    # What residents wish for
    _get("/console/wishes", wishes.listing, Act.READ_RUMOURS),
    _post(r"/console/wishes/{id:\d{1,15}}", wishes.answer, Act.DRAFT_ANSWER, wishes.listing),
    # Messages and their renditions
    _get("/console/messages", messages.listing, Act.LOOK),
    _get(_MESSAGE, messages.show, Act.LOOK),
    _post(f"{_MESSAGE}/renditions", messages.write, Act.WRITE_RENDITION, messages.show),
    _get(_RENDITION, renditions.show, Act.LOOK),
    _post(f"{_RENDITION}/ask", renditions.ask, Act.WRITE_RENDITION, renditions.show),
    _post(f"{_RENDITION}/approve", renditions.approve, Act.APPROVE_RENDITION, renditions.show),
    _post(f"{_RENDITION}/refuse", renditions.refuse, Act.APPROVE_RENDITION, renditions.show),
    _post(f"{_RENDITION}/withdraw", renditions.withdraw, Act.WITHDRAW_RENDITION, renditions.show),
    _post(f"{_RENDITION}/test-send", renditions.test_send, Act.TEST_SEND, renditions.show),
    _get(f"{_RENDITION}/review", reviews.show, Act.LOOK),
    _upload(f"{_RENDITION}/review", reviews.say, Act.APPROVE_RENDITION, reviews.show),
    _post(f"{_RENDITION}/review/decide", reviews.decide, Act.APPROVE_RENDITION, reviews.show),
    _post(f"{_RENDITION}/exception", reviews.sign, Act.SIGN_EXCEPTION, reviews.show),
    _post(f"{_RENDITION}/exception/approve", reviews.sign_second, Act.SIGN_EXCEPTION, reviews.show),
    # Leaders and translators
    _get("/console/leaders", leaders.listing, Act.LOOK),
    _post("/console/leaders", leaders.add, Act.INVITE_LEADER, leaders.listing),
    _get(_LEADER, leaders.show, Act.LOOK),
    _post(f"{_LEADER}/change", leaders.change, Act.INVITE_LEADER, leaders.show),
    _post(f"{_LEADER}/invite", leaders.invite, Act.INVITE_LEADER, leaders.show),
    _upload(f"{_LEADER}/consent", leaders.record_consent, Act.HELP_LEADER, leaders.show),
    _post(f"{_LEADER}/withdraw", leaders.withdraw, Act.WITHDRAW_RENDITION, leaders.show),
    _post(f"{_LEADER}/erase", leaders.erase, Act.ERASE_LEADER, leaders.show),
    _post(f"{_LEADER}/heard-again", leaders.heard_again, Act.STEER_BROADCAST, leaders.show),
    _get("/console/requests", requests.listing, Act.LOOK),
    _post("/console/requests", requests.ask, Act.ASK_LEADER, requests.listing),
    _get(_REQUEST, requests.show, Act.LOOK),
    _upload(f"{_REQUEST}/upload", requests.upload, Act.HELP_LEADER, requests.show),
    _post(f"{_REQUEST}/submit", requests.submit, Act.HELP_LEADER, requests.show),
    _post(f"{_REQUEST}/type-up", requests.type_up, Act.HELP_LEADER, requests.show),
    _post(f"{_REQUEST}/cancel", requests.cancel, Act.ASK_LEADER, requests.show),
    _get(r"/console/media/take/{id:\d{1,15}}", requests.take, Act.LOOK),
    _get(r"/console/media/passage/{id:\d{1,15}}", requests.passage, Act.LOOK),
    _get("/console/suggestions", requests.suggestions, Act.ASK_LEADER),
    _post(r"/console/suggestions/{id:\d{1,15}}", requests.answer, Act.ASK_LEADER, requests.suggestions),
    _post(f"{_RENDITION}/renew", revisions.renew, Act.WRITE_RENDITION, renditions.show),
    _get(f"{_MESSAGE}/edit", revisions.edit, Act.EDIT_MESSAGE),
    _post(f"{_MESSAGE}/edit", revisions.propose, Act.EDIT_MESSAGE, revisions.edit),
    _get(_REVISION, revisions.show, Act.LOOK),
    _post(f"{_REVISION}/ask", revisions.ask, Act.EDIT_MESSAGE, revisions.show),
    _post(f"{_REVISION}/approve", revisions.approve, Act.CONFIRM_EDIT, revisions.show),
    _post(f"{_REVISION}/refuse", revisions.refuse, Act.CONFIRM_EDIT, revisions.show),
    # Coverage, the ready shelf, the leaders' circle
    _get("/console/coverage", coverage.show, Act.LOOK),
    _get("/console/shelf", shelf.listing, Act.LOOK),
    _get(_TAKEN, shelf.show, Act.LOOK),
    _post(f"{_TAKEN}/ask", shelf.ask, Act.CREATE_BROADCAST, shelf.show),
    _post(f"{_TAKEN}/approve", shelf.approve, Act.APPROVE_BROADCAST, shelf.show),
    _post(f"{_TAKEN}/refuse", shelf.refuse, Act.APPROVE_BROADCAST, shelf.show),
    _get(_SHELF, shelf.form, Act.CREATE_BROADCAST),
    _post(_SHELF, shelf.take, Act.CREATE_BROADCAST, shelf.form),
    _get("/console/circle", coverage.circle, Act.MODERATE_CIRCLE),
    _post(f"{_NOTE}/show", coverage.show_note, Act.MODERATE_CIRCLE, coverage.circle),
    _post(f"{_NOTE}/refuse", coverage.refuse_note, Act.MODERATE_CIRCLE, coverage.circle),
    # Broadcasts
    _get("/console/broadcasts", broadcasts.listing, Act.LOOK),
    _live("/console/broadcasts/live", broadcasts.listing_live, Act.LOOK),
    _get("/console/broadcasts/new", broadcasts.new, Act.CREATE_BROADCAST),
    _post("/console/broadcasts/new", broadcasts.create, Act.CREATE_BROADCAST, broadcasts.new),
    _get(_BROADCAST, broadcasts.show, Act.LOOK),
    _live(f"{_BROADCAST}/live", broadcasts.status_live, Act.LOOK),
    _post(f"{_BROADCAST}/ask", broadcasts.ask, Act.CREATE_BROADCAST, broadcasts.show),
    _post(f"{_BROADCAST}/approve", broadcasts.approve, Act.APPROVE_BROADCAST, broadcasts.show),
    _post(f"{_BROADCAST}/refuse", broadcasts.refuse, Act.APPROVE_BROADCAST, broadcasts.show),
    _post(f"{_BROADCAST}/test-send", broadcasts.test_send, Act.TEST_SEND, broadcasts.show),
    _post(f"{_BROADCAST}/pause", broadcasts.pause, Act.STEER_BROADCAST, broadcasts.show),
    _post(f"{_BROADCAST}/resume", broadcasts.resume, Act.STEER_BROADCAST, broadcasts.show),
    _get(f"{_BROADCAST}/cancel", broadcasts.confirm_cancel, Act.STEER_BROADCAST),
    _post(f"{_BROADCAST}/cancel", broadcasts.cancel, Act.STEER_BROADCAST, broadcasts.show),
    _get(f"{_BROADCAST}/recall", again.confirm_recall, Act.RECALL_BROADCAST),
    _post(f"{_BROADCAST}/recall", again.recall, Act.RECALL_BROADCAST, again.confirm_recall),
    _post(f"{_BROADCAST}/resend", again.resend, Act.CREATE_BROADCAST, broadcasts.show),
    _get(f"{_BROADCAST}/deliveries", deliveries.listing, Act.LOOK),
    _get(f"{_BROADCAST}/deliveries.csv", deliveries.sheet, Act.LOOK),
    # Films
    _get(f"{_MESSAGE}/film", films.choose, Act.MAKE_FILM),
    _post(f"{_MESSAGE}/film", films.make, Act.MAKE_FILM, films.choose),
    _get("/console/films", films.listing, Act.LOOK),
    _get(_FILM, films.show, Act.LOOK),
    _live(f"{_FILM}/live", films.live, Act.LOOK),
    _get(r"/console/media/film/{id:\d{1,15}}", films.file, Act.LOOK),
    _get(f"{_FILM}/pack", films.pack, Act.MAKE_FILM),
    _post(f"{_FILM}/ask", films.ask, Act.MAKE_FILM, films.show),
    _post(f"{_FILM}/approve", films.approve, Act.APPROVE_FILM, films.show),
    _post(f"{_FILM}/refuse", films.refuse, Act.APPROVE_FILM, films.show),
    _post(f"{_FILM}/stop", films.stop, Act.APPROVE_FILM, films.show),
    # Staff
    _get("/console/staff", staff.listing, Act.MANAGE_STAFF),
    _post("/console/staff", staff.add, Act.MANAGE_STAFF, staff.listing),
    _post(f"{_PERSON}/invite", staff.invite, Act.MANAGE_STAFF, staff.listing),
    _post(f"{_PERSON}/roles", staff.change, Act.MANAGE_STAFF, staff.listing),
    _post(f"{_PERSON}/deputy", staff.deputy, Act.MANAGE_STAFF, staff.listing),
    _post(f"{_PERSON}/remove", staff.remove, Act.MANAGE_STAFF, staff.listing),
    _get("/console/me", staff.me, Act.LOOK),
    _post("/console/me/deputy", staff.my_deputy, Act.LOOK, staff.me),
    _post("/console/me/duty", staff.my_duty, Act.STEER_BROADCAST, staff.me),
    _get("/console/audit", audit.listing, Act.READ_AUDIT),
)
