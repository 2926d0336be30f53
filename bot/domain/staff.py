"""Staff: roles and who may do what. The one place that says so."""

from collections.abc import Collection
from enum import StrEnum

from bot.errors import NotAllowed


class Role(StrEnum):
    """A person may hold several."""

    TRIAGER = "triager"
    REVIEWER = "reviewer"
    PUBLISHER = "publisher"
    ADMIN = "admin"
    SAFEGUARDING = "safeguarding"


class Act(StrEnum):
    """Everything staff can do, named for the audit log."""

    LOOK = "look"
    READ_RUMOURS = "read_rumours"
    DRAFT_ANSWER = "draft_answer"
    CLOSE_RUMOUR = "close_rumour"
    MARK_DANGER = "mark_danger"
    ASK_BACK = "ask_back"
    TRIAGE = "triage"
    LIFT_VEIL = "lift_veil"
    SAFEGUARD = "safeguard"
    SEE_SAFEGUARDING = "see_safeguarding"
    WRITE_RENDITION = "write_rendition"
    APPROVE_RENDITION = "approve_rendition"
    WITHDRAW_RENDITION = "withdraw_rendition"
    CREATE_BROADCAST = "create_broadcast"
    APPROVE_BROADCAST = "approve_broadcast"
    STEER_BROADCAST = "steer_broadcast"
    RECALL_BROADCAST = "recall_broadcast"
    EDIT_MESSAGE = "edit_message"
    CONFIRM_EDIT = "confirm_edit"
    MODERATE_CIRCLE = "moderate_circle"
    ERASE_LEADER = "erase_leader"
    APPROVE_ANSWER = "approve_answer"
    MAKE_FILM = "make_film"
    APPROVE_FILM = "approve_film"
    TEST_SEND = "test_send"
    INVITE_LEADER = "invite_leader"
    HELP_LEADER = "help_leader"
    ASK_LEADER = "ask_leader"
    SIGN_EXCEPTION = "sign_exception"
    MANAGE_STAFF = "manage_staff"
    READ_AUDIT = "read_audit"


_ANYONE = frozenset(Role)
_MAY: dict[Act, frozenset[Role]] = {
    Act.LOOK: _ANYONE,
    Act.READ_RUMOURS: frozenset({Role.TRIAGER, Role.PUBLISHER}),
    Act.DRAFT_ANSWER: frozenset({Role.TRIAGER, Role.PUBLISHER}),
    Act.CLOSE_RUMOUR: frozenset({Role.TRIAGER, Role.PUBLISHER}),
    Act.MARK_DANGER: frozenset({Role.TRIAGER, Role.PUBLISHER}),
    Act.ASK_BACK: frozenset({Role.TRIAGER, Role.PUBLISHER, Role.SAFEGUARDING}),
    Act.TRIAGE: frozenset({Role.TRIAGER, Role.PUBLISHER}),
    Act.LIFT_VEIL: frozenset({Role.TRIAGER, Role.PUBLISHER, Role.SAFEGUARDING}),
    Act.SAFEGUARD: frozenset({Role.TRIAGER, Role.PUBLISHER, Role.SAFEGUARDING}),
    Act.SEE_SAFEGUARDING: frozenset({Role.SAFEGUARDING}),
    Act.WRITE_RENDITION: frozenset({Role.TRIAGER, Role.REVIEWER, Role.PUBLISHER}),
    Act.APPROVE_RENDITION: frozenset({Role.REVIEWER}),
    Act.WITHDRAW_RENDITION: frozenset({Role.REVIEWER, Role.PUBLISHER}),
    Act.CREATE_BROADCAST: frozenset({Role.PUBLISHER}),
    Act.APPROVE_BROADCAST: frozenset({Role.PUBLISHER}),
    Act.STEER_BROADCAST: frozenset({Role.PUBLISHER}),
    Act.RECALL_BROADCAST: frozenset({Role.PUBLISHER}),
    Act.EDIT_MESSAGE: frozenset({Role.TRIAGER, Role.REVIEWER, Role.PUBLISHER}),
    Act.CONFIRM_EDIT: frozenset({Role.REVIEWER, Role.PUBLISHER}),
    Act.ERASE_LEADER: frozenset({Role.PUBLISHER, Role.ADMIN}),
    Act.MODERATE_CIRCLE: frozenset({Role.REVIEWER, Role.PUBLISHER}),
    Act.APPROVE_ANSWER: frozenset({Role.PUBLISHER}),
    Act.MAKE_FILM: frozenset({Role.TRIAGER, Role.PUBLISHER}),
    Act.APPROVE_FILM: frozenset({Role.PUBLISHER}),
    Act.TEST_SEND: _ANYONE,
    Act.INVITE_LEADER: frozenset({Role.PUBLISHER, Role.ADMIN}),
    Act.HELP_LEADER: frozenset({Role.PUBLISHER, Role.TRIAGER}),
    Act.ASK_LEADER: frozenset({Role.PUBLISHER, Role.TRIAGER}),
    Act.SIGN_EXCEPTION: frozenset({Role.PUBLISHER}),
    Act.MANAGE_STAFF: frozenset({Role.ADMIN}),
    Act.READ_AUDIT: frozenset({Role.ADMIN}),
}


def may(roles: Collection[Role], act: Act) -> bool:
    """Whether a person with these roles may do this."""
    return any(role in _MAY[act] for role in roles)


def check_may(roles: Collection[Role], act: Act) -> None:
    """Raise NotAllowed, naming the roles that could, unless one of `roles` may do this."""
    if not may(roles, act):
        needed = " or ".join(sorted(_MAY[act]))
        raise NotAllowed(f"This needs the role {needed}.")
