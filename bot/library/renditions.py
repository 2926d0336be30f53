"""Reads text renditions: `{language}.md`, a YAML front matter between `---` lines and the text below it."""

from pathlib import Path

import yaml

from bot.domain.renditions import SOURCE_LANGUAGE
from bot.library.fields import Fields, Reading
from bot.library.files import read_text_file
from bot.library.pack import RenditionFile
from bot.library.readability import READING_AGE_GOAL, reading_age
from bot.library.texts import TEXT_LIMIT, text_problems

FRONT_MATTER_FIELDS = ("translator", "reviewer", "reviewed_on")


def read_renditions(folder: Path, reading: Reading) -> tuple[RenditionFile, ...]:
    """All texts in a message's folder, the English source first; a README.md there is not a text."""
    files = [each for each in sorted(folder.glob("*.md")) if each.name != "README.md" and not each.name.startswith(".")]
    files.sort(key=lambda each: each.stem != SOURCE_LANGUAGE)
    if not files or files[0].stem != SOURCE_LANGUAGE:
        sentence = f"The plain-English source '{SOURCE_LANGUAGE}.md' is missing; every message starts from it."
        reading.report.error(folder.relative_to(reading.root), sentence)
    read = [read_rendition(each, reading) for each in files]
    return tuple(rendition for rendition in read if rendition is not None)


def read_rendition(file: Path, reading: Reading) -> RenditionFile | None:
    """One text, or None when its file cannot be read at all; everything wrong with it is reported."""
    path = file.relative_to(reading.root)
    reading.check_language(file.stem, path, None)
    content = read_text_file(file, path, reading.report)
    if content is None:
        return None
    head, body, first_line = _split(content, path, reading)
    fields = _front_matter(head, path, reading)
    fields.refuse_unknown(FRONT_MATTER_FIELDS)
    translator = fields.label("translator", required=False) or None
    reviewer, reviewed_on = fields.person_and_day("reviewer", "reviewed_on")
    fields.check_second_person(reviewer, translator, "translator")
    text = body.strip("\n")
    first_line += len(body) - len(body.lstrip("\n"))
    for line, sentence in text_problems(text, TEXT_LIMIT):
        reading.report.error(path, sentence, first_line + line - 1)
    if file.stem == SOURCE_LANGUAGE:
        _advise_on_english(text, path, first_line, reading)
    return RenditionFile(file.stem, text, translator, reviewer, reviewed_on, path)


def _split(content: str, path: Path, reading: Reading) -> tuple[str, str, int]:
    """The front matter, the body, and the line on which the body starts."""
    lines = content.split("\n")
    if lines[0].rstrip() != "---":
        return "", content, 1
    for number, line in enumerate(lines[1:], start=1):
        if line.rstrip() == "---":
            return "\n".join(lines[1:number]), "\n".join(lines[number + 1 :]), number + 2
    reading.report.error(path, "The front matter opens with '---' and is never closed with another.", 1)
    return "", content, 1


def _front_matter(head: str, path: Path, reading: Reading) -> Fields:
    """The fields of the front matter as strings: YAML would otherwise turn a name such as No into false."""
    values: dict[str, object] = {}
    lines: dict[str, int] = {}
    fields = Fields(reading, path, values, lambda key: lines.get(key or "", 1), "the front matter")
    try:
        root = yaml.compose(head, Loader=yaml.BaseLoader)
    except (yaml.YAMLError, RecursionError):
        fields.error("The front matter is not YAML; write one 'name: value' on each line.")
        return fields
    if root is None:
        return fields
    if not isinstance(root, yaml.MappingNode):
        fields.error("The front matter has no fields; write one 'name: value' on each line.")
        return fields
    for key, value in root.value:
        name = key.value if isinstance(key, yaml.ScalarNode) else "?"
        lines[name] = key.start_mark.line + 2
        if name in values:
            fields.error(f"'{name}' is there twice.", name)
        values[name] = value.value if isinstance(value, yaml.ScalarNode) else None
        if not isinstance(value, yaml.ScalarNode):
            fields.error(f"'{name}' is not one plain value.", name)
    return fields


def _advise_on_english(text: str, path: Path, line: int, reading: Reading) -> None:
    age = reading_age(text)
    if age > READING_AGE_GOAL:
        sentence = (
            f"The reading age is about {age}; aim for {READING_AGE_GOAL} or less "
            "with shorter sentences and everyday words."
        )
        reading.report.advise(path, sentence, line)
