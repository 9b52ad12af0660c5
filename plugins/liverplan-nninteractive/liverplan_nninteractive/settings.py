"""Which server may be asked, from environment variables; nothing here contacts it."""

from __future__ import annotations

import ipaddress
import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from liverplan.errors import BackendError
from liverplan_nninteractive.prompts import read_prompts

VARIABLE = "LIVERPLAN_NNINTERACTIVE"
PROMPTS, REMOTE = f"{VARIABLE}_PROMPTS", f"{VARIABLE}_REMOTE"
TIMEOUT, KEY = f"{VARIABLE}_TIMEOUT_S", f"{VARIABLE}_KEY"
ALLOWED = "allowed"
ANSWER_WITHIN_S = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """A server that may be asked.

    Parameters
    ----------
    url : str
        Its address, without a slash at the end.
    timeout_s : float
        How long one answer may take.
    prompts : Path or None
        The file of prompts.
    """

    url: str
    timeout_s: float = ANSWER_WITHIN_S
    prompts: Path | None = None

    @property
    def is_remote(self) -> bool:
        """Whether the address is another machine's."""
        return not _is_here(urlsplit(self.url).hostname or "")


def read_settings() -> Settings:
    """Read the variables.

    Raises
    ------
    BackendError
        If the server may not be asked, or anything is not set as it should be.
    """
    if lacking := what_lacks():
        raise BackendError(f"The back end 'nninteractive' lacks {' and '.join(lacking)}.")
    prompts = os.environ.get(PROMPTS)
    return Settings(
        url=os.environ[VARIABLE].rstrip("/"),
        timeout_s=float(os.environ.get(TIMEOUT) or ANSWER_WITHIN_S),
        prompts=Path(prompts) if prompts else None,
    )


def what_lacks() -> list[str]:
    """Return what must be set before a server may be asked."""
    lacking = [*_address(os.environ.get(VARIABLE, "")), *_patience(os.environ.get(TIMEOUT, ""))]
    if place := os.environ.get(PROMPTS):
        try:
            read_prompts(Path(place))
        except BackendError as fault:
            lacking.append(f"usable prompts: {str(fault).rstrip('.')}")
    return lacking


def _address(url: str) -> list[str]:
    if not url:
        return [f"the environment variable {VARIABLE} (the address of an nnInteractive server)"]
    parts = _split(url)
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        return [f"an address like http://127.0.0.1:1527 in {VARIABLE}, not {url!r}"]
    if not _is_here(parts.hostname) and os.environ.get(REMOTE) != ALLOWED:
        return [
            f"leave to send a CT to another machine ({parts.hostname}): set {REMOTE}={ALLOWED} "
            "if that is right"
        ]
    return []


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port  # refuses what is no port
    except ValueError:
        return None
    return parts


def _patience(text: str) -> list[str]:
    try:
        serves = not text or 0 < float(text) <= 86_400
    except ValueError:
        serves = False
    return [] if serves else [f"a number of seconds in {TIMEOUT}, not {text!r}"]


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
