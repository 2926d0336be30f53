"""A local stand-in for the Telegram Bot API, with phones in the browser: demo, training room, stage of the tests."""

from bot.sandbox.samples import Rumour
from bot.sandbox.server import Sandbox
from bot.sandbox.state import Person

__all__ = ["Person", "Rumour", "Sandbox"]
