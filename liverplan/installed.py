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
    return _line([*_pip(), "--force-reinstall", *targets, *_options(_place())])


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
    more = [word for target in targets for word in ("--with", target)]
    return _line(["uv", "tool", "install", *more, "liverplan[app]"])


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
    source = _source()
    return str(source) if source is not None and source.exists() else "liverplan"


def _found_in(place: Path | None, target: str) -> str:
    """Return a target, or the plugin's folder in a checkout."""
    name = target.partition("[")[0]
    if place is not None and (place / "plugins" / name / "pyproject.toml").is_file():
        return str(place / "plugins" / name) + target.removeprefix(name)
    return target


def _options(place: Path | None) -> list[str]:
    """Return where tried versions stand, and where wheels lie."""
    options: list[str] = []
    if place is not None and (place / "constraints.txt").is_file():
        options += ["-c", str(place / "constraints.txt")]
    if place is not None and any(place.glob("liverplan*.whl")):
        options += ["--find-links", str(place)]
    return options


def _with(environment: Path) -> Iterator[str]:
    """Yield what uv already keeps beside liverplan: a tool is always installed as a whole."""
    receipt = tomllib.loads((environment / RECEIPT).read_text("utf-8"))
    for need in receipt["tool"]["requirements"]:
        extras = f"[{','.join(need['extras'])}]" if need.get("extras") else ""
        if extras or need["name"] != "liverplan":
            yield need["name"] + extras + need.get("specifier", "")


def _line(words: Sequence[str]) -> str:
    """Return words as one line of a POSIX shell, or of Windows' prompt and PowerShell."""
    if os.name != "nt":
        return shlex.join(words)
    return " ".join(word if re.fullmatch(r"[\w.:\\/=+-]+", word) else f'"{word}"' for word in words)
