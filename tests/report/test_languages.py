"""A name or a reason in any language stands in the report, and nothing in it acts on the reader."""

import dataclasses
import re
import shutil
import subprocess

import pytest

from liverplan.plain.fonts import printable
from liverplan.report import AuditRow, SignatureRow, html_of, pdf_of
from liverplan.report.content import content_of
from tests.plain.texts import HONEST, HOSTILE, forbidden
from tests.report.test_html import Page

WHEN = "2026-11-21T10:00:00Z"
LONG = ("W" * 63, "\u202e" * 30, "W" * 2000)


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


@pytest.fixture(scope="module")
def paper(request_, tmp_path_factory):
    """A report on paper that people of every language signed, and some who mean no good."""
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext (poppler-utils) is not installed")
    path = tmp_path_factory.mktemp("paper") / "r.pdf"
    texts = (*HONEST.values(), *HOSTILE.values(), *LONG)
    path.write_bytes(pdf_of(with_words(request_, texts)))
    return path


def told(*command):
    return subprocess.run(command, capture_output=True, check=True).stdout.decode()


def test_every_language_is_in_the_pdf_s_text(paper):
    text, fonts = told("pdftotext", paper, "-"), told("pdffonts", paper)
    unprinted = set(" \u200c\u200d\ufe0f\N{NO-BREAK SPACE}")
    lacking = {
        language
        for language, words in HONEST.items()
        if not set(printable(words)) - unprinted <= set(text)
    }
    assert lacking == set()
    assert "Kurinto" in fonts
    assert "LastResort" not in fonts


def test_a_long_word_breaks_before_it_covers_another_column(paper):
    text = told("pdftotext", "-layout", paper, "-")
    assert text.count("W") >= 2 * (63 + 2000)
    assert max(map(len, re.findall("W+", text))) < 40
    assert text.count("vote: for") == len(HONEST) + len(HOSTILE) + len(LONG)


def test_what_acts_or_hides_is_an_escape_on_the_page(request_):
    page = Page(html_of(with_words(request_, HOSTILE.values())))
    assert forbidden(page.text.replace("\n", " ")) == set()
    assert r"Lind\x1b[2J\x1b]0;title\x07" in page.text
    assert r"Lind \u202etsniaga\u202c" in page.text
    assert '<b>Lind</b><img src="file:///etc/passwd">' in page.text


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


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "superseded by a later vote (against)"),
        ("sv", "ersatt av en senare röst (against)"),
    ],
)
def test_a_superseded_vote_is_not_called_void(request_, language, said):
    signature = SignatureRow(
        name="Dr Ask", role="member", meaning="vote: for", when=WHEN, reason="r",
        void_because="superseded by their later vote (against)", superseded_by="against",
    )  # fmt: skip
    content = content_of(dataclasses.replace(request_, signatures=(signature,), language=language))
    assert said in {cell for table in content.evidence for row in table.rows for cell in row}
