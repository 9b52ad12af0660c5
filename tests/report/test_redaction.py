"""Hidden identity: no name, date or identifier in any text, HTML or PDF."""

import dataclasses
import datetime as dt
import re
import shutil
import subprocess

import pytest

from liverplan.eligibility.recist import Visit
from liverplan.findings import CriterionFinding, Statement, told
from liverplan.report import AuditRow, SignatureRow, html_of, write_pdf
from liverplan.report.content import content_of

SECRETS = (
    "1970-01-02", "2021-03-04", "1.2.840.99", "Portal venous", "Bo Ek", "Eva Ask", "Siv Ed",
    "2026-11-2", "2020-05-06", "19121212-1212",
)  # fmt: skip


@pytest.fixture(scope="session")
def hidden(request_):
    consent = CriterionFinding(
        id="consent",
        state="met",
        title="Consent",
        finding=told("Consent: attested as yes by Dr Siv Ed on 2020-05-06."),
        attested_by="Dr Siv Ed, 2020-05-06; Dr Bo Ek",
    )
    findings = dataclasses.replace(
        request_.findings, criteria=(consent,), notes=(told("Eva Ask drew it on 20200506."),)
    )
    return dataclasses.replace(
        request_,
        identity="hidden",
        findings=findings,
        patient={"birth_date": "1970-01-02", "number": "19121212-1212"},
        audit=(
            AuditRow(
                when="2026-11-21", who="Dr Eva Ask", kind="human", what="Moved", why="Dr Bo Ek said"
            ),
        ),
        signatures=(
            SignatureRow(
                name="Dr Eva Ask", role="surgeon", meaning="plan signed", when="2026-11-21",
                reason="as Siv Ed wished",
            ),
        ),
        visits=(
            Visit(targets={"M1": 230}, date=dt.date(2020, 5, 6)),
            Visit(targets={"M1": 161}, date=dt.date(2021, 3, 4)),
        ),
    )  # fmt: skip


def test_a_name_that_hides_a_character_is_hidden_too(hidden):
    name = "Li\u202end \x1bKarin"
    by = Statement.of("header.left_out", what=name)
    consent = CriterionFinding(id="consent", state="met", title="Consent", finding=by)
    findings = dataclasses.replace(hidden.findings, criteria=(consent,))
    request = dataclasses.replace(hidden, findings=findings, patient={"name": name})
    assert "Karin" in repr(content_of(dataclasses.replace(request, patient={})))
    assert "Karin" not in repr(content_of(request))


def test_no_secret_is_in_any_text(hidden):
    text = repr(dataclasses.replace(content_of(hidden), words=None))
    for secret in SECRETS:
        assert secret not in text
    assert "20200506" not in text
    assert "attested as yes by" in text
    assert "De-identified" in text


def test_no_secret_is_in_the_page(hidden):
    html = html_of(hidden)
    for secret in ("1970-01-02", "2021-03-04", "1.2.840.99", "Portal venous", "Dr Bo Ek"):
        assert secret not in html


def test_no_secret_is_in_the_pdf(hidden, tmp_path):
    path = write_pdf(tmp_path / "r.pdf", hidden)
    content = path.read_bytes()
    places = re.compile(rb"\d{10} \d{5} [nf]")  # of objects in the file: any digits
    assert b"2026" not in places.sub(b"", content[-4000:]).partition(b"startxref")[0]
    assert b"D:2026" not in content
    program = shutil.which("pdftotext")
    if program is None:
        pytest.skip("pdftotext (poppler-utils) is not installed")
    text = subprocess.run([program, path, "-"], capture_output=True, check=True).stdout.decode()
    for secret in ("1970-01-02", "2021-03-04", "Dr Bo Ek", "2020-05-06"):
        assert secret not in text


def test_shown_identity_keeps_everything(request_):
    text = repr(content_of(request_))
    for fact in ("1970-01-02", "2021-03-04", "1.2.840.99", "Dr Bo Ek"):
        assert fact in text
