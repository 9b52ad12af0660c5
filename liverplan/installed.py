"""How liverplan came onto this machine, and the line that adds to it in the same way.

A line is for a terminal of this very system: pip's in the Python that runs, pipx's and uv's where
they keep liverplan in an environment of its own. What came from a checkout, or from a folder of
wheels, takes plugins and tried versions from there. A bundle takes nothing more: its line makes an
installation beside it.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import sys
import tomllib
from collections.abc import Iterator, Sequence
from importlib import metadata, util
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

RECEIPT = "uv-receipt.toml"
"""What uv writes into a tool's environment, and by which it is known."""

OURS = re.compile(r"liverplan(-[a-z]+)?")
"""What is on no index: always a file or a folder."""

ASKED = re.compile(r"\(pip install ([^()]+)\)")
"""A plugin's words for what it lacks: "the package torch (pip install 'needy[local]')"."""


def adding(*targets: str) -> str:
    """Return the line that adds extras (``liverplan[app]``), plugins or other packages."""
    if _is_bundle():
        return _beside(*targets)
    place = _place()
    wanted, options = [_found_in(place, target) for target in targets], _options(place)
    environment = Path(sys.prefix)
    if (environment / "pipx_metadata.json").is_file():
        passed = ["--pip-args", _line(options)] if options else []
        return _line(["pipx", "inject", environment.name, *wanted, *passed])
    if (environment / RECEIPT).is_file():
        beside = [word for target in [*_with(environment), *wanted] for word in ("--with", target)]
        return _line(["uv", "tool", "install", *options, *beside, _itself()])
    return _line([*_pip(), *wanted, *options])


def anew(*targets: str) -> str:
    """Return the line that installs again what is there but broken."""
    if _is_bundle():
        return _beside()
    environment = Path(sys.prefix)
    if (environment / "pipx_metadata.json").is_file():
        return _line(["pipx", "reinstall", environment.name])
    if (environment / RECEIPT).is_file():
        return _line(["uv", "tool", "upgrade", "--reinstall", environment.name])
    place = _place()
    wanted = [_found_in(place, target) for target in targets]
    return _line([*_pip(), "--force-reinstall", *wanted, *_options(place)])


def renewing(extra: str) -> str:
    """Return the line that installs a checkout again, which has outgrown its installation."""
    checkout = _checkout()
    if checkout is None:
        return anew(f"liverplan[{extra}]")
    return _line([*_pip(), "--editable", f"{checkout}[{extra}]", *_options(checkout)])


def in_own_way(words: str) -> str:
    """Return a plugin's words with pip's line replaced by the one that serves here."""
    return ASKED.sub(lambda asked: f"({adding(*shlex.split(asked[1]))})", words)


def lines_of(words: str) -> list[str]:
    """Return the lines that install what a plugin's words name."""
    return [adding(*shlex.split(asked)) for asked in ASKED.findall(words)]


def _is_bundle() -> bool:
    return bool(getattr(sys, "frozen", False))


def _beside(*targets: str) -> str:
    """Return the line that makes an installation of its own, which takes more."""
    more = [word for target in targets for word in ("--with", _found_in(None, target))]
    return _line(["uv", "tool", "install", *more, _wheel_of("liverplan") + "[app]"])


def _pip() -> list[str]:
    """Return what installs into the Python that runs; uv's environments have no pip."""
    if util.find_spec("pip") is None:
        return ["uv", "pip", "install", "--python", sys.executable]
    return [sys.executable, "-m", "pip", "install"]


def _place() -> Path | None:
    """Return the checkout, or the folder of the wheel, that this came from, if still there."""
    if (checkout := _checkout()) is not None:
        return checkout
    source = _source()
    if source is None or not source.exists():
        return None
    return source if source.is_dir() else source.parent


def _checkout() -> Path | None:
    folder = Path(__file__).parents[1]
    whole = (folder / "plugins").is_dir() and (folder / "pyproject.toml").is_file()
    return folder if whole else None


def _source() -> Path | None:
    """Return the file or folder on this machine that was installed, as pip and uv note it."""
    try:
        noted = metadata.distribution("liverplan").read_text("direct_url.json")
    except metadata.PackageNotFoundError:
        return None
    address = urlsplit(str(json.loads(noted)["url"])) if noted else None
    return Path(url2pathname(address.path)) if address and address.scheme == "file" else None


def _itself() -> str:
    source = _checkout() or _source()
    return str(source) if source is not None and source.exists() else _wheel_of("liverplan")


def _found_in(place: Path | None, target: str) -> str:
    """Return a target; of ours its folder in a checkout, or its wheel."""
    name = target.partition("[")[0]
    if not OURS.fullmatch(name):
        return target
    if name == "liverplan":
        return _itself() + target.removeprefix(name)
    folder = place / "plugins" / name if place is not None else None
    found = str(folder) if folder is not None and folder.is_dir() else _wheel_of(name, place)
    return found + target.removeprefix(name)


def _wheel_of(name: str, place: Path | None = None) -> str:
    """Return a wheel in a folder; where none lies, its name as `docs/install` has it."""
    stem = name.replace("-", "_")
    wheels = sorted(place.glob(f"{stem}-*.whl")) if place is not None else []
    return str(wheels[-1]) if wheels else f".{os.sep}{stem}-VERSION-py3-none-any.whl"


def _options(place: Path | None) -> list[str]:
    """Return where tried versions stand."""
    if place is None or not (place / "constraints.txt").is_file():
        return []
    return ["-c", str(place / "constraints.txt")]


def _with(environment: Path) -> Iterator[str]:
    """Yield what uv already keeps beside liverplan: a tool is always installed as a whole."""
    receipt = tomllib.loads((environment / RECEIPT).read_text("utf-8"))
    for need in receipt["tool"]["requirements"]:
        extras = f"[{','.join(need['extras'])}]" if need.get("extras") else ""
        if need["name"] != "liverplan":
            from_file = (need[key] for key in ("path", "directory", "editable") if key in need)
            yield next(from_file, need["name"]) + extras + need.get("specifier", "")
        elif extras:
            yield _itself() + extras


def _line(words: Sequence[str]) -> str:
    """Return words as one line of a POSIX shell, or of Windows' prompt and PowerShell."""
    if os.name != "nt":
        return shlex.join(words)
    return " ".join(word if re.fullmatch(r"[\w.:\\/=+-]+", word) else f'"{word}"' for word in words)
