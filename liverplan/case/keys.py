"""Signing keys: Ed25519, one file for each person, kept outside the case."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from liverplan import regular
from liverplan.case.files import write_whole
from liverplan.errors import CaseError


def new_key(path: Path | str, *, password: str = "") -> Ed25519PrivateKey:
    """Make a person's key and write it where only they can read it.

    Raises
    ------
    CaseError
        If a file lies there already: a lost key cannot be made again.
    """
    path = Path(path)
    key = Ed25519PrivateKey.generate()
    locked: KeySerializationEncryption = NoEncryption()
    if password:
        locked = BestAvailableEncryption(password.encode("utf-8"))
    content = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, locked)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise CaseError(f"{path} exists; a key is never overwritten.") from error
    except OSError as error:
        raise CaseError(f"The key {path} cannot be written ({error.strerror}).") from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        path.unlink(missing_ok=True)
        raise CaseError(f"The key {path} cannot be written ({error.strerror}).") from error
    return key


def is_locked(path: Path | str) -> bool:
    """Whether a key file asks for a passphrase; one that cannot be read does not."""
    try:
        return b"BEGIN ENCRYPTED" in regular.read_bytes(Path(path))
    except OSError:
        return False


def load_key(path: Path | str, *, password: str = "") -> Ed25519PrivateKey:
    """Read a person's key.

    Raises
    ------
    CaseError
        If it cannot be read, is no Ed25519 key or needs another password.
    """
    path = Path(path)
    try:
        key = load_pem_private_key(regular.read_bytes(path), password.encode("utf-8") or None)
    except OSError as error:
        raise CaseError(f"The key {path} cannot be read ({error.strerror}).") from error
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise CaseError(f"{path} is no signing key, or its password is another.") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise CaseError(f"{path} is not an Ed25519 key.")
    return key


def write_public_key(path: Path | str, public_hex: str) -> None:
    """Write a public key as PEM, for others to check signatures with."""
    path = Path(path)
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_hex))
    try:
        write_whole(path, key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    except OSError as error:
        raise CaseError(f"The key {path} cannot be written ({error.strerror}).") from error


def read_public_key(path: Path | str) -> str:
    """Hexadecimal public key of a PEM file.

    Raises
    ------
    CaseError
        If it is no Ed25519 public key.
    """
    path = Path(path)
    try:
        key = load_pem_public_key(regular.read_bytes(path))
    except OSError as error:
        raise CaseError(f"The key {path} cannot be read ({error.strerror}).") from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise CaseError(f"{path} is no public key.") from error
    if not isinstance(key, Ed25519PublicKey):
        raise CaseError(f"{path} is not an Ed25519 key.")
    return _hex(key)


def public_hex(key: Ed25519PrivateKey) -> str:
    """Hexadecimal public half of a key."""
    return _hex(key.public_key())


def holds(public: str, signature: str, message: bytes) -> bool:
    """Whether the other half of a public key made this signature over this message."""
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))
        key.verify(bytes.fromhex(signature), message)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _hex(key: Ed25519PublicKey) -> str:
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
