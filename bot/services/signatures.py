"""Checking signatures with the public key alone: what the command line, the web and anybody else can do."""

from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

from bot.services.vault import signed_bytes

CHAIN, MANIFEST = "chain", "manifest"
"""What is signed, as the signature says it."""


def is_signed(verify_key: bytes, purpose: str, data: bytes, signature: bytes) -> bool:
    """Whether this is the key's signature (Ed25519) for this purpose over these bytes."""
    try:
        VerifyKey(verify_key).verify(signed_bytes(purpose, data), signature)
    except (BadSignatureError, ValueError, TypeError):
        return False
    return True
