"""TLS on both protocols: a peer whose certificate is known is believed, any other refused."""

import contextlib
import datetime as dt
import http.server
import ipaddress
import socket
import ssl
import threading

import pydicom
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from liverplan_pacs.dimse import FIND, MOVE
from misbehaving import dimse_server
from misbehaving.images import COUNT, PATIENT, all_images
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian
from pynetdicom import AE, evt

from liverplan.dicom.archive import Query, open_archive
from liverplan.errors import BackendError

ANSWER = """[{"0020000D": {"vr": "UI", "Value": ["1.2.3"]},
              "0020000E": {"vr": "UI", "Value": ["1.2.4"]}}]"""


def certificate(folder, name):
    """Make a self-signed certificate for 127.0.0.1; return where it and its key lie."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = folder / f"{name}.pem", folder / f"{name}.key"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return paths


@pytest.fixture(scope="module")
def papers(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    return {name: certificate(folder, name) for name in ("archive", "us", "stranger")}


def server_side(papers):
    """The archive shows its certificate and believes none but ours."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=papers["us"][0])
    context.load_cert_chain(*papers["archive"])
    context.verify_mode = ssl.CERT_REQUIRED
    return context


@pytest.fixture(scope="module")
def dimse(papers):
    def answer(event):
        found = pydicom.Dataset()
        found.StudyInstanceUID, found.SeriesInstanceUID = "1.2.3", "1.2.4"
        found.QueryRetrieveLevel = event.identifier.QueryRetrieveLevel
        yield 0xFF00, found

    entity = AE(ae_title="PACS")
    entity.add_supported_context(FIND)
    server = entity.start_server(
        ("127.0.0.1", 0),
        block=False,
        evt_handlers=[(evt.EVT_C_FIND, answer)],
        ssl_context=server_side(papers),
    )
    yield f'protocol = "dimse"\nhost = "127.0.0.1"\nport = {server.server_address[1]}'
    server.shutdown()


@pytest.fixture(scope="module")
def web(papers):
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "application/dicom+json")
            self.end_headers()
            self.wfile.write(ANSWER.encode())

        def log_message(self, *words):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.socket = server_side(papers).wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f'protocol = "dicomweb"\nurl = "https://127.0.0.1:{server.server_port}/dicom-web"'
    server.shutdown()
    server.server_close()


def opened(tmp_path, archive, **keys):
    lines = [f'{key} = "{path}"' for key, path in keys.items()]
    config = tmp_path / "pacs.toml"
    config.write_text("\n".join(["[archives.a]", archive, "timeout_s = 5", *lines]))
    return open_archive("a", config)


def find(tmp_path, archive, **keys):
    return opened(tmp_path, archive, **keys).find(Query(patient_id="x"))


@pytest.fixture(params=["dimse", "web"])
def archive(request):
    return request.getfixturevalue(request.param)


def test_an_archive_that_we_know_answers(archive, papers, tmp_path):
    mine = {"tls_certificate": papers["us"][0], "tls_key": papers["us"][1]}
    (series,) = find(tmp_path, archive, tls_ca=papers["archive"][0], **mine)
    assert (series.study_uid, series.series_uid) == ("1.2.3", "1.2.4")


@pytest.mark.parametrize(
    ("known", "shown"), [("stranger", "us"), ("archive", "stranger"), ("archive", None)]
)
def test_a_certificate_that_nobody_knows_is_refused(archive, papers, tmp_path, known, shown):
    mine = {"tls_certificate": papers[shown][0], "tls_key": papers[shown][1]} if shown else {}
    with pytest.raises(BackendError, match=r"cannot be reached|was lost|failed"):
        find(tmp_path, archive, tls_ca=papers[known][0], **mine)


def test_plain_speech_is_refused_by_a_tls_archive(dimse, tmp_path):
    with pytest.raises(BackendError, match=r"cannot be reached|was lost"):
        find(tmp_path, dimse)


def test_a_certificate_that_cannot_be_read_is_said(archive, papers, tmp_path):
    with pytest.raises(BackendError, match="TLS files of a cannot be read"):
        find(tmp_path, archive, tls_ca=tmp_path / "absent.pem")


def caller(papers, shown):
    """Return how an archive that knows us calls: it shows that certificate, or none."""
    context = ssl.create_default_context(cafile=papers["us"][0])
    if shown:
        context.load_cert_chain(*papers[shown])
    return context


@contextlib.contextmanager
def moving(papers, listen, move):
    """Run an archive that answers a wish for images by ``move``."""

    def search(event):
        yield 0xFF00, dimse_server.answer(event)

    entity = AE(ae_title="PACS")
    for model in (FIND, MOVE):
        entity.add_supported_context(model)
    entity.add_requested_context(CTImageStorage, ExplicitVRLittleEndian)
    server = entity.start_server(
        ("127.0.0.1", 0),
        block=False,
        evt_handlers=[(evt.EVT_C_FIND, search), (evt.EVT_C_MOVE, move)],
        ssl_context=server_side(papers),
    )
    yield f"""protocol = "dimse"\nhost = "127.0.0.1"\nport = {server.server_address[1]}
        called_ae = "PACS"\nretrieve = "move"\nlisten_port = {listen}"""
    entity.shutdown()


@pytest.fixture
def listen():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def fetch(tmp_path, papers, archive, asked):
    keys = {"tls_ca": papers["archive"][0], "sender_certificate": asked}
    keys |= {"tls_certificate": papers["us"][0], "tls_key": papers["us"][1]}
    ours = opened(tmp_path, archive, **keys)
    (series,) = ours.find(Query(patient_id=PATIENT))
    ours.fetch(series, tmp_path / "fetched")


@pytest.mark.parametrize(
    ("asked", "shown"), [("required", "archive"), ("optional", "archive"), ("optional", None)]
)
def test_an_archive_sends_to_us_with_the_certificate_that_it_must_show(
    papers, tmp_path, listen, asked, shown
):
    def move(_event):
        images = all_images()
        yield "127.0.0.1", listen, {"tls_args": (caller(papers, shown), "127.0.0.1")}
        yield len(images)
        yield from ((0xFF00, image) for image in images)

    with moving(papers, listen, move) as archive:
        fetch(tmp_path, papers, archive, asked)
    assert len(list((tmp_path / "fetched").iterdir())) == COUNT


@pytest.mark.parametrize(
    ("asked", "shown"), [("required", None), ("required", "stranger"), ("optional", "stranger")]
)
def test_who_calls_us_without_a_certificate_that_we_know_is_not_heard(
    papers, tmp_path, listen, asked, shown
):
    ends = []

    def move(_event):
        with socket.create_connection(("127.0.0.1", listen), 5) as plain:
            try:
                with caller(papers, shown).wrap_socket(plain, server_hostname="127.0.0.1") as call:
                    ends.append(call.recv(1))
            except (ssl.SSLError, ConnectionError) as refused:
                ends.append(refused)
        yield None, None

    with moving(papers, listen, move) as archive, pytest.raises(BackendError):
        fetch(tmp_path, papers, archive, asked)
    (end,) = ends
    assert end == b"" or isinstance(end, OSError)
    assert not (tmp_path / "fetched").exists()
