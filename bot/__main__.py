"""`python -m bot` and the `vouch` command; the commands are in `cli`."""

import gc
import os
import sys

# Half a second of every start would go into looking for garbage among what is being imported, which is there to stay.
gc.disable()
# Help and tracebacks as plain text: what draws boxes around them costs a fifth of a second and 6 MB at every start.
# None makes its import fail (docs.python.org, import system, 'The module cache'), and those who like it do without.
os.environ.setdefault("TYPER_USE_RICH", "0")
if "typer" not in sys.modules:
    sys.modules["rich"] = None  # type: ignore[assignment]

from bot.cli import app, main  # noqa: E402 - after the two lines above, which are about this import

gc.freeze()
gc.enable()

__all__ = ["app", "main"]

if __name__ == "__main__":
    main()
