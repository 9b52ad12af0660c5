"""Keys that cannot be written or read are refused in words."""

import pytest
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from liverplan.case import keys
from liverplan.errors import CaseError
from liverplan.workflow import new_key


@pytest.fixture(scope="module")
def rsa():
    return generate_private_key(public_exponent=65537, key_size=2048)


def test_a_key_has_its_folder_before_it_is_made(tmp_path):
    with pytest.raises(CaseError, match="cannot be written"):
        keys.new_key(tmp_path / "none" / "ada.pem")


def test_a_key_whose_public_half_cannot_be_written_is_not_made(tmp_path):
    with pytest.raises(CaseError, match=r"The key .*ada\.pub cannot be written"):
        new_key(tmp_path / "ada.pem", tmp_path / "none" / "ada.pub")
    assert list(tmp_path.iterdir()) == []


def test_a_key_is_its_owners_alone(tmp_path):
    new_key(tmp_path / "ada.pem", tmp_path / "ada.pub")
    assert (tmp_path / "ada.pem").stat().st_mode & 0o077 == 0


def test_a_key_of_another_kind_signs_nothing(tmp_path, rsa):
    path = tmp_path / "rsa.pem"
    path.write_bytes(rsa.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    with pytest.raises(CaseError, match="is not an Ed25519 key"):
        keys.load_key(path)


def test_a_public_key_of_another_kind_trusts_nobody(tmp_path, rsa):
    path = tmp_path / "rsa.pub"
    public = rsa.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    path.write_bytes(public)
    with pytest.raises(CaseError, match="is not an Ed25519 key"):
        keys.read_public_key(path)
    with pytest.raises(CaseError, match="cannot be read"):
        keys.read_public_key(tmp_path / "none.pub")


@pytest.mark.parametrize("refusal", [ValueError, TypeError, UnsupportedAlgorithm])
def test_what_the_library_cannot_read_is_no_key(tmp_path, monkeypatch, refusal):
    def refuse(*_arguments):
        raise refusal("no")

    path = tmp_path / "ada.pem"
    keys.new_key(path)
    monkeypatch.setattr(keys, "load_pem_private_key", refuse)
    with pytest.raises(CaseError, match="is no signing key, or its password is another"):
        keys.load_key(path)


@pytest.mark.parametrize("refusal", [ValueError, UnsupportedAlgorithm])
def test_what_the_library_cannot_read_is_no_public_key(tmp_path, monkeypatch, refusal):
    def refuse(*_arguments):
        raise refusal("no")

    key = keys.new_key(tmp_path / "ada.pem")
    keys.write_public_key(tmp_path / "ada.pub", keys.public_hex(key))
    monkeypatch.setattr(keys, "load_pem_public_key", refuse)
    with pytest.raises(CaseError, match="is no public key"):
        keys.read_public_key(tmp_path / "ada.pub")


def test_only_the_other_half_holds():
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    mine, other = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    signed = mine.sign(b"a plan").hex()
    assert keys.holds(keys.public_hex(mine), signed, b"a plan")
    assert not keys.holds(keys.public_hex(mine), signed, b"another plan")
    assert not keys.holds(keys.public_hex(other), signed, b"a plan")
    assert not keys.holds("no key", signed, b"a plan")
    assert not keys.holds(keys.public_hex(mine), "no signature", b"a plan")
