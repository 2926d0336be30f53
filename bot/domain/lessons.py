"""The lesson: its steps in their order, and what is right where it asks something."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `right` is what to do with the example that it shows, `stop` or `pass`; None: it asks nothing."""

    name: str
    right: str | None = None


STEPS = (
    Step("stop"), Step("feelings"), Step("who-says"), Step("old-picture"), Step("quiz-hurry", "stop"),
    Step("quiz-official", "pass"), Step("quiz-picture", "stop"), Step("ask-us"),
)  # fmt: skip
QUESTIONS = sum(step.right is not None for step in STEPS)
KEY_PREFIX = "lesson-"
"""A message in force with the key `lesson-{step}` takes the place of a step's words, and brings its recording."""
