"""The page on the interval lists the errors that are assumed, as the model has them."""

from itertools import pairwise
from math import isinf
from pathlib import Path

from liverplan.volumetry.uncertainty import error_model as model

PAGE = Path(__file__).parents[2] / "docs" / "concepts" / "interval.md"
QUALITIES = {
    "automatic": "automatic",
    "edited": "corrected by hand",
    "expert": "drawn by an expert",
}


def listed():
    """Each row's cells, the name of an error said again where the page leaves it out."""
    text = PAGE.read_text("utf-8")
    lines = text.partition("| error |")[2].partition("\n\n")[0].splitlines()[2:]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    for above, row in pairwise(rows):
        row[0] = row[0] or above[0]
    return {(error, who): rest for error, who, *rest in rows}


def assumed():
    """The model's errors by what the page calls them."""
    yield ("cut position", ""), model.CUT_POSITION
    yield ("cut tilt", ""), model.CUT_TILT
    yield ("unseen vessels", ""), model.UNSEEN_VESSELS
    for error, sources in (
        ("liver border, place by place", model.LIVER_BOUNDARY),
        ("liver border as a whole", model.LIVER_BIAS),
        ("metastasis' border, place by place", model.LESION_BOUNDARY),
    ):
        yield from (((error, QUALITIES[quality]), one) for quality, one in sources.items())
    faint = "automatic, a faint, fatty liver"
    yield ("liver border as a whole", faint), model.FAINT_LIVER_BIAS


def test_every_error_of_the_model_stands_on_the_page_with_its_size_reach_and_kind_of_source():
    rows = listed()
    assert set(rows) == {name for name, _ in assumed()}
    for name, error in assumed():
        size, alike, source = rows[name]
        assert size.split()[:2] == [f"{error.sd:g}", error.unit], name
        whole = ("the whole cut", "all of it")
        assert alike in (whole if isinf(error.length_mm) else (f"{error.length_mm:g} mm",)), name
        assert source.startswith(error.source.partition(":")[0].split()[0]), name
    assert model.BIAS_BY_THICKNESS == 0.1
    assert "a tenth of the slice's thickness" in PAGE.read_text("utf-8")
