"""What the carried fonts print, on paper and in drawings."""

import re
from unicodedata import normalize

import numpy as np
import pytest

from liverplan.cohort.analysis.figures import forest_figure, picture
from liverplan.endpoints.curves import kaplan_meier, survival_figure
from liverplan.endpoints.populations.consort import Consort, ConsortArm
from liverplan.endpoints.populations.diagram import consort_svg
from liverplan.plain.fonts import CARRIED, font_folders, printable
from tests.plain.texts import HONEST, HOSTILE, forbidden

FORMULA = "$\\frac{1$ $x^2$ _y"


def test_the_fonts_lie_in_packages_with_a_bold_face_each():
    kurinto, drawing = font_folders()
    for file in CARRIED.values():
        assert (kurinto / f"{file}-Rg.ttf").is_file()
        assert (kurinto / f"{file}-Bd.ttf").is_file()
    assert (drawing / "DejaVuSans.ttf").is_file()


@pytest.mark.parametrize("text", HONEST.values(), ids=HONEST)
def test_no_language_is_printed_as_numbers(text):
    assert printable(text) == normalize("NFC", text)


def test_arms_of_any_name_are_drawn():
    """matplotlib warns of a glyph that lacks, and warnings are errors here."""
    names = [*HONEST.values(), *HOSTILE.values(), FORMULA]
    times, ended = np.array([1.0, 2.0, 3.0]), np.array([True, True, False])
    curves = [kaplan_meier(times, ended, label=name) for name in names]
    for figure in (
        *(survival_figure(curves[n : n + 8], title=names[n]) for n in range(0, len(names), 8)),
        forest_figure([(name, 1.0, 0.5, 2.0) for name in (*names, "long " * 400)]),
    ):
        assert b"<svg" in picture(figure, file="a.svg", title="a", alt="a").svg


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
