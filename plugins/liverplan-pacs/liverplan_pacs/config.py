"""One TOML file that names the archives; a fault in one entry hides no other."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from liverplan.errors import BackendError

AE_TITLE = re.compile(r"(?! *$)[\x20-\x5b\x5d-\x7e]{1,16}")
PORTS = range(1, 65536)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How one archive is reached, and what it may cost; see the README for each key."""

    name: str
    protocol: Literal["dicomweb", "dimse"]
    url: str = ""
    token_variable: str = ""
    host: str = ""
    port: int = 104
    called_ae: str = "ANY-SCP"
    calling_ae: str = "LIVERPLAN"
    retrieve: Literal["get", "move"] = "get"
    listen_host: str = "127.0.0.1"
    listen_port: int = 11113
    sender_aes: tuple[str, ...] = ()
    sender_hosts: tuple[str, ...] = ()
    sender_certificate: Literal["required", "optional"] = "required"
    tls_ca: str = ""
    tls_certificate: str = ""
    tls_key: str = ""
    timeout_s: float = 30.0
    deadline_s: float = 1800.0
    largest_mb: float = 4096.0

    def __post_init__(self) -> None:
        if self.protocol not in {"dicomweb", "dimse"}:
            raise self._fault("protocol must be dicomweb or dimse")
        if self.retrieve not in {"get", "move"}:
            raise self._fault("retrieve must be get or move")
        if self.sender_certificate not in {"required", "optional"}:
            raise self._fault("sender_certificate must be required or optional")
        if not (self.url if self.protocol == "dicomweb" else self.host):
            lacking = "url" if self.protocol == "dicomweb" else "host"
            raise self._fault(f"the configuration names no {lacking}")
        if self.url and not _is_web_address(self.url):
            raise self._fault("url must begin with https:// or http:// and name a host")
        self._check_limits()

    def _check_limits(self) -> None:
        for key in ("timeout_s", "deadline_s", "largest_mb"):
            number = getattr(self, key)
            if not (math.isfinite(number) and number > 0):
                raise self._fault(f"{key} must be more than 0")
        for key in ("port", "listen_port"):
            if getattr(self, key) not in PORTS:
                raise self._fault(f"{key} must be from 1 to 65535")
        for title in (self.called_ae, self.calling_ae, *self.sender_aes):
            if not AE_TITLE.fullmatch(title):
                raise self._fault(f"{title[:40]!r} is no AE title, 1 to 16 plain letters")

    def _fault(self, words: str) -> BackendError:
        return BackendError(f"Archive {self.name}: {words}.")


KINDS: Mapping[str, type] = {
    field.name: str if field.default is MISSING else type(field.default)
    for field in fields(Settings)
    if field.name != "name"
}
NAMES: Mapping[type, str] = {
    str: "a text",
    int: "a whole number",
    float: "a number",
    tuple: "a list of texts",
}


def load_settings(path: Path | str) -> dict[str, Settings]:
    """Read every archive of a configuration file that has no fault.

    Raises
    ------
    BackendError
        If the file or any entry has a fault; the message names it.
    """
    found = {}
    for name, entry in load_entries(path).items():
        if isinstance(entry, BackendError):
            raise entry
        found[name] = entry
    return found


def load_entries(path: Path | str) -> dict[str, Settings | BackendError]:
    """Read every archive of a configuration file; an entry with a fault is read as that fault.

    Raises
    ------
    BackendError
        If the file cannot be read or names no archive; the message names it.
    """
    path = Path(path)
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise BackendError(f"{path.name} is no readable TOML file: {error}.") from error
    entries = document.get("archives", {})
    if not isinstance(entries, dict) or not entries:
        raise BackendError(f"{path.name} names no archive.")
    return {name: _entry(path.name, name, values) for name, values in entries.items()}


def _entry(file: str, name: str, values: object) -> Settings | BackendError:
    try:
        return _settings(file, name, values)
    except BackendError as fault:
        return fault


def _settings(file: str, name: str, values: object) -> Settings:
    where = f"{file}, archive {name}"
    if not isinstance(values, dict):
        raise BackendError(f"{where}: it is no table of keys.")
    unknown = sorted(set(values) - set(KINDS))
    if unknown:
        raise BackendError(f"{where}: unknown key {unknown[0]!r}.")
    if "protocol" not in values:
        raise BackendError(f"{where}: protocol is missing.")
    return Settings(name=name, **{key: _typed(where, key, value) for key, value in values.items()})


def _typed(where: str, key: str, value: object) -> Any:  # noqa: ANN401 - of the key's own kind
    kind = KINDS[key]
    match value:
        case bool():
            pass
        case str() if kind is str:
            return value
        case int() if kind in {int, float}:
            return kind(value)
        case float() if kind is float:
            return value
        case list() if kind is tuple and all(isinstance(item, str) for item in value):
            return tuple(value)
    raise BackendError(f"{where}: {key} must be {NAMES[kind]}.")


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
