"""One TOML file that names the archives."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Literal

from liverplan.errors import BackendError


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How one archive is reached; see the README for each key."""

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
    tls_ca: str = ""
    tls_certificate: str = ""
    tls_key: str = ""
    timeout_s: float = 30.0

    def __post_init__(self) -> None:
        if self.protocol not in {"dicomweb", "dimse"}:
            raise BackendError(f"Archive {self.name}: protocol must be dicomweb or dimse.")
        if self.retrieve not in {"get", "move"}:
            raise BackendError(f"Archive {self.name}: retrieve must be get or move.")
        if not (self.url if self.protocol == "dicomweb" else self.host):
            lacking = "url" if self.protocol == "dicomweb" else "host"
            raise BackendError(f"Archive {self.name}: the configuration names no {lacking}.")


def load_settings(path: Path | str) -> dict[str, Settings]:
    """Read every archive of a configuration file.

    Raises
    ------
    BackendError
        If the file cannot be read or has a fault; the message names it.
    """
    path = Path(path)
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BackendError(f"{path.name} is no readable TOML file: {error}.") from error
    known = {field.name for field in fields(Settings)}
    found = {}
    for name, values in document.get("archives", {}).items():
        unknown = sorted(set(values) - known)
        if unknown:
            raise BackendError(f"{path.name}, archive {name}: unknown key {unknown[0]!r}.")
        if "protocol" not in values:
            raise BackendError(f"{path.name}, archive {name}: protocol is missing.")
        found[name] = Settings(name=name, **values)
    if not found:
        raise BackendError(f"{path.name} names no archive.")
    return found
