"""The one error root. Errors carry facts and a stable code; each face turns the code into its own words."""


class VouchError(Exception):
    """Something a person can act on. `str(error)` is one plain English sentence; `code` never changes."""

    code = "error"


class ConfigInvalid(VouchError):
    """The settings do not allow a start; the sentence lists every problem at once."""

    code = "config_invalid"


class NotFound(VouchError):
    """The named thing does not exist (or no longer)."""

    code = "not_found"


class NotAllowed(VouchError):
    """This person may not do this: role, language, or because they made it themselves."""

    code = "not_allowed"


class Conflict(VouchError):
    """The thing is in a state that does not allow this step, or it changed meanwhile."""

    code = "conflict"


class InvalidInput(VouchError):
    """What was given cannot be used as it is."""

    code = "invalid_input"


class NotVetted(VouchError):
    """Content that no second speaker has approved was about to leave: the rule that Vouch exists for."""

    code = "not_vetted"


class Unavailable(VouchError):
    """Something outside (database, Telegram, disk) cannot be reached now."""

    code = "unavailable"
