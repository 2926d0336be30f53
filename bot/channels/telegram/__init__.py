"""The Telegram channel: updates in, messages out (README.md says which file does what)."""
