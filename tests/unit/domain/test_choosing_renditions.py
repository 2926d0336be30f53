"""Which rendition a person gets: approved ones alone, one language for all of it, honest about a fallback."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.renditions import RenditionRef, RenditionState, check_second_person, choose
from bot.domain.residents import Form
from bot.errors import NotAllowed

LANGUAGES = ["en-GB", "ur", "pa", "pl", "phr"]
REFS = st.lists(
    st.tuples(st.sampled_from(LANGUAGES), st.sampled_from(list(Form)), st.sampled_from(list(RenditionState))),
    unique_by=lambda each: each[:2], max_size=12,
).map(lambda rows: [RenditionRef(number, *row) for number, row in enumerate(rows, start=1)])  # fmt: skip
CHAINS = st.sampled_from([("ur", "en-GB"), ("en-GB",), ("pl", "en-GB"), ("pa", "ur", "en-GB")])


def _ref(
    number: int, language: str, form: Form = Form.TEXT, state: RenditionState = RenditionState.APPROVED
) -> RenditionRef:
    return RenditionRef(number, language, form, state)


@given(refs=REFS, listen=st.sampled_from(LANGUAGES), form=st.sampled_from(list(Form)), chain=CHAINS)
def test_only_approved_renditions_are_ever_chosen(
    refs: list[RenditionRef], listen: str, form: Form, chain: tuple[str, ...]
) -> None:
    choice = choose(refs, listen=listen, form=form, read_chain=chain)
    by_id = {each.id: each for each in refs}
    chosen = [by_id[each] for each in (choice.text_id, choice.media_id) if each is not None]
    assert all(each.state is RenditionState.APPROVED for each in chosen)
    assert (choice.language is None) == (not chosen)
    if choice.media_id is not None:
        assert by_id[choice.media_id].language == choice.language
        assert by_id[choice.media_id].form is choice.form is not Form.TEXT
    if choice.text_id is not None:
        assert by_id[choice.text_id].form is Form.TEXT
        # The text is in the message's one language, or, beside a voice, in one that the person chose themselves.
        assert by_id[choice.text_id].language in {choice.language, chain[0]}
    if choice.language is not None:
        foreign = choice.language not in {listen, chain[0]}
        assert (choice.missing is not None) == foreign, "a fallback is always named, and nothing else is"


@given(refs=REFS, listen=st.sampled_from(LANGUAGES), chain=CHAINS)
def test_who_reads_gets_no_sound(refs: list[RenditionRef], listen: str, chain: tuple[str, ...]) -> None:
    assert choose(refs, listen=listen, form=Form.TEXT, read_chain=chain).media_id is None


def test_a_voice_in_the_listening_language_with_the_text_they_read() -> None:
    refs = [_ref(1, "en-GB"), _ref(2, "ur"), _ref(3, "phr", Form.VOICE)]
    choice = choose(refs, listen="phr", form=Form.VOICE, read_chain=("ur", "en-GB"))
    assert (choice.language, choice.media_id, choice.text_id, choice.missing) == ("phr", 3, 2, None)


def test_a_draft_voice_gives_way_to_the_approved_text() -> None:
    refs = [_ref(1, "en-GB"), _ref(2, "ur"), _ref(3, "ur", Form.VOICE, RenditionState.DRAFT)]
    choice = choose(refs, listen="ur", form=Form.VOICE, read_chain=("ur", "en-GB"))
    assert (choice.language, choice.media_id, choice.text_id) == ("ur", None, 2)


def test_video_is_second_best_for_who_wants_voice_and_the_other_way_round() -> None:
    refs = [_ref(1, "ur"), _ref(2, "ur", Form.VIDEO)]
    assert choose(refs, listen="ur", form=Form.VOICE, read_chain=("ur", "en-GB")).form is Form.VIDEO
    refs = [_ref(1, "ur"), _ref(2, "ur", Form.VOICE)]
    assert choose(refs, listen="ur", form=Form.VIDEO, read_chain=("ur", "en-GB")).form is Form.VOICE


def test_nothing_approved_is_nothing_sent_and_names_what_was_wanted() -> None:
    choice = choose([_ref(1, "ur", state=RenditionState.WITHDRAWN)], listen="ur", form=Form.TEXT, read_chain=("ur",))
    assert (choice.language, choice.missing) == (None, "ur")


def test_a_second_person_is_another_one_who_speaks_the_language() -> None:
    check_second_person(reviewer=2, maker=1, reviewer_languages=["ur"], language="ur")
    check_second_person(reviewer=2, maker=None, reviewer_languages=["ur"], language="ur")
    with pytest.raises(NotAllowed, match="made themselves"):
        check_second_person(reviewer=1, maker=1, reviewer_languages=["ur"], language="ur")
    with pytest.raises(NotAllowed, match="who speaks ur"):
        check_second_person(reviewer=2, maker=1, reviewer_languages=["pl"], language="ur")
