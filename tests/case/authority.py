"""A time stamping authority of one's own: openssl answers, with certificates made here."""

import datetime as dt
import subprocess
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

CONFIGURATION = """
[tsa]
default_tsa = this
[this]
serial = {folder}/serial
signer_cert = {folder}/stamps.pem
signer_key = {folder}/stamps.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
tsa_name = yes
"""


class Authority:
    """Answers requests; ``certificate`` is what a hospital trusts."""

    def __init__(self, folder: Path, *, name="Test authority", days=(-400, 400)) -> None:
        folder.mkdir(parents=True)
        root, own = generate_private_key(SECP256R1()), generate_private_key(SECP256R1())
        top = certificate(f"{name}'s root", root, days=(-900, 900))
        leaf = certificate(name, own, days=days, by=(top, root))
        (folder / "root.pem").write_bytes(top.public_bytes(Encoding.PEM))
        (folder / "stamps.pem").write_bytes(leaf.public_bytes(Encoding.PEM))
        (folder / "stamps.key").write_bytes(
            own.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        )
        (folder / "serial").write_text("01")
        (folder / "openssl.cnf").write_text(CONFIGURATION.format(folder=folder))
        self.folder, self.certificate = folder, folder / "root.pem"

    def answer(self, request: Path, out: Path) -> Path:
        """Stamp a request with the time that it is."""
        told = ["-config", self.folder / "openssl.cnf", "-queryfile", request, "-out", out]
        subprocess.run(["openssl", "ts", "-reply", *told], check=True, capture_output=True)
        return out


def certificate(name, key, *, days, by=None):
    """A root's certificate, or by a root one for time stamps; ``days`` from and until, from now."""
    now = dt.datetime.now(dt.UTC)
    issuer, signer = (None, key) if by is None else by
    made = (
        x509.CertificateBuilder()
        .subject_name(named(name))
        .issuer_name(named(name) if issuer is None else issuer.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + dt.timedelta(days=days[0]))
        .not_valid_after(now + dt.timedelta(days=days[1]))
        .add_extension(x509.BasicConstraints(ca=by is None, path_length=None), critical=True)
    )
    if by is not None:
        use = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        made = made.add_extension(use, critical=True)
    return made.sign(signer, SHA256())


def named(name):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
