"""`python -m bot` and the `vouch` command; the commands are in `cli`."""

from bot.cli import app, main

__all__ = ["app", "main"]

if __name__ == "__main__":
    main()
