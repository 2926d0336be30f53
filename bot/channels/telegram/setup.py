"""Joining the bot: who it is, what its menu and profile say, where its updates go."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog
from telegram import Bot, BotCommand, User
from telegram.error import InvalidToken, TelegramError
from yarl import URL

from bot.channels.telegram.api import TELEGRAM_URL, Answered, ApiAddress, BotApi
from bot.channels.telegram.outcomes import reason_of
from bot.channels.telegram.transport import AiohttpRequest
from bot.channels.telegram.updates import ALLOWED_UPDATES
from bot.errors import ConfigInvalid, Unavailable

log = structlog.get_logger()

_TOKEN = re.compile(r"[0-9]{1,20}:[A-Za-z0-9_-]{1,128}")
_TWO_LETTERS = re.compile(r"[a-z]{2}")


@dataclass(frozen=True, slots=True)
class BotIdentity:
    """Who the token belongs to. `username` has no @."""

    id: int
    username: str


@dataclass(frozen=True, slots=True)
class Connection:
    """A bot that Telegram has accepted. `api` sends, `polling_api` has a session of its own for long polling."""

    identity: BotIdentity
    bot: Bot = field(repr=False)  # its own repr shows the token
    api: BotApi
    polling_api: BotApi
    _requests: tuple[AiohttpRequest, AiohttpRequest]

    async def close(self) -> None:
        """Close both sessions."""
        for request in self._requests:
            await request.shutdown()


@dataclass(frozen=True, slots=True)
class Announcement:
    """What the bot says of itself in one language.

    `commands` are pairs of a name (1 to 32 characters) and its description (1 to 256), at most 100;
    `description` (512) stands in an empty chat, `short_description` (120) in the profile.
    """

    commands: tuple[tuple[str, str], ...]
    description: str = ""
    short_description: str = ""


async def connect(
    token: str, api_url: str = TELEGRAM_URL, *, ca_file: str | Path | None = None, connections: int = 100
) -> Connection:
    """Ask Telegram who the token belongs to. `connections` is the most calls at once.

    Raises ConfigInvalid when the token is malformed or not accepted, or the CA file unreadable; Unavailable when
    Telegram cannot be reached.
    """
    if not _TOKEN.fullmatch(token):
        raise ConfigInvalid(
            "VOUCH_TELEGRAM_TOKEN is not a bot token: it looks like 123456:ABC-DEF and comes from @BotFather."
        )
    if not _is_web_address(api_url):
        raise ConfigInvalid("VOUCH_TELEGRAM_API_URL must be an address like https://bot-api.example.org.")
    address = ApiAddress(token, api_url)
    request = AiohttpRequest(limit=connections, ca_file=ca_file)
    polling = AiohttpRequest(limit=4, ca_file=ca_file)
    bot = Bot(
        token,
        base_url=f"{address.url}/bot",
        base_file_url=f"{address.url}/file/bot",
        request=request,
        get_updates_request=polling,
    )
    try:
        identity = await _identity(bot)
    except BaseException:
        await request.shutdown()
        raise
    return Connection(identity, bot, BotApi(request, address), BotApi(polling, address), (request, polling))


def _is_web_address(text: str) -> bool:
    try:
        url = URL(text)
    except ValueError:
        return False
    return url.scheme in ("http", "https") and bool(url.host) and not url.query_string and not url.fragment


async def _identity(bot: Bot) -> BotIdentity:
    # Sentences of our own, and nothing chained to them: python-telegram-bot's may hold the token.
    failure: ConfigInvalid | Unavailable
    try:
        me: User = await bot.get_me()
    except InvalidToken:
        failure = ConfigInvalid(
            "Telegram does not accept VOUCH_TELEGRAM_TOKEN: copy it again from @BotFather"
            " (and look at VOUCH_TELEGRAM_API_URL if you have set it)."
        )
    except TelegramError as error:
        said = " ".join(error.message.split()).replace(bot.token, "(token)")[:100]
        failure = Unavailable(f"Telegram cannot be reached: {said}.")
    except (TypeError, KeyError, ValueError, AttributeError):
        failure = Unavailable("The server at VOUCH_TELEGRAM_API_URL does not answer as Telegram does.")
    else:
        return BotIdentity(me.id, me.username or "")
    raise failure


async def announce(bot: Bot, by_language: Mapping[str, Announcement]) -> int:
    """Set commands and descriptions where they differ from what Telegram has; returns how many calls changed something.

    Keys are BCP 47 tags, or "" for everybody else. Telegram knows two-letter codes only: "pt-BR" is announced as "pt"
    unless "pt" is there itself or was named before by another tag, "yue" not at all. Best effort: what Telegram
    refuses is logged and left as it was.
    """
    changed = 0
    for code, announcement in _by_two_letters(by_language).items():
        for step in (_set_commands, _set_description, _set_short_description):
            try:
                changed += await step(bot, code, announcement)
            except TelegramError as error:
                log.warning("telegram.not_announced", language=code, error=type(error).__name__)
    return changed


async def set_webhook(api: BotApi, url: str, secret: str) -> None:
    """Have updates delivered to `url`, with `secret` in a header (1 to 256 characters of A-Za-z0-9_-).

    Waiting updates are kept. Raises ConfigInvalid when Telegram refuses the address, Unavailable when it cannot be
    reached. Not a call of python-telegram-bot's Bot, because that logs its parameters, the secret among them.
    """
    params: dict[str, Any] = {"url": url, "secret_token": secret, "allowed_updates": ALLOWED_UPDATES}
    answer = await api.call("setWebhook", params)
    if isinstance(answer, Answered):
        if answer.ok:
            return
        if answer.status in (400, 401, 404):
            raise ConfigInvalid(f"Telegram does not accept the webhook address {url!r}: {reason_of(answer)}.")
        raise Unavailable(f"Telegram could not set the webhook: {reason_of(answer)}.")
    raise Unavailable(f"Telegram could not set the webhook: {answer.reason}.")


def _by_two_letters(by_language: Mapping[str, Announcement]) -> dict[str, Announcement]:
    found: dict[str, Announcement] = {}
    for tag, announcement in sorted(by_language.items(), key=lambda pair: "-" in pair[0]):
        code = tag.partition("-")[0].lower()
        if code == "" or _TWO_LETTERS.fullmatch(code):
            found.setdefault(code, announcement)
    return found


async def _set_commands(bot: Bot, code: str, announcement: Announcement) -> bool:
    wanted = [BotCommand(name, text) for name, text in announcement.commands]
    if list(await bot.get_my_commands(language_code=code)) == wanted:
        return False
    return await bot.set_my_commands(wanted, language_code=code)


async def _set_description(bot: Bot, code: str, announcement: Announcement) -> bool:
    return await _set_text(
        announcement.description,
        (await bot.get_my_description(language_code=code)).description,
        lambda text: bot.set_my_description(text, language_code=code),
    )


async def _set_short_description(bot: Bot, code: str, announcement: Announcement) -> bool:
    return await _set_text(
        announcement.short_description,
        (await bot.get_my_short_description(language_code=code)).short_description,
        lambda text: bot.set_my_short_description(text, language_code=code),
    )


async def _set_text(wanted: str, present: str, write: Callable[[str], Awaitable[bool]]) -> bool:
    return False if wanted == present else await write(wanted)
