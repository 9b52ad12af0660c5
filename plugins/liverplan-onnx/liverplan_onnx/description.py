"""The TOML file that describes a network: read strictly, every fault in one sentence."""

from __future__ import annotations

import hashlib
import math
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from liverplan.errors import BackendError

SCHEMA = "liverplan.onnx/1"
ACTIVATIONS = ("softmax", "sigmoid", "none")

Numbers = tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """A network and what it expects; see the package's README for each key."""

    source: Path
    name: str
    version: str
    licence: str
    model: Path
    spacing_mm: Numbers
    window_hu: Numbers
    range: Numbers
    patch: tuple[int, ...]
    overlap_fraction: float
    activation: str
    liver: tuple[int, ...]
    lesions: tuple[int, ...]


def _numbers(value: object, count: int, lowest: float, highest: float) -> bool:
    return (
        isinstance(value, list)
        and len(value) == count
        and all(
            isinstance(n, int | float)
            and not isinstance(n, bool)
            and math.isfinite(n)
            and lowest <= n <= highest
            for n in value
        )
    )


def _classes(value: object) -> bool:
    return isinstance(value, list) and all(type(n) is int and 0 <= n < 10_000 for n in value)


# table, key, what it must be, how to tell
_KEYS: tuple[tuple[str, str, str, Callable[[Any], bool]], ...] = (
    ("", "schema", f'"{SCHEMA}"', lambda v: v == SCHEMA),
    ("", "name", "a text", lambda v: isinstance(v, str) and bool(v)),
    ("", "version", "a text", lambda v: isinstance(v, str)),
    ("", "licence", "a text", lambda v: isinstance(v, str)),
    ("", "model", "a file name", lambda v: isinstance(v, str) and bool(v)),
    ("input", "spacing_mm", "3 numbers from 0.2 to 20", lambda v: _numbers(v, 3, 0.2, 20)),
    ("input", "window_hu", "2 ascending numbers",
     lambda v: _numbers(v, 2, -32768, 32767) and v[0] < v[1]),
    ("input", "range", "2 ascending numbers", lambda v: _numbers(v, 2, -1e6, 1e6) and v[0] < v[1]),
    ("input", "patch", "3 whole numbers from 1 to 1024",
     lambda v: _numbers(v, 3, 1, 1024) and all(isinstance(n, int) for n in v)),
    ("input", "overlap_fraction", "a number from 0 to 0.9",
     lambda v: _numbers([v], 1, 0, 0.9)),
    ("output", "activation", f"one of {', '.join(ACTIVATIONS)}", lambda v: v in ACTIVATIONS),
    ("output", "liver", "a list of classes", lambda v: _classes(v) and bool(v)),
    ("output", "lesions", "a list of classes", _classes),
)  # fmt: skip
_OPTIONAL = ("sha256",)


def read_description(path: Path) -> Network:
    """Read and check a description and the file that it names.

    Raises
    ------
    BackendError
        One sentence with every fault.
    """
    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise BackendError(f"{path} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise BackendError(f"{path} is no valid TOML: {error}.") from error
    faults = [*_unknown(document), *_wrong(document)]
    if faults:
        raise BackendError(f"{path} does not serve: {'; '.join(faults)}.")
    model = path.absolute().parent / document["model"]
    _require_model(model, document.get("sha256", ""))
    top = {key: document[key] for key in ("name", "version", "licence")}
    rest = {key: _frozen(value) for t in ("input", "output") for key, value in document[t].items()}
    return Network(source=path.absolute(), model=model, **top, **rest)


def file_sha256(path: Path) -> str:
    """Hash of a file; kept while its size and date stay."""
    stat = path.stat()
    return _sha256(path, stat.st_size, stat.st_mtime_ns)


@lru_cache(maxsize=8)
def _sha256(path: Path, size: int, modified: int) -> str:  # size and date: the cache
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _require_model(model: Path, wanted: object) -> None:
    if not model.is_file():
        raise BackendError(f"The network's file {model} does not exist.")
    if wanted and wanted != file_sha256(model):
        raise BackendError(f"The network's file {model} is not the one with SHA-256 {wanted}.")


def _unknown(document: Mapping[str, Any]) -> list[str]:
    known = {(table, key) for table, key, _, _ in _KEYS}
    top = [key for key in document if ("", key) not in known and key not in _OPTIONAL]
    faults = [f"unknown key {key!r}" for key in top if key not in ("input", "output")]
    for table in ("input", "output"):
        inner = document.get(table)
        if isinstance(inner, dict):
            faults += [f"unknown key '{table}.{k}'" for k in inner if (table, k) not in known]
    return faults


def _wrong(document: Mapping[str, Any]) -> list[str]:
    faults = []
    for table, key, words, fits in _KEYS:
        inner = document.get(table, {}) if table else document
        name = f"{table}.{key}" if table else key
        if not isinstance(inner, dict) or key not in inner:
            faults.append(f"{name!r} is missing")
        elif not fits(inner[key]):
            faults.append(f"{name!r} must be {words}, not {inner[key]!r}")
    return faults


def _frozen(value: Any) -> Any:  # noqa: ANN401 - a list or a plain value
    return tuple(value) if isinstance(value, list) else value
