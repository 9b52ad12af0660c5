"""A name or a reason in any language stands in the report, and nothing in it acts on the reader."""

import dataclasses
import shutil
import subprocess

import pytest

from liverplan.plain.fonts import printable
from liverplan.report import AuditRow, SignatureRow, html_of, pdf_of
from tests.plain.texts import HONEST, HOSTILE, forbidden
from tests.report.test_html import Page

WHEN = "2026-11-21T10:00:00Z"


def with_words(request, texts):
    """The report of a case that these people signed for these reasons."""
    return dataclasses.replace(
        request,
        signatures=tuple(
            SignatureRow(name=text, role="member", meaning="vote: for", when=WHEN, reason=text)
            for text in texts
        ),
        audit=tuple(AuditRow(when=WHEN, who=text, kind="human", what=text) for text in texts),
    )


def test_every_language_is_in_the_pdf_s_text(request_, tmp_path):
    program = shutil.which("pdftotext")
    if program is None:
        pytest.skip("pdftotext (poppler-utils) is not installed")
    path = tmp_path / "r.pdf"
    path.write_bytes(pdf_of(with_words(request_, HONEST.values())))
    run = subprocess.run([program, path, "-"], capture_output=True, check=True)
    text = run.stdout.decode()
    lacking = {
        language
        for language, words in HONEST.items()
        if not set(printable(words)) - set(" \u200c\u200d\ufe0f\N{NO-BREAK SPACE}") <= set(text)
    }
    assert lacking == set()
    fonts = subprocess.run(["pdffonts", path], capture_output=True, check=True).stdout.decode()
    assert "Kurinto" in fonts
    assert "LastResort" not in fonts


def test_what_acts_or_hides_is_an_escape_in_the_page_and_on_paper(request_):
    request = with_words(request_, HOSTILE.values())
    page = Page(html_of(request))
    assert forbidden(page.text.replace("\n", " ")) == set()
    assert r"Lind\x1b[2J\x1b]0;title\x07" in page.text
    assert r"Lind \u202etsniaga\u202c" in page.text
    assert '<b>Lind</b><img src="file:///etc/passwd">' in page.text
    assert pdf_of(request).startswith(b"%PDF-1.7")


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("Åsa", "Åsa"),
        ("A\u030asa", "Åsa"),
        ("肝 간 कि", "肝 간 कि"),
        ("\N{STETHOSCOPE} ok", "U+1FA7A ok"),
        ("ខ", "U+1781"),
        ("Lind\n\x1b", r"Lind\n\x1b"),
        ({"a": ["\u202e", 1.5, None, True]}, {"a": [r"\u202e", 1.5, None, True]}),
    ],
)
def test_what_no_carried_font_has_is_printed_as_its_number(text, printed):
    assert printable(text) == printed


def test_a_superseded_vote_is_not_called_void(request_):
    signature = SignatureRow(
        name="Dr Ask", role="member", meaning="vote: for", when=WHEN, reason="r",
        void_because="superseded by their later vote (against)", superseded_by="against",
    )  # fmt: skip
    for language, said in (
        ("en", "superseded by a later vote (against)"),
        ("sv", "ersatt av en senare röst (against)"),
    ):
        page = Page(
            html_of(dataclasses.replace(request_, signatures=(signature,), language=language))
        )
        assert said in page.text
        assert "VOID" not in page.text
        assert "OGILTIG" not in page.text
