"""What was measured on the slices: closed forms, JSON there and back, what is refused."""

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liverplan.errors import InputError
from liverplan.findings import Annotation, Densities, Slab
from liverplan.findings.annotations import POINTS, annotations_json, read_annotations
from liverplan.findings.shape import ANNOTATIONS

POINT = st.tuples(*[st.floats(-500, 500)] * 3)
SLABS = st.none() | st.builds(
    Slab,
    projection=st.sampled_from(["maximum", "minimum", "average"]),
    thickness_mm=st.floats(0.1, 100),
)


@st.composite
def annotations(draw):
    kind = draw(st.sampled_from(sorted(POINTS)))
    return Annotation(
        kind=kind,
        view=draw(st.sampled_from(["Axial", "Coronal", "Sagittal", "Oblique"])),
        points_mm=tuple(draw(POINT) for _ in range(POINTS[kind])),
        text=draw(st.sampled_from(["", "till venen\n2 cm \u2192 <b>"])),
        densities=draw(st.none() | st.just(Densities(mean_hu=40.5, sd_hu=12.25, voxels=31))),
        slab=draw(SLABS),
    )


@settings(deadline=None, max_examples=30)
@given(st.lists(annotations(), max_size=3))
def test_they_come_back_as_they_were_and_are_of_the_published_shape(made):
    document = json.loads(json.dumps(annotations_json(made)))
    assert ANNOTATIONS.fault(document, "it") == ""
    assert list(read_annotations(document)) == made


@pytest.mark.parametrize("degrees", [0, 17, 90, 180])
def test_an_angle_is_that_at_its_corner_however_it_lies_in_the_patient(degrees):
    turn = math.radians(degrees)
    corner, up = (10.0, -20.0, 5.0), (0.6, 0.0, 0.8)  # in a plane that is none of the three
    other = tuple(
        c + 7 * (math.cos(turn) * u + math.sin(turn) * s)
        for c, u, s in zip(corner, up, (0, 1, 0), strict=True)
    )
    end = tuple(c + 30 * u for c, u in zip(corner, up, strict=True))
    angle = Annotation(kind="angle", view="Oblique", points_mm=(end, corner, other))
    assert angle.angle_deg == pytest.approx(degrees, abs=1e-5)
    assert Annotation(kind="angle", view="Axial", points_mm=(end, end, other)).angle_deg == 0


def test_a_length_is_the_patient_s_and_an_area_the_circle_s():
    ruler = Annotation(kind="ruler", view="Axial", points_mm=((1, 2, 3), (4, 6, 15)))
    assert ruler.length_mm == 13
    region = Annotation(kind="region", view="Coronal", points_mm=((0, 0, 0), (0, 0, 10)))
    assert region.area_mm2 == pytest.approx(100 * math.pi)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"points_mm": ((0, 0, 0),)}, "2 points"),
        ({"points_mm": ((0, 0, 0), (0, 0, math.nan))}, "nowhere"),
        ({"text": "x" * 201}, "200 characters"),
    ],
)
def test_what_cannot_be_shown_is_refused_in_words(given, words):
    fit = {"kind": "arrow", "view": "Axial", "points_mm": ((0, 0, 0), (1, 0, 0))}
    with pytest.raises(InputError, match=words):
        Annotation(**fit | given)


def test_a_slab_has_a_thickness():
    with pytest.raises(InputError, match="above 0 mm"):
        Slab(projection="maximum", thickness_mm=0)
