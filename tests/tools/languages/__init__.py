"""How well languages are told apart, and how quick the catalogs are: `python -m tests.tools.languages COMMAND`."""
