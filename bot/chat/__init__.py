"""Conversations, the same for every channel: an event and the stored step give outgoing messages."""
