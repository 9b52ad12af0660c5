"""What the carried fonts print, on paper and in drawings."""

import ast
import re
from pathlib import Path
from unicodedata import normalize

import numpy as np
import pytest

import liverplan
from liverplan.cohort.analysis.forest import forest_figure
from liverplan.cohort.analysis.picture import picture
from liverplan.endpoints import kaplan_meier, survival_figure
from liverplan.endpoints.populations.consort import Consort, ConsortArm
from liverplan.endpoints.populations.diagram import consort_svg
from liverplan.plain import fonts
from liverplan.plain.fonts import CARRIED, SIGNS, font_folders, printable
from liverplan.words import words_of
from tests.plain.texts import HONEST, HOSTILE, forbidden

FORMULA = "$\\frac{1$ $x^2$ _y"


def test_the_fonts_lie_in_packages_with_a_bold_face_each():
    kurinto, drawing = font_folders()
    for file in CARRIED.values():
        assert (kurinto / f"{file}-Rg.ttf").is_file()
        assert (kurinto / f"{file}-Bd.ttf").is_file()
    assert (drawing / "DejaVuSans.ttf").is_file()


def test_the_signs_that_are_taken_for_granted_are_there():
    assert set(map(ord, SIGNS)) <= fonts._covered()
    assert set(range(0x20, 0x7F)) | set(range(0xA1, fonts.EVERYWHERE)) - {0xAD} <= fonts._covered()


@pytest.mark.parametrize("text", HONEST.values(), ids=HONEST)
def test_no_language_is_printed_as_numbers(text):
    assert printable(text) == normalize("NFC", text)


def test_arms_of_any_name_are_drawn():
    """matplotlib warns of a glyph that lacks, and warnings are errors here."""
    names = [*HONEST.values(), *HOSTILE.values(), FORMULA]
    times, ended = np.array([1.0, 2.0, 3.0]), np.array([True, True, False])
    curves = [kaplan_meier(times, ended, label=name) for name in names]
    for figure in (
        survival_figure(curves, title=FORMULA),
        forest_figure([(n, 1.0, 0.5, 2.0) for n in (*names, "long " * 400)], words_of("en")),
    ):
        assert b"<svg" in picture(figure, part="a", file="a.svg", title="a", alt="a").svg


def test_every_figure_is_drawn_in_any_language():
    rooms = [Path(liverplan.__file__).parent / room for room in ("cohort", "endpoints")]
    drawing_by_hand = [
        function.name
        for path in (path for room in rooms for path in sorted(room.rglob("*.py")))
        for function in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(function, ast.FunctionDef)
        and re.search(r"= Figure\(|\.savefig\(", ast.unparse(function))
        and "drawing()" not in map(ast.unparse, function.decorator_list)
    ]
    assert drawing_by_hand == []


def test_a_reason_of_any_language_stands_in_the_consort_diagram():
    reasons = dict.fromkeys([*HONEST.values(), *HOSTILE.values()], 1)
    none = dict.fromkeys(
        ("treated", "other_treatment", "untreated", "crossover", "per_protocol"), 0
    )
    arm = ConsortArm(name="A", randomised=0, lost=reasons, deviations={}, centres={}, **none)
    found = Consort(assessed=2, randomised=0, not_randomised=reasons, arms=(arm,))
    drawn = consort_svg(found).decode()
    assert forbidden(drawn.replace("\n", "")) <= {"\u200c", "\u200d"}
    assert "肝切除術" in drawn
    assert re.search(r"<b>|<img", drawn) is None
