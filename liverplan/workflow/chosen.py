"""What is set in the settings, or else the usual: asked by the command line and the application."""

from __future__ import annotations

from liverplan.settings import read_settings
from liverplan.workflow.request import DEFAULT_PROTOCOL


def chosen_protocol() -> str:
    """Return the protocol that is set, by name or path, or the usual one.

    Raises
    ------
    InputError
        As `liverplan.settings.read_settings`.
    """
    return read_settings().protocol or DEFAULT_PROTOCOL


def chosen_language() -> str:
    """Return the language of reports that is set, or English.

    Raises
    ------
    InputError
        As `liverplan.settings.read_settings`.
    """
    return read_settings().language or "en"
