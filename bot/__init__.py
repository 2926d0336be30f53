"""Vouch: vetted messages, spoken by people whom residents trust, in the language they speak."""

import os

__version__ = "0.1.0"

# Before numpy is first imported, anywhere: its matrix products run on one core. With more, they wait for each other in
# busy loops, and take most from those with whom they share the machine.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
