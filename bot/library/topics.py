"""The topics a message can have. Residents choose among them, so the list is short and changes seldom."""

TOPICS: tuple[str, ...] = ("health", "weather", "scams", "elections", "community", "emergency", "skills")
