"""How the stand-in says no: the answers of the real Bot API, word for word where they are known."""

from typing import Any


class Refusal(Exception):
    """A call that Telegram would refuse: HTTP status, description and optional parameters of the answer."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def answer(self) -> dict[str, Any]:
        """The JSON object that the Bot API would send."""
        body: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            body["parameters"] = self.parameters
        return body


def bad_request(reason: str) -> Refusal:
    """A refusal with status 400; `reason` follows Telegram's usual prefix."""
    return Refusal(400, f"Bad Request: {reason}")


def forbidden(reason: str) -> Refusal:
    """A refusal with status 403."""
    return Refusal(403, f"Forbidden: {reason}")


def too_many_requests(retry_after: int) -> Refusal:
    """A refusal with status 429 and the seconds to wait, as a sentence and as a parameter."""
    return Refusal(429, f"Too Many Requests: retry after {retry_after}", retry_after=retry_after)
