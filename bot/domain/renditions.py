"""Renditions: which one a person gets, and the rule that nobody approves what they made."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.residents import Form
from bot.errors import NotAllowed

SOURCE_LANGUAGE = "en-GB"
"""Every message has a plain-English source; the last step of every fallback."""


class RenditionState(StrEnum):
    """Only APPROVED ever leaves. A DRAFT has had no second speaker; a PAUSED one was approved, and may not be heard
    at the moment: its leader says that their voice is misused, or their consent has run out."""

    DRAFT = "draft"
    APPROVED = "approved"
    PAUSED = "paused"
    STALE = "stale"
    """The message means something else now: what was recorded for the old words waits to be renewed."""
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class RenditionRef:
    """The little of a rendition that choosing one needs."""

    id: int
    language: str
    form: Form
    state: RenditionState


@dataclass(frozen=True, slots=True)
class Choice:
    """What one kind of person gets: one language for the whole message, never a mixture.

    `language` None means that nothing can be sent. `missing` names the wanted language when another stands in.
    """

    language: str | None
    text_id: int | None = None
    media_id: int | None = None
    form: Form = Form.TEXT
    missing: str | None = None


_MEDIA_FORMS = {
    Form.VOICE: (Form.VOICE, Form.VIDEO),
    Form.VIDEO: (Form.VIDEO, Form.VOICE),
    Form.SIGNED: (Form.SIGNED,),
    Form.TEXT: (),
}


def choose(
    renditions: Iterable[RenditionRef],
    *,
    listen: str,
    form: Form,
    read_chain: Sequence[str],
) -> Choice:
    """The best approved rendition for a person.

    A person who prefers sound or picture gets it in their listening language with its own text; otherwise the text
    in the first language of their reading chain that has one. `missing` is set when that is not their own language.
    """
    approved = [each for each in renditions if each.state is RenditionState.APPROVED]
    texts = {each.language: each.id for each in approved if each.form is Form.TEXT}
    media: dict[tuple[str, Form], int] = {
        (each.language, each.form): each.id for each in approved if each.form is not Form.TEXT
    }
    own = (listen, *read_chain[:1])
    for wanted in _MEDIA_FORMS[form]:
        if (listen, wanted) in media:
            # The text beside a voice is in a language the person chose; else the recording's own words stand there.
            text_id = next((texts[tag] for tag in own if tag in texts), None)
            return Choice(listen, text_id, media[listen, wanted], wanted)
    for language in read_chain:
        if language not in texts:
            continue
        sound = next((media[language, each] for each in _MEDIA_FORMS[form] if (language, each) in media), None)
        out_form = next((each for each in _MEDIA_FORMS[form] if (language, each) in media), Form.TEXT)
        missing = None if language == read_chain[0] or language == listen else read_chain[0]
        return Choice(language, texts[language], sound, out_form, missing)
    return Choice(None, missing=read_chain[0] if read_chain else listen)


def check_second_person(*, reviewer: int, maker: int | None, reviewer_languages: Sequence[str], language: str) -> None:
    """Raise NotAllowed unless `reviewer` is another person than the maker and speaks the language."""
    if maker is not None and reviewer == maker:
        raise NotAllowed("Nobody approves what they made themselves: ask a second person.")
    if language not in reviewer_languages:
        raise NotAllowed(f"Only a reviewer who speaks {language} can approve this rendition.")
