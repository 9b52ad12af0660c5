"""The PDF report: tagged, complete, repeatable."""

import re
import shutil
import subprocess

import pytest

from liverplan import NOTICE
from liverplan.report import pdf_of, write_pdf


@pytest.fixture(scope="session")
def path(tmp_path_factory, request_):
    return write_pdf(tmp_path_factory.mktemp("pdf") / "r.pdf", request_)


def test_it_is_an_accessible_pdf_for_keeping(path):
    content = path.read_bytes()
    assert content.startswith(b"%PDF-1.7")
    metadata = content.decode("latin-1")
    assert re.search(r"pdfuaid:part\D*1", metadata)
    assert re.search(r"pdfaid:part\D*2", metadata)


def test_the_same_report_makes_the_same_bytes(request_):
    assert pdf_of(request_) == pdf_of(request_)


def test_it_says_the_same_as_the_page(path):
    program = shutil.which("pdftotext")
    if program is None:
        pytest.skip("pdftotext (poppler-utils) is not installed")
    run = subprocess.run([program, "-layout", path, "-"], capture_output=True, check=True)
    text = " ".join(run.stdout.decode().split())
    for sentence in (
        NOTICE,
        "FLR 41.2 % (38.6-43.8 as carried out). Above 30 %, whole range.",
        "The verdict uses this range. P(FLR > 30 %) > 99 %.",
        "As drawn 40.2-42.2 %: the outlines alone",
        "Above: as carried out. Below: as drawn.",
        "30.01 %",
        "No consent is attested.",
        "Before measuring?",
        "Nobody has confirmed the liver mask.",
    ):
        assert sentence in text
