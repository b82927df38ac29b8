"""What is encrypted comes back with the right key, and with no other."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.encryption import Encryption, WrongKey

OLD, NEW = "the secret of last year", "the secret of this year"


@given(st.text())
def test_a_text_comes_back_as_it_was_and_is_not_seen_before(text: str) -> None:
    encryption = Encryption([NEW])
    encrypted = encryption.encrypt(text)
    assert encryption.decrypt(encrypted) == text
    assert encrypted.isascii()
    assert len(text) < 4 or text not in encrypted


def test_the_same_text_never_looks_the_same() -> None:
    encryption = Encryption([NEW])
    assert encryption.encrypt("7") != encryption.encrypt("7")


def test_a_new_secret_encrypts_while_the_old_one_still_decrypts() -> None:
    old = Encryption([OLD]).encrypt("7")
    both = Encryption([NEW, OLD])
    assert both.decrypt(old) == "7"
    assert not both.is_newest(old)
    assert both.is_newest(both.encrypt("7"))
    assert Encryption([NEW]).decrypt(both.encrypt("7")) == "7"


@pytest.mark.parametrize(
    "damage", [lambda text: text[:-1], lambda text: "A" + text[1:], str.lower]
)
def test_a_damaged_text_is_refused(damage: Callable[[str], str]) -> None:
    encryption = Encryption([NEW])
    with pytest.raises(WrongKey):
        encryption.decrypt(damage(encryption.encrypt("7")))


def test_a_digest_is_the_same_for_the_same_text_under_the_same_newest_secret_alone() -> None:
    digest = Encryption([NEW]).digest("1001:7")
    assert Encryption([NEW, OLD]).digest("1001:7") == digest
    assert Encryption([OLD, NEW]).digest("1001:7") != digest
    assert Encryption([NEW]).digest("1001:8") != digest


def test_another_secret_decrypts_nothing() -> None:
    with pytest.raises(WrongKey):
        Encryption([NEW]).decrypt(Encryption([OLD]).encrypt("7"))
