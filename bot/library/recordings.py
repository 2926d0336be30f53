"""Reads the `[[recordings]]` tables of a message: who speaks or signs, what is said, what they agreed to."""

from pathlib import Path, PurePosixPath

from bot.library.fields import Fields
from bot.library.files import RECORDING_LIMIT, file_problem
from bot.library.pack import ConsentUse, RecordingFile, RecordingForm
from bot.library.texts import CAPTION_LIMIT, text_problems

RECORDING_FIELDS = (
    "file", "form", "language", "leader", "role", "role_english", "community", "text", "english",
    "consent", "consented_at", "consent_until", "reviewer", "reviewed_on",
)  # fmt: skip
SOUND_SUFFIXES = (".ogg", ".oga", ".opus", ".mp3", ".m4a")
PICTURE_SUFFIXES = (".mp4", ".mov", ".webm")
CONSENT_USES: tuple[ConsentUse, ...] = ("bot", "film", "partners")
FORMS: tuple[RecordingForm, ...] = ("voice", "video", "signed")


def read_recording(fields: Fields, folder: Path) -> RecordingFile:
    """One recording of the message in `folder`; everything wrong with it is reported."""
    fields.refuse_unknown(RECORDING_FIELDS)
    name = _file_name(fields, folder)
    language = fields.label("language")
    if language:
        fields.reading.check_language(language, fields.path, fields.line_of("language"))
    leader = fields.label("leader")
    reviewer, reviewed_on = fields.person_and_day("reviewer", "reviewed_on")
    fields.check_second_person(reviewer, leader, "leader")
    consented_at = fields.moment("consented_at")
    consent_until = fields.moment("consent_until", end_of_day=True)
    if consented_at > fields.reading.now:
        fields.error("'consented_at' is in the future; record first, then write down the consent.", "consented_at")
    if consent_until <= consented_at:
        fields.error("'consent_until' is not after 'consented_at'.", "consent_until")
    elif consent_until <= fields.reading.now:
        fields.advise("The consent has run out: this recording will not be used.", "consent_until")
    return RecordingFile(
        name=name,
        file=folder / name,
        language=language,
        leader=leader,
        role=fields.label("role"),
        role_english=fields.label("role_english"),
        community=fields.label("community", required=False),
        text=_caption(fields, "text"),
        english=_caption(fields, "english"),
        consent=_consent(fields),
        consented_at=consented_at,
        consent_until=consent_until,
        reviewer=reviewer,
        reviewed_on=reviewed_on,
        form=_form(fields, name),
    )


def name_problem(name: str) -> str | None:
    """Why a recording may not be stored under `name` in a message's folder, as the end of a sentence."""
    path = PurePosixPath(name)
    if "\\" in name or path.is_absolute() or ".." in path.parts or path.as_posix() != name:
        return "must lie in the message's own folder and be named from there, with '/' between folders"
    if path.suffix.lower() not in SOUND_SUFFIXES + PICTURE_SUFFIXES:
        return f"is not a recording we know; use {', '.join(SOUND_SUFFIXES + PICTURE_SUFFIXES)}"
    return None


def _file_name(fields: Fields, folder: Path) -> str:
    name = fields.label("file")
    if not name:
        return ""
    problem = name_problem(name) or file_problem(folder / name, RECORDING_LIMIT)
    if problem is None and not (folder / name).resolve().is_relative_to(folder.resolve()):
        problem = "lies outside the message's folder"
    if problem:
        fields.error(f"The recording '{name}' {problem}.", "file")
    return name


def _caption(fields: Fields, key: str) -> str:
    text = fields.words(key)
    for _, sentence in text_problems(text, CAPTION_LIMIT) if text else ():
        fields.error(f"In '{key}': {sentence}", key)
    return text


def _consent(fields: Fields) -> tuple[ConsentUse, ...]:
    given = fields.values.get("consent")
    uses = tuple(use for use in CONSENT_USES if isinstance(given, list) and use in given)
    if not isinstance(given, list) or not given or len(uses) != len(given):
        names = ", ".join(f'"{use}"' for use in CONSENT_USES)
        fields.error(f"'consent' must list what the leader agreed to, each once, from: {names}.", "consent")
    return uses


def _form(fields: Fields, name: str) -> RecordingForm:
    sound = PurePosixPath(name).suffix.lower() in SOUND_SUFFIXES
    given = fields.values.get("form", "voice" if sound else "video")
    form = next((each for each in FORMS if each == given), None)
    if form is None:
        fields.error("'form' is voice, video or signed; left out, the type of the file decides.", "form")
    elif sound and form != "voice":
        fields.error(f"'form' says {form}, but the file holds sound only.", "form")
    return form or "voice"
