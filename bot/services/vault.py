"""Sealing and hashing of who a person is. The only objects that ever hold key material.

`Vault` holds the secret key: it is made in bot/app and handed to the inbox worker, the sender and the conversation,
never to bot/web. `Sealer` holds a public key only: whoever has just a Sealer can store an update and never read one.

Scheme (PyNaCl, that is libsodium): one master key; a key for each purpose by BLAKE2b with the purpose as `person`
(RFC 7693 section 2.8), so that tables cannot be joined on equal hashes; addresses in SecretBox (XSalsa20-Poly1305,
random 192-bit nonces); updates in a SecretBox whose key is itself in a SealedBox for the vault's X25519 key.
"""

import hashlib
import hmac
import json
import time
from collections import OrderedDict
from typing import Any

from nacl.bindings import crypto_secretbox_easy
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.secret import SecretBox
from nacl.signing import SigningKey
from nacl.utils import random as random_bytes

from bot.errors import ConfigInvalid, InvalidInput

_ENVELOPE_SECONDS = 60
_ENVELOPE_USES = 5_000
_SEALED_KEY_BYTES = SecretBox.KEY_SIZE + 48  # crypto_box_SEALBYTES: 32 public key + 16 MAC
MIN_SECRET_LENGTH = 32


class Sealer:
    """Seals raw updates for the vault. Holds a public key and an envelope key that is replaced every minute."""

    def __init__(self, public_key: bytes) -> None:
        self._box = SealedBox(PublicKey(public_key))
        self._header = b""
        self._key = b""
        self._until = 0.0
        self._uses = 0

    def seal(self, data: bytes) -> bytes:
        """Ciphertext that only the vault can open."""
        now = time.monotonic()
        if not self._key or now > self._until or self._uses >= _ENVELOPE_USES:
            self._key = random_bytes(SecretBox.KEY_SIZE)
            self._header = self._box.encrypt(self._key)
            self._until, self._uses = now + _ENVELOPE_SECONDS, 0
        self._uses += 1
        # What SecretBox.encrypt does, at a quarter of its price: every update that comes in pays it.
        nonce = random_bytes(SecretBox.NONCE_SIZE)
        return self._header + nonce + crypto_secretbox_easy(data, nonce, self._key)


