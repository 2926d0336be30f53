"""`python -m bot` and the `vouch` command; the commands are in `cli`."""

import gc
import os

# Half a second of every start would go into looking for garbage among what is being imported, which is there to stay.
gc.disable()
# Help as plain text: what draws boxes costs a fifth of a second at every start.
os.environ.setdefault("TYPER_USE_RICH", "0")

from bot.cli import app, main  # noqa: E402 - after the two lines above, which are about this import

gc.freeze()
gc.enable()

__all__ = ["app", "main"]

if __name__ == "__main__":
    main()
