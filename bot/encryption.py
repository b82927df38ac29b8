"""What is kept of people, unreadable to whoever has the database but not the key.

Each text is encrypted and signed on its own (Fernet: AES-128-CBC and HMAC-SHA256).
"""

import base64
import hashlib
import hmac
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

PURPOSE = b"digit-reader-bot: what is kept of people"
"""Goes into each key, so that it serves for nothing else, though the secret may."""
DIGEST_PURPOSE = b"digit-reader-bot: which updates belong together"
WEBHOOK_PURPOSE = b"digit-reader-bot: who may call the webhook"


class WrongKey(Exception):
    """A text was encrypted with none of the keys, or is damaged."""


class Encryption:
    """Encrypts with the first of some secrets, and decrypts with any of them.

    Args:
        secrets: at least one; each random, since a key is as hard to guess as its secret.
    """

    def __init__(self, secrets: Sequence[str]) -> None:
        fernets = [Fernet(base64.urlsafe_b64encode(_key(secret, PURPOSE))) for secret in secrets]
        self._newest, self._any = fernets[0], MultiFernet(fernets)
        self._digest_key = _key(secrets[0], DIGEST_PURPOSE)

    def encrypt(self, text: str) -> str:
        """The text in another form, which is ASCII."""
        return self._newest.encrypt(text.encode()).decode()

    def decrypt(self, encrypted: str) -> str:
        """The text again.

        Raises:
            WrongKey: none of the keys fits.
        """
        try:
            return self._any.decrypt(encrypted).decode()
        except InvalidToken:
            raise WrongKey("None of the keys decrypts this.") from None

    def is_newest(self, encrypted: str) -> bool:
        """Whether the first secret encrypted it."""
        try:
            self._newest.decrypt(encrypted)
        except InvalidToken:
            return False
        return True

    def digest(self, text: str) -> str:
        """The same for the same text under the first secret, and nothing but that."""
        return hmac.digest(self._digest_key, text.encode(), hashlib.sha256).hex()[:32]


def webhook_secret_of(token: str) -> str:
    """A secret for the webhook that the token is not to be read off, as Telegram allows it."""
    return _key(token, WEBHOOK_PURPOSE).hex()


def _key(secret: str, purpose: bytes) -> bytes:
    # Not stretched as a password's would be: the secrets are random (bot/settings.py says so).
    return HKDF(SHA256(), length=32, salt=None, info=purpose).derive(secret.encode())
