"""HTTP to one archive, watched: no redirects, nothing packed, nothing beyond the limits."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

import requests
import urllib3
from requests.adapters import HTTPAdapter

from liverplan.dicom.archive import ArchiveError
from liverplan.errors import LiverplanError
from liverplan.findings import Statement, Value
from liverplan_pacs.config import Settings
from liverplan_pacs.transfer import tls_context
from liverplan_pacs.watch import Watch, hang_up

BLOCK = 256 * 1024
PLAIN = {"", "identity"}
NO_LEAVE = frozenset({401, 403, 407})
TOKEN = re.compile(r"[\x21-\x7e]+")
_log = logging.getLogger("urllib3")  # it names addresses, and they name patients
_log.addHandler(logging.NullHandler())
_log.propagate = False


class _Session(requests.Session):
    """Follows no redirect, and does not even read what comes with one, as requests would."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Return nowhere to go."""


class _Adapter(HTTPAdapter):
    """Lets each connection be hung up, and trusts whom the configuration names.

    Those certificates count even where the environment names others. No answer is waited for
    longer than the configuration says.
    """

    def __init__(self, settings: Settings, watch: Watch) -> None:
        super().__init__()
        self._settings, self._watch = settings, watch

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,  # noqa: FBT001, FBT002 - requests' own
        timeout: Any = None,  # noqa: ANN401
        verify: bool | str = True,  # noqa: FBT001, FBT002
        cert: Any = None,  # noqa: ANN401
        proxies: Any = None,  # noqa: ANN401
    ) -> requests.Response:
        """Send a request."""
        timeout, verify = self._settings.timeout_s, self._settings.tls_ca or verify
        return super().send(request, stream, timeout, verify, cert, proxies)

    def get_connection_with_tls_context(
        self,
        request: requests.PreparedRequest,
        verify: bool | str | None,  # noqa: FBT001 - requests' own
        proxies: Any = None,  # noqa: ANN401
        cert: Any = None,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        """Return a pool whose connections the watch knows once they are open."""
        pool = super().get_connection_with_tls_context(request, verify, proxies, cert)
        make = type(pool).ConnectionCls

        def made(*given: Any, **named: Any) -> Any:  # noqa: ANN401
            connection = make(*given, **named)
            connect = connection.connect

            def watched() -> None:
                connect()  # its socket is kept: a connection forgets it while an answer is read
                self._watch.hangs_up(partial(hang_up, connection.sock))

            connection.connect = watched
            return connection

        pool.ConnectionCls = made
        return pool


class Server:
    """An archive's web server, for as long as one piece of work takes."""

    def __init__(self, settings: Settings, watch: Watch, session: requests.Session) -> None:
        self._settings, self._watch, self._session = settings, watch, session

    @contextmanager
    def asked(
        self,
        path: str,
        headers: Mapping[str, str],
        *,
        method: str = "GET",
        data: bytes | None = None,
    ) -> Iterator[requests.Response]:
        """Ask for a path below the archive's address; its answer is not read yet.

        Raises
        ------
        ArchiveError
            If the archive does not answer, refuses, or answers with what nobody asked for.
        """
        url = f"{self._settings.url.rstrip('/')}/{path}"
        headers = {"Accept-Encoding": "identity", **headers}
        try:
            with self._session.request(
                method, url, headers=headers, data=data, stream=True
            ) as response:
                self._require_plain_success(response)
                self._watch.awaits(_announced(response))
                self._watch.go_on()
                yield response
        except LiverplanError:
            raise
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            raise self._refusal("archive.lost") from error

    def blocks(self, response: requests.Response) -> Iterator[bytes]:
        """Yield an answer as it comes, for as long as it may."""
        while block := response.raw.read(BLOCK, decode_content=False):
            self._watch.allows(len(block))
            self._watch.go_on()
            yield block

    def _require_plain_success(self, response: requests.Response) -> None:
        status = response.status_code
        if 300 <= status < 400:
            raise self._refusal("archive.redirected")
        if status in NO_LEAVE:
            raise self._refusal("archive.no_leave", status=status)
        if not 200 <= status < 300:
            raise self._refusal("archive.status", status=status)
        if response.headers.get("Content-Encoding", "").strip().lower() not in PLAIN:
            raise self._refusal("archive.encoded")

    def _refusal(self, key: str, **values: Value) -> ArchiveError:
        return ArchiveError(Statement.of(key, archive=self._settings.name, **values))


@contextmanager
def connected(settings: Settings, watch: Watch) -> Iterator[Server]:
    """Be ready to ask an archive's web server; nothing is connected before something is asked."""
    tls_context(settings)  # refuses what cannot be read before anything is sent
    with _Session() as session:
        for start in ("http://", "https://"):
            session.mount(start, _Adapter(settings, watch))
        if settings.tls_certificate:
            session.cert = (settings.tls_certificate, settings.tls_key)
        if settings.token_variable:
            session.headers["Authorization"] = f"Bearer {_token(settings)}"
        yield Server(settings, watch, session)


def _announced(response: requests.Response) -> int:
    """Return how many bytes the answer says that it has."""
    length = response.headers.get("Content-Length", "")
    return int(length) if re.fullmatch("[0-9]{1,18}", length) else 0


def _token(settings: Settings) -> str:
    token = os.environ.get(settings.token_variable, "").strip()
    if not TOKEN.fullmatch(token):
        says = Statement.of(
            "archive.no_token", variable=settings.token_variable, archive=settings.name
        )
        raise ArchiveError(says)
    return token
