"""What seals and hashes people: nothing readable comes out, nothing altered goes in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.public import PublicKey, SealedBox

from bot.errors import ConfigInvalid, InvalidInput
from bot.services.vault import Sealer, Vault, hash_token, same

SECRET = "a-sample-secret-of-a-test-that-opens-nothing"
VAULT = Vault(SECRET)
OTHER = Vault(SECRET + "!")
CHATS = st.integers(min_value=-(2**62), max_value=2**62)


@given(chat_id=CHATS)
def test_an_address_comes_back_and_looks_different_every_time(chat_id: int) -> None:
    first, second = VAULT.seal_chat(chat_id), VAULT.seal_chat(chat_id)
    assert first != second
    assert VAULT.open_chat(first) == VAULT.open_chat(second) == chat_id
    assert str(chat_id).encode() not in first or len(str(chat_id)) < 3


@given(chat_id=CHATS, at=st.integers(min_value=0, max_value=47), bit=st.integers(min_value=0, max_value=7))
def test_one_altered_bit_is_noticed(chat_id: int, at: int, bit: int) -> None:
    sealed = bytearray(VAULT.seal_chat(chat_id))
    sealed[at % len(sealed)] ^= 1 << bit
    with pytest.raises(InvalidInput):
        VAULT.open_chat(bytes(sealed))


@pytest.mark.parametrize("damaged", [b"", b"x", b"x" * 24, b"x" * 200])
def test_what_was_never_sealed_is_refused(damaged: bytes) -> None:
    for opens in (VAULT.open_chat, VAULT.open_state, VAULT.open_update):
        with pytest.raises(InvalidInput):
            opens(damaged)


def test_another_key_opens_nothing() -> None:
    with pytest.raises(InvalidInput):
        OTHER.open_chat(VAULT.seal_chat(5))
    with pytest.raises(InvalidInput):
        OTHER.open_state(VAULT.seal_state({"language": "ur"}))
    with pytest.raises(InvalidInput):
        OTHER.open_update(Sealer(VAULT.public_key).seal(b"update"))


def test_one_purpose_does_not_open_anothers() -> None:
    with pytest.raises(InvalidInput):
        VAULT.open_state(VAULT.seal_chat(5))
    with pytest.raises(InvalidInput):
        VAULT.open_chat(VAULT.seal_state({"language": "ur"}))


@given(chat_id=CHATS)
def test_tags_find_a_person_again_and_differ_by_purpose_and_key(chat_id: int) -> None:
    tags = [VAULT.tag(chat_id), VAULT.asking_tag(chat_id), VAULT.staff_tag(chat_id), OTHER.tag(chat_id)]
    assert len(set(tags)) == 4
    assert tags[:3] == [Vault(SECRET).tag(chat_id), Vault(SECRET).asking_tag(chat_id), Vault(SECRET).staff_tag(chat_id)]
    assert VAULT.tag(chat_id) != VAULT.tag(chat_id + 1)


def test_nothing_that_is_printed_shows_the_key() -> None:
    shown = f"{VAULT!r} {VAULT} {VAULT.fingerprint}"
    assert SECRET not in shown
    for value in vars(VAULT).values():
        if isinstance(value, bytes):
            assert value.hex() not in shown
    assert Vault(SECRET).fingerprint == VAULT.fingerprint != OTHER.fingerprint


def test_a_sealer_cannot_open_what_it_sealed() -> None:
    sealer = Sealer(VAULT.public_key)
    sealed = [sealer.seal(f"update {number}".encode()) for number in range(20)]
    assert [VAULT.open_update(each) for each in sealed] == [f"update {number}".encode() for number in range(20)]
    assert not [name for name in dir(sealer) if name.startswith(("open", "decrypt"))]
    with pytest.raises(TypeError):
        SealedBox(PublicKey(VAULT.public_key)).decrypt(sealed[0][:80])  # type: ignore[misc]


@given(body=st.binary(max_size=300), at=st.integers(min_value=0))
def test_an_altered_update_is_noticed(body: bytes, at: int) -> None:
    sealed = bytearray(Sealer(VAULT.public_key).seal(body))
    sealed[at % len(sealed)] ^= 1
    with pytest.raises(InvalidInput):
        VAULT.open_update(bytes(sealed))


def test_a_short_secret_is_refused_without_being_repeated() -> None:
    with pytest.raises(ConfigInvalid) as refused:
        Vault("hunter2")
    assert "hunter2" not in str(refused.value)
    assert "32" in str(refused.value)


def test_the_webhook_secret_is_one_that_telegram_takes_and_differs_by_bot() -> None:
    secret = VAULT.webhook_secret(1)
    assert 1 <= len(secret) <= 256
    assert secret.replace("-", "").replace("_", "").isalnum()
    assert len({secret, VAULT.webhook_secret(2), OTHER.webhook_secret(1)}) == 3


def test_tokens_are_kept_as_hashes_and_compared_in_constant_time() -> None:
    assert hash_token("abc") == hash_token("abc") != hash_token("abd")
    assert b"abc" not in hash_token("abc")
    assert same("geheim ä", "geheim ä")
    assert not same("geheim ä", "geheim a")
