"""Bot API methods about the bot itself, its chats and files, and about how it gets updates."""

import re
from typing import Any

from bot.sandbox.calls import ChatId, method
from bot.sandbox.core import Core
from bot.sandbox.markup import units
from bot.sandbox.media import MAX_DOWNLOAD
from bot.sandbox.refusals import bad_request
from bot.sandbox.state import Json
from bot.sandbox.updates import check_allowed
from bot.sandbox.webhook import Webhook

_SCOPES = ("default", "all_private_chats", "all_group_chats", "all_chat_administrators", "chat")
_LOOPBACK = re.compile(r"http://(?:localhost|127(?:\.\d+){3}|\[::1\])(?::\d+)?(?:/|$)")


@method("getMe")
def get_me(core: Core) -> Json:
    """Who the bot is."""
    return core.world.bot | {
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": True,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


@method("getUpdates")
async def get_updates(
    core: Core,
    offset: int = 0,
    limit: int = 100,
    timeout: int = 0,  # noqa: ASYNC109 (Telegram's name)
    allowed_updates: list[Any] | None = None,
) -> list[Json]:
    """New updates, oldest first: at most 100, after at most 50 seconds."""
    if allowed_updates is not None:
        core.updates.allowed = check_allowed(allowed_updates)
    return await core.updates.poll(offset, min(max(limit, 1), 100), timeout)


@method("setWebhook")
async def set_webhook(
    core: Core,
    url: str = "",
    max_connections: int = 40,
    allowed_updates: list[Any] | None = None,
    drop_pending_updates: bool = False,
    secret_token: str = "",
) -> bool:
    """Has updates pushed to an address (HTTPS, or plain HTTP on loopback); an empty one ends that."""
    if not url:
        return await delete_webhook(core, drop_pending_updates)
    if not (url.startswith("https://") or _LOOPBACK.match(url)):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if secret_token and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret_token):
        raise bad_request("secret token contains unallowed characters")
    if not 1 <= max_connections <= 100:
        raise bad_request("max_connections must be between 1 and 100")
    if allowed_updates is not None:
        core.updates.allowed = check_allowed(allowed_updates)
    await delete_webhook(core, drop_pending_updates)
    core.updates.interrupt("terminated by setWebhook request")
    core.updates.delivery = Webhook(url, secret_token, max_connections, core.updates, core.retry_seconds)
    return True


@method("deleteWebhook")
async def delete_webhook(core: Core, drop_pending_updates: bool = False) -> bool:
    """Goes back to polling."""
    webhook, core.updates.delivery = core.webhook, None
    if webhook:
        await webhook.close()
    if drop_pending_updates:
        core.updates.pending.clear()
    return True


@method("getWebhookInfo")
def get_webhook_info(core: Core) -> Json:
    """Where updates are pushed to, how many wait, and what last went wrong."""
    webhook = core.webhook
    info: Json = {
        "url": webhook.url if webhook else "",
        "has_custom_certificate": False,
        "pending_update_count": len(core.updates.pending),
        "allowed_updates": core.updates.allowed,
    }
    if webhook:
        info["max_connections"] = webhook.max_connections
    return info | core.webhook_error()


@method("logOut")
def log_out(core: Core) -> bool:
    """Says yes and does nothing: there is no cloud to leave."""
    return True


@method("close")
def close(core: Core) -> bool:
    """Says yes and does nothing: there is no other server to move to."""
    return True


@method("getFile")
def get_file(core: Core, file_id: str = "") -> Json:
    """Where to download a file of at most 20 MB."""
    stored = core.world.files.get(file_id)
    if stored is None:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    if len(stored.data) > MAX_DOWNLOAD:
        raise bad_request("file is too big")
    return {
        "file_id": stored.file_id,
        "file_unique_id": stored.unique_id,
        "file_size": len(stored.data),
        "file_path": stored.path,
    }


@method("getChat")
def get_chat(core: Core, chat_id: ChatId) -> Json:
    """What the bot may know of a chat."""
    gifts = dict.fromkeys(
        ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"), False
    )
    return core.find_chat(chat_id).json | {
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": gifts,
    }


def _language(code: str) -> str:
    if code and not re.fullmatch(r"[a-z]{2}", code):
        raise bad_request("invalid language code specified")
    return code


def _scope(scope: Json | None) -> str:
    scope = scope or {"type": "default"}
    if scope.get("type") not in _SCOPES:
        raise bad_request("can't parse BotCommandScope: unsupported type specified")
    return f"{scope['type']}:{scope.get('chat_id', '')}"


@method("setMyCommands")
def set_my_commands(
    core: Core, commands: list[Any], scope: dict[str, Any] | None = None, language_code: str = ""
) -> bool:
    """Sets at most 100 commands for a scope and a two-letter language."""
    if len(commands) > 100:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not isinstance(command, dict) or set(command) != {"command", "description"}:
            raise bad_request("can't parse BotCommand: command and description expected")
        if not all(isinstance(part, str) for part in command.values()):
            raise bad_request("can't parse BotCommand: command and description must be Strings")
        if not re.fullmatch(r"/?[a-z0-9_]{1,32}", command["command"]):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= units(command["description"]) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    cleaned = [{**c, "command": c["command"].removeprefix("/")} for c in commands]
    core.world.commands[f"{_scope(scope)}:{_language(language_code)}"] = cleaned
    return True


@method("deleteMyCommands")
def delete_my_commands(core: Core, scope: dict[str, Any] | None = None, language_code: str = "") -> bool:
    """Removes the commands of a scope and language."""
    core.world.commands.pop(f"{_scope(scope)}:{_language(language_code)}", None)
    return True


@method("getMyCommands")
def get_my_commands(core: Core, scope: dict[str, Any] | None = None, language_code: str = "") -> list[Json]:
    """The commands of exactly this scope and language."""
    return core.world.commands.get(f"{_scope(scope)}:{_language(language_code)}", [])


def _set_text(core: Core, field: str, text: str, limit: int, language_code: str) -> bool:
    if units(text) > limit:
        raise bad_request(f"{field} is too long")
    core.world.texts[field, _language(language_code)] = text
    return True


def _get_text(core: Core, field: str, language_code: str) -> Json:
    texts = core.world.texts
    return {field: texts.get((field, _language(language_code)), texts.get((field, ""), ""))}


@method("setMyName")
def set_my_name(core: Core, name: str = "", language_code: str = "") -> bool:
    """The bot's name, at most 64 characters."""
    return _set_text(core, "name", name, 64, language_code)


@method("setMyDescription")
def set_my_description(core: Core, description: str = "", language_code: str = "") -> bool:
    """What an empty chat shows, at most 512 characters."""
    return _set_text(core, "description", description, 512, language_code)


@method("setMyShortDescription")
def set_my_short_description(core: Core, short_description: str = "", language_code: str = "") -> bool:
    """What the bot's profile shows, at most 120 characters."""
    return _set_text(core, "short_description", short_description, 120, language_code)


@method("getMyName")
def get_my_name(core: Core, language_code: str = "") -> Json:
    """The bot's name in a language."""
    named = _get_text(core, "name", language_code)
    return named if named["name"] else {"name": core.world.bot["first_name"]}


@method("getMyDescription")
def get_my_description(core: Core, language_code: str = "") -> Json:
    """The description in a language."""
    return _get_text(core, "description", language_code)


@method("getMyShortDescription")
def get_my_short_description(core: Core, language_code: str = "") -> Json:
    """The short description in a language."""
    return _get_text(core, "short_description", language_code)
