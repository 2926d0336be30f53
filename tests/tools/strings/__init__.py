"""Keeps the catalogs in step with the texts in `bot/`: `python -m tests.tools.strings COMMAND`."""