class Vault:
    """Opens what was sealed, and hashes addresses so that they can be found again.

    `secret` is at least 32 characters. Raises ConfigInvalid when it is shorter.
    """

    def __init__(self, secret: str) -> None:
        if len(secret) < MIN_SECRET_LENGTH:
            raise ConfigInvalid(f"VOUCH_SECRET_KEY must be at least {MIN_SECRET_LENGTH} characters long.")
        master = hashlib.blake2b(secret.encode(), digest_size=32, person=b"vouch-master").digest()
        self._resident_key = _derive(master, b"residents")
        self._asking_key = _derive(master, b"asking")
        self._staff_key = _derive(master, b"staff")
        self._erasure_key = _derive(master, b"erasures")
        self._addresses = SecretBox(_derive(master, b"addresses"))
        self._conversations = SecretBox(_derive(master, b"talks"))
        self._originals = SecretBox(_derive(master, b"originals"))
        self._private = PrivateKey(_derive(master, b"inbox"))
        self._opener = SealedBox(self._private)
        self._envelopes: OrderedDict[bytes, SecretBox] = OrderedDict()
        self._webhook_key = _derive(master, b"webhook")
        self._signing_key = SigningKey(_derive(master, b"provenance"))
        self.listing_salt = _derive(master, b"listings").hex()
        """Makes the opaque ids of delivery listings, which differ from broadcast to broadcast. Left in the database for
        those who have no key; it leads back to nothing."""
        self.fingerprint = hashlib.blake2b(_derive(master, b"print"), digest_size=12).hexdigest()
        """Tells one key from another; says nothing about the key."""

    def __repr__(self) -> str:
        return f"Vault({self.fingerprint})"

    @property
    def public_key(self) -> bytes:
        """For Sealers; may be stored and shown."""
        return bytes(self._private.public_key)

    @property
    def verify_key(self) -> bytes:
        """The public Ed25519 key (32 bytes) by which anybody can check what `sign` signed."""
        return bytes(self._signing_key.verify_key)

    def sign(self, purpose: str, data: bytes) -> bytes:
        """An Ed25519 signature (64 bytes) over a purpose, a line's end, and the data."""
        return bytes(self._signing_key.sign(signed_bytes(purpose, data)).signature)

    def webhook_secret(self, bot_id: int) -> str:
        """The default webhook secret: 43 url-safe characters (Telegram allows 1 to 256 of A-Za-z0-9_-)."""
        return hashlib.blake2b(str(bot_id).encode(), key=self._webhook_key, digest_size=24).hexdigest()

    def tag(self, chat_id: int) -> bytes:
        """The keyed hash under which a resident and their conversation are found."""
        return _tag(self._resident_key, chat_id)

    def asking_tag(self, chat_id: int) -> bytes:
        """Another keyed hash, for what a person asked: not joinable with `tag` without the key."""
        return _tag(self._asking_key, chat_id)

    def staff_tag(self, chat_id: int) -> bytes:
        """The keyed hash of a staff member's chat."""
        return _tag(self._staff_key, chat_id)

    def erasure_mark(self, tag: bytes) -> str:
        """What is kept of an erased person's `tag` or `asking_tag`: it finds the tag again in a restored backup, and
        stands in no table. 32 hexadecimal digits."""
        return hashlib.blake2b(tag, key=self._erasure_key, digest_size=16).hexdigest()

    def seal_chat(self, chat_id: int) -> bytes:
        """The address, sealed; a new ciphertext every time."""
        return bytes(self._addresses.encrypt(chat_id.to_bytes(8, "big", signed=True)))

    def open_chat(self, sealed: bytes) -> int:
        """The address again. Raises InvalidInput when the ciphertext was altered or is another key's."""
        return int.from_bytes(_decrypt(self._addresses, sealed), "big", signed=True)

    def seal_state(self, state: dict[str, Any]) -> bytes:
        """A conversation's state, sealed."""
        return bytes(self._conversations.encrypt(json.dumps(state, ensure_ascii=False).encode()))

    def open_state(self, sealed: bytes) -> dict[str, Any]:
        """The state again. Raises InvalidInput as `open_chat` does."""
        state: dict[str, Any] = json.loads(_decrypt(self._conversations, sealed))
        return state

    def seal_original(self, text: str) -> bytes:
        """What somebody sent in, before personal details were taken out of it."""
        return bytes(self._originals.encrypt(text.encode("utf-8", "replace")))

    def open_original(self, sealed: bytes) -> str:
        """The text again. Raises InvalidInput as `open_chat` does."""
        return _decrypt(self._originals, sealed).decode()

    def open_update(self, sealed: bytes) -> bytes:
        """What a Sealer sealed. Raises InvalidInput when it was altered or is another key's."""
        header, body = sealed[:_SEALED_KEY_BYTES], sealed[_SEALED_KEY_BYTES:]
        box = self._envelopes.get(header)
        if box is None:
            try:
                box = SecretBox(self._opener.decrypt(header))
            except (CryptoError, ValueError) as error:
                raise InvalidInput("Sealed data was altered, or sealed with another key.") from error
            self._envelopes[header] = box
            while len(self._envelopes) > 64:
                self._envelopes.popitem(last=False)
        return _decrypt(box, body)


def signed_bytes(purpose: str, data: bytes) -> bytes:
    """What exactly is signed: a signature for one purpose is none for another."""
    return f"vouch {purpose}\n".encode() + data


def hash_token(token: str) -> bytes:
    """How one-time links, invitations and session ids are stored: 256-bit random tokens need no salt."""
    return hashlib.sha256(token.encode()).digest()


def same(left: str, right: str) -> bool:
    """Compare two secrets in constant time."""
    return hmac.compare_digest(left.encode(), right.encode())


def _derive(master: bytes, purpose: bytes) -> bytes:
    return hashlib.blake2b(b"", key=master, digest_size=32, person=purpose).digest()


def _tag(key: bytes, chat_id: int) -> bytes:
    return hashlib.blake2b(str(chat_id).encode(), key=key, digest_size=16).digest()


def _decrypt(box: SecretBox, sealed: bytes) -> bytes:
    try:
        return bytes(box.decrypt(sealed))
    except (CryptoError, ValueError) as error:
        raise InvalidInput("Sealed data was altered, or sealed with another key.") from error
