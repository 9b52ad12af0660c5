"""TLS on both protocols: a peer whose certificate is known is believed, any other refused."""

import datetime as dt
import http.server
import ipaddress
import ssl
import threading

import pydicom
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from liverplan_pacs.dimse import FIND
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


def find(tmp_path, archive, **keys):
    lines = [f'{key} = "{path}"' for key, path in keys.items()]
    config = tmp_path / "pacs.toml"
    config.write_text("\n".join(["[archives.a]", archive, "timeout_s = 5", *lines]))
    return open_archive("a", config).find(Query(patient_id="x"))


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
