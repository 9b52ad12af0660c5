"""Every plan that makes no sense, and the words that it gets."""

import numpy as np
import pytest

from liverplan.errors import PlanError
from liverplan.resection import Ablation, CurvedCut, Plan, Plane, Sphere, VCut
from liverplan.volumetry.shapes.faults import islands_ml, plan_faults, require_sound

LEFT_STAYS = Plane(point_mm=(-10, 0, 0), normal=(1, 0, 0))


def faults(index, *cuts):
    return plan_faults(index, Plan(cuts=cuts))


def test_a_sound_plan_has_no_fault(small):
    assert faults(small, LEFT_STAYS) == ()
    require_sound(small, Plan(cuts=(LEFT_STAYS,)))


def test_a_plan_without_cuts_is_refused(small):
    with pytest.raises(PlanError, match="has no cut, so nothing is removed"):
        require_sound(small, Plan(cuts=()))


def test_a_cut_that_misses_is_named(small):
    far = Sphere(centre_mm=(300, 0, 0), radius_mm=20)
    assert faults(small, LEFT_STAYS, far) == (
        "Cut 2 (sphere) misses the liver: it removes nothing.",
    )
    beyond = Plane(point_mm=(200, 0, 0), normal=(1, 0, 0))
    assert "the whole of it lies on the side that is removed" in faults(small, beyond)[0]


def test_a_surface_too_short_to_cut_through_says_by_how_much(small):
    short = CurvedCut.flat((-10, 0, 0), (1, 0, 0), size_mm=80)
    (fault,) = faults(small, short)
    assert "Cut 1 (surface) is too short to cut through" in fault
    # the liver's section at x = -10 has half axes of about 59.5 and 49.6 mm
    reach = float(fault.split("inside the liver, ")[1].split(" mm")[0])
    assert reach == pytest.approx(19.4, abs=2.5)
    assert faults(small, CurvedCut.flat((-10, 0, 0), (1, 0, 0), size_mm=180)) == ()


def test_a_cut_through_a_lesion_says_how_much_would_stay(small):
    through = Plane(point_mm=(-35.2, 0, 0), normal=(1, 0, 0))
    (fault,) = faults(small, through)
    half = 2 / 3 * np.pi * 9**3 / 1000
    assert fault.startswith("The plan cuts through metastasis 1: ")
    stays = float(fault.split(": ")[1].split(" mL")[0])
    assert stays == pytest.approx(half, abs=0.25)


def test_ablating_a_lesion_is_no_cut_through_it(small):
    zone = Ablation(centre_mm=(-33, 5, 3), radii_mm=(9.0, 9.0, 9.0), axes=np.eye(3))
    assert faults(small, zone) == ()


def test_an_island_is_refused_with_its_volume(small):
    slab = VCut(
        planes=(
            Plane(point_mm=(40, 0, 0), normal=(-1, 0, 0)),
            Plane(point_mm=(50, 0, 0), normal=(1, 0, 0)),
        )
    )
    (fault,) = faults(small, slab)
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
    found = faults(small, *cuts)
    assert found[-1] == "The plan removes the whole functional liver: nothing stays."


def test_every_fault_is_named_at_once(small):
    far = Sphere(centre_mm=(300, 0, 0), radius_mm=20)
    through = Plane(point_mm=(-35.2, 0, 0), normal=(1, 0, 0))
    assert len(faults(small, far, through)) == 2
