"""DICOM's connections, watched: what comes is counted, and whoever waits can be hung up.

pynetdicom reads a message of any length into memory, waits for its end for ever, and reads on
while earlier messages are not yet handled. The sockets here do none of that.
"""

from __future__ import annotations

import socket
import time
from contextlib import suppress
from typing import Any, Self, cast

from pynetdicom import AE
from pynetdicom.association import Association
from pynetdicom.transport import (
    AssociationSocket,
    RequestHandler,
    ThreadedAssociationServer,
)

from liverplan.dicom.archive import ArchiveError
from liverplan.findings import Statement
from liverplan_pacs.config import Settings
from liverplan_pacs.watch import Watch, hang_up

MAX_PDU = 131072
"""What we ask for."""
LONGEST_PDU = 1024**2
"""What is still read: an archive that overlooks what we ask for may be honest."""
LARGEST_MESSAGE = 512 * 1024**2
"""Of one object, which lies in memory until it has come."""
WAITING_BYTES, WAITING_MESSAGES = 16 * 1024**2, 64
"""What may have come and not been handled yet."""


class WatchedSocket(AssociationSocket):
    """A connection that reads no more than it may, and closes also where the peer has gone."""

    _waiting = 0
    _hung_up = False

    @classmethod
    def like(cls, plain: AssociationSocket) -> Self:
        """Return a watched one in the place of another."""
        made = cls.__new__(cls)
        vars(made).update(vars(plain))
        return made

    @property
    def ready(self) -> bool:
        """Whether anything has come, and may be read: not while much waits to be handled."""
        waiting = self.assoc.dimse.msg_queue.qsize()
        if waiting == 0:
            self._waiting = 0
        full = waiting > WAITING_MESSAGES or self._waiting > WAITING_BYTES
        if full and not self._hung_up:  # once hung up, the end must be read
            return False
        return bool(super().ready)

    def recv(self, nr_bytes: int) -> bytearray:
        """Read so many bytes, or fewer where the connection ends; never by drips for ever."""
        watch, opened = self._watch, self.socket
        if nr_bytes > LONGEST_PDU or _held(self.assoc) > LARGEST_MESSAGE:
            watch.end(_not_understood(self._entity.settings))
        if opened is None or self._hung_up or watch.reason is not None:
            raise ConnectionAbortedError
        data, ends = bytearray(nr_bytes), time.monotonic() + self._entity.settings.timeout_s
        view, at = memoryview(data), 0
        while at < nr_bytes:
            opened.settimeout(max(ends - time.monotonic(), 0.001))
            count = opened.recv_into(view[at:])
            if count == 0 or not watch.allows(count):
                break
            at += count
        opened.settimeout(None)
        self._waiting += at
        view.release()
        del data[at:]
        return data

    def hang_up(self) -> None:
        """End the connection under whatever waits for it."""
        self._hung_up = True
        hang_up(self.socket)

    def shut(self) -> None:
        """Close the connection, whatever its peer does."""
        self._shutdown_socket()

    @property
    def _entity(self) -> Entity:
        return cast("Entity", self.assoc.ae)

    @property
    def _watch(self) -> Watch:
        return self._entity.watch

    def _shutdown_socket(self) -> None:
        if self.socket is not None:
            hang_up(self.socket)
            with suppress(OSError):
                self.socket.close()


class _Handler(RequestHandler):
    """Takes an association on a watched connection."""

    def _create_association(self) -> Association:
        made = super()._create_association()
        made.dul.socket = self.server.ae.watches(WatchedSocket.like(made.dul.socket))
        return made


class _Listener(ThreadedAssociationServer):
    """Hears only those that may send to us."""

    daemon_threads = True

    def __init__(self, *given: Any, **named: Any) -> None:  # noqa: ANN401 - pynetdicom's own
        super().__init__(*given, request_handler=_Handler, **named)

    def serve_forever(self, poll_interval: float = 0.05) -> None:
        """Listen; stopping takes no longer than one look."""
        super().serve_forever(poll_interval)

    def get_request(self) -> tuple[socket.socket, tuple[str, int]]:
        """Accept a connection; one from elsewhere is closed before anything is read from it."""
        opened, address = cast("socket.socket", self.socket).accept()
        settings = self.ae.settings
        try:
            if address[0] not in self.ae.senders:
                raise ConnectionRefusedError
            opened.settimeout(settings.timeout_s)
            if self.ssl_context is not None:
                opened = self.ssl_context.wrap_socket(opened, server_side=True)
            opened.settimeout(None)
        except OSError:
            opened.close()
            raise
        return opened, address


class Entity(AE):
    """Ourselves, for one piece of work; `end` leaves no connection, listener or thread behind."""

    def __init__(self, settings: Settings, watch: Watch) -> None:
        super().__init__(ae_title=settings.calling_ae)
        self.settings, self.watch = settings, watch
        self.senders: frozenset[str] = frozenset()
        self._opened: list[WatchedSocket] = []
        self.maximum_pdu_size = MAX_PDU
        self.acse_timeout = self.dimse_timeout = settings.timeout_s
        self.network_timeout = self.connection_timeout = settings.timeout_s
        self.require_called_aet = True

    def watches(self, opened: WatchedSocket) -> WatchedSocket:
        """Have a connection hung up when the work is ended, and closed when it is over."""
        self._opened.append(opened)
        self.watch.hangs_up(opened.hang_up)
        return opened

    def make_server(self, *given: Any, server_class: Any = None, **named: Any) -> Any:  # noqa: ANN401
        """Return a listener that hears only those that may send to us."""
        return super().make_server(*given, server_class=_Listener, **named)

    def end(self) -> None:
        """Stop listening, and end every connection with its threads."""
        for server in self._servers[:]:
            server.shutdown()
        for opened in self._opened:
            opened.hang_up()
            opened.assoc.dul.kill_dul()  # first: else its state is waited for, whatever it is
            opened.assoc.kill()
            if opened.assoc.ident is not None:
                opened.assoc.join(self.settings.timeout_s)
            opened.shut()

    def _create_socket(self, assoc: Association, address: Any, tls_args: Any) -> WatchedSocket:  # noqa: ANN401
        made = WatchedSocket(assoc, address=address)
        made.tls_args = tls_args
        return self.watches(made)


def addresses_of(hosts: list[str]) -> frozenset[str]:
    """Return the addresses that names stand for; a name that nobody knows stands for none."""
    found: set[str] = set()
    for host in hosts:
        with suppress(OSError):
            found |= {str(entry[4][0]) for entry in socket.getaddrinfo(host, None)}
    return frozenset(found)


def _held(association: Association) -> int:
    """Return how many bytes of the message that is coming are held."""
    message = association.dimse.message
    if message is None:
        return 0
    return int(message.encoded_command_set.tell()) + int(message.data_set.tell())


def _not_understood(settings: Settings) -> ArchiveError:
    return ArchiveError(Statement.of("archive.not_understood", archive=settings.name))
