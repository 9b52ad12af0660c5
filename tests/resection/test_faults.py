"""Every plan that makes no sense, and the words that it gets."""

import json

import numpy as np
import pytest

from liverplan.findings import Fault
from liverplan.resection import Ablation, CurvedCut, Plan, Plane, Sphere, VCut
from liverplan.resection.cuts import KINDS
from liverplan.volumetry import Liver
from liverplan.volumetry.faults import plan_faults
from liverplan.volumetry.shapes.staying import islands_ml
from liverplan.words import in_english

from .conftest import sentences
from .kinds import EXAMPLES

LEFT_STAYS = Plane(point_mm=(-10, 0, 0), normal=(1, 0, 0))


def test_a_sound_plan_has_no_fault(small):
    assert sentences(small, LEFT_STAYS) == ()


def test_a_plan_without_cuts_has_that_fault(small):
    assert sentences(small) == ("The plan has no cut, so nothing is removed.",)


def test_a_cut_that_misses_is_named(small):
    far = Sphere(centre_mm=(300, 0, 0), radius_mm=20)
    assert sentences(small, LEFT_STAYS, far) == (
        "Cut 2 (sphere) misses the liver: it removes nothing.",
    )
    beyond = Plane(point_mm=(200, 0, 0), normal=(1, 0, 0))
    before = Plane(point_mm=(-200, 0, 0), normal=(1, 0, 0))
    assert sentences(small, LEFT_STAYS, beyond)[0] == (
        "Plane 2 (through 200, 0, 0 mm) misses the liver: all of the liver lies on the side that "
        "is removed."
    )
    assert "all of the liver lies on the side that stays" in sentences(small, before)[0]
    whole = Sphere(centre_mm=(0, 0, 0), radius_mm=200)
    assert "the whole of it lies on the side that is removed" in sentences(small, whole)[0]


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_that_misses_has_that_fault_and_is_measured_all_the_same(small, kind):
    away = EXAMPLES[kind].moved(np.array([500.0, 400.0, 300.0]))
    if kind == "parts":  # a map's parts lie in the liver
        return
    liver = Liver(segmentation=small.segmentation)
    (fault, *_) = liver.faults(Plan(cuts=(away,)))
    assert fault.key.endswith(("takes_nothing", "takes_all"))
    assert "misses the liver" in in_english(fault.says)
    assert liver.measure(Plan(cuts=(away,))).functional_ml == pytest.approx(small.functional_ml)


def test_a_fault_is_read_back_from_its_document(small):
    (fault,) = plan_faults(small, Plan(cuts=(Plane(point_mm=(-35.2, 0, 0), normal=(1, 0, 0)),)))
    document = json.loads(json.dumps(fault.to_json(in_english)))
    assert document["key"] == "fault.cuts_lesion"
    assert document["sentence"].startswith("The plan cuts through metastasis 1")
    assert Fault.from_json(document) == fault


def test_a_surface_too_short_to_cut_through_says_by_how_much(small):
    short = CurvedCut.flat((-10, 0, 0), (1, 0, 0), size_mm=80)
    (fault,) = sentences(small, short)
    assert "Cut 1 (surface) is too short to cut through" in fault
    # the liver's section at x = -10 has half axes of about 59.5 and 49.6 mm
    reach = float(fault.split("inside the liver, ")[1].split(" mm")[0])
    assert reach == pytest.approx(19.4, abs=2.5)
    assert sentences(small, CurvedCut.flat((-10, 0, 0), (1, 0, 0), size_mm=180)) == ()


def test_a_cut_through_a_lesion_says_how_much_would_stay(small):
    through = Plane(point_mm=(-35.2, 0, 0), normal=(1, 0, 0))
    (fault,) = sentences(small, through)
    half = 2 / 3 * np.pi * 9**3 / 1000
    assert fault.startswith("The plan cuts through metastasis 1: ")
    stays = float(fault.split(": ")[1].split(" mL")[0])
    assert stays == pytest.approx(half, abs=0.25)


def test_ablating_a_lesion_is_no_cut_through_it(small):
    zone = Ablation(centre_mm=(-33, 5, 3), radii_mm=(9.0, 9.0, 9.0), axes=np.eye(3))
    assert sentences(small, zone) == ()


def test_an_island_is_refused_with_its_volume(small):
    slab = VCut(
        planes=(
            Plane(point_mm=(40, 0, 0), normal=(-1, 0, 0)),
            Plane(point_mm=(50, 0, 0), normal=(1, 0, 0)),
        )
    )
    (fault,) = sentences(small, slab)
    # the cap of the ellipsoid beyond x = 50 of 80 mm
    h = 1 - (50 - 0.13) / 80
    cap = np.pi * h**2 * (3 - h) / 3 * 80 * 60 * 50 / 1000
    assert fault.startswith("The plan leaves an island of ")
    assert float(fault.split("island of ")[1].split(" mL")[0]) == pytest.approx(cap, abs=4)
    assert islands_ml(small, Plan(cuts=(LEFT_STAYS,))) == ()


def test_a_plan_that_removes_everything_is_refused(small):
    cuts = (
        Plane(point_mm=(5, 0, 0), normal=(1, 0, 0)),
        Plane(point_mm=(-5, 0, 0), normal=(-1, 0, 0)),
    )
    found = sentences(small, *cuts)
    assert found[-1] == "The plan removes the whole functional liver: nothing stays."


def test_every_fault_is_named_at_once(small):
    far = Sphere(centre_mm=(300, 0, 0), radius_mm=20)
    through = Plane(point_mm=(-35.2, 0, 0), normal=(1, 0, 0))
    assert len(sentences(small, far, through)) == 2
