"""Vouch: vetted messages, spoken by people whom residents trust, in the language they speak."""

__version__ = "0.1.0"
