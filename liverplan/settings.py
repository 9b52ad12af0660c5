"""What a person sets once for the command line and the application: one TOML file, read strictly.

What is asked for by an option or an environment variable goes before what is set here.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from tomllib import TOMLDecodeError
from typing import Any

from liverplan import regular
from liverplan.errors import InputError

VARIABLE = "LIVERPLAN_SETTINGS"
"""Names the environment's variable that says where the file lies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What is set; what is not is None, and its user's own default holds.

    Parameters
    ----------
    language : str or None
        Of reports: a language that liverplan speaks.
    protocol : str or None
        By which trial's criteria patients are judged: a name, or the path of a .toml file.
    archives : Path or None
        The file that names the archives (pacs.toml).
    cases : Path or None
        The folder where the application keeps its cases.
    """

    language: str | None = None
    protocol: str | None = None
    archives: Path | None = None
    cases: Path | None = None


KEYS = tuple(field.name for field in fields(Settings))


def settings_path() -> Path:
    """Return where the settings are looked for: ``$LIVERPLAN_SETTINGS``, or the usual folder."""
    if given := os.environ.get(VARIABLE):
        return Path(given)
    from platformdirs import user_config_path  # noqa: PLC0415 - few commands ask

    return user_config_path("liverplan", appauthor=False) / "settings.toml"


def read_settings() -> Settings:
    """Read the settings; where no file lies in the usual folder, nothing is set.

    Raises
    ------
    InputError
        One sentence with every fault; also if the file that the variable names is absent.
    """
    path = settings_path()
    try:
        values = regular.read_toml(path)
    except FileNotFoundError as error:
        if not os.environ.get(VARIABLE):
            return Settings()
        raise InputError(f"There is no settings file {path}, which {VARIABLE} names.") from error
    except OSError as error:
        reason = error.strerror or "it is not readable"
        raise InputError(f"The settings file {path} cannot be read: {reason}.") from error
    except (UnicodeDecodeError, TOMLDecodeError) as error:
        raise InputError(f"The settings file {path} is no valid TOML: {error}.") from error
    if faults := [*_faults(values)]:
        raise InputError(f"The settings file {path} does not serve: {'; '.join(faults)}.")
    return _settings(values, path.parent)


def _faults(values: Mapping[str, Any]) -> list[str]:
    """Name keys that there are not, and values that are no text."""
    unknown = [f"unknown key {key!r} (there are {', '.join(KEYS)})" for key in values.keys() - KEYS]
    wrong = [
        f"{key!r} must be a text, not {values[key]!r}"
        for key in KEYS
        if key in values and not (isinstance(values[key], str) and values[key].strip())
    ]
    return [*sorted(unknown), *wrong]


def _settings(values: Mapping[str, str], folder: Path) -> Settings:
    """Take the values; a path is relative to the settings' own folder."""
    places = {
        key: folder / Path(values[key]).expanduser()
        for key in ("archives", "cases")
        if key in values
    }
    protocol = values.get("protocol")
    if protocol is not None and protocol.endswith(".toml"):
        protocol = str(folder / Path(protocol).expanduser())
    return Settings(language=values.get("language"), protocol=protocol, **places)
