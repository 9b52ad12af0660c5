"""Plans of any cuts in the report: pictures, tables and words, in both languages."""

import dataclasses

import numpy as np
import pytest

from liverplan.findings import CutFinding, SegmentFinding
from liverplan.report import PlanRow
from liverplan.report.content import content_of
from liverplan.report.cuts import cut_in_words
from liverplan.report.flat import flat_views
from liverplan.report.meshes import surfaces
from liverplan.report.side import Side
from liverplan.resection import CurvedCut, FoldedCut, Parts, Plan, Plane, Sphere
from liverplan.resection.anatomy.maps import PartMap
from liverplan.volumetry.shapes.plan_index import PlanIndex
from liverplan.volumetry.shapes.staying import staying
from liverplan.words import words_of

HEMI = Parts(scheme="couinaud", names=("5", "8"))
CURVED = CurvedCut.flat((0, 0, 0), (1, 0, 0)).bent((1, 1), 15)


@pytest.fixture(scope="module")
def maps(liver):
    """Segments by place: 5 and 8 right of the midline, 2 and 3 left of it."""
    grid, labels = liver[1].grid, np.zeros(liver[1].grid.shape, np.uint8)
    where = np.nonzero(liver[1].labels)
    x, _, z = grid.to_mm(np.stack(where, axis=1)).T
    labels[where] = np.where(x < 0, np.where(z < 0, 3, 4), np.where(z < 0, 2, 1))
    names = ("2", "3", "5", "8")
    return {"couinaud": PartMap(scheme="couinaud", grid=grid, labels=labels, names=names)}


@pytest.mark.parametrize(
    "plan",
    [
        Plan(cuts=(HEMI,)),
        Plan(cuts=(CURVED,)),
        Plan(cuts=(FoldedCut(control_mm=CURVED.control_points_mm(), stays_toward=CURVED.axes[2]),)),
        Plan(cuts=(Plane(point_mm=(10, 0, 0), normal=(1, 0.2, 0)), Parts(scheme="couinaud",
                                                                        names=("2",)))),
        Plan(cuts=(Sphere(centre_mm=(-60, 0, 0), radius_mm=30), HEMI)),
    ],
)  # fmt: skip
def test_pictures_show_each_voxel_on_the_side_where_it_was_measured(liver, maps, plan):
    _, segmentation = liver
    index = PlanIndex.build(segmentation, maps)
    where = np.argwhere(segmentation.liver)
    shown = Side.of(segmentation, plan, maps)(segmentation.grid.to_mm(where)) > 0
    measured = staying(index, plan)[tuple(where.T)]
    assert (shown != measured).mean() < 0.005
    kinds = {mesh.kind for mesh in surfaces(segmentation, Side.of(segmentation, plan, maps))}
    assert kinds == {"lesion", "remnant", "resected", "cut"}


def test_a_curved_cut_is_drawn_where_it_lies(liver):
    plan = Plan(cuts=(CURVED,))
    meshes = {m.kind: m for m in surfaces(liver[1], Side.of(liver[1], plan))}
    off = Side.of(liver[1], plan)(meshes["cut"].vertices_mm.astype(float))
    assert np.abs(off).max() < 0.6
    assert np.all(((meshes["cut"].vertices_mm / (86, 66, 66)) ** 2).sum(axis=1) < 1.05)


def test_flat_and_curved_cuts_are_laid_flat_and_others_are_not(request_):
    plane = Plane(point_mm=(0, 0, 0), normal=(1, 0, 0))
    plan = Plan(cuts=(plane, Sphere(centre_mm=(-60, 0, 0), radius_mm=20), CURVED))
    views = flat_views(dataclasses.replace(request_, plan=plan))
    assert [view.key for view in views] == ["map1", "map3"]
    area = np.pi * 60 * 60 / 100
    assert f"{area:.0f} cm²" in views[0].caption
    assert "nearest metastasis" in views[0].caption
    assert views[0].png[:4] == b"\x89PNG"
    missed = Plan(cuts=(Plane(point_mm=(500, 0, 0), normal=(1, 0, 0)),))
    assert flat_views(dataclasses.replace(request_, plan=missed)) == ()


@pytest.mark.parametrize(
    ("cut", "english", "swedish"),
    [
        (
            CutFinding(kind="parts", removes_ml=1, scheme="couinaud", parts=("5", "4a"),
                       name="right hemihepatectomy"),
            "right hemihepatectomy (V, IVa)", "höger hemihepatektomi (V, IVa)",
        ),
        (
            CutFinding(kind="parts", removes_ml=1, scheme="portal", parts=("right",)),
            "territory of a cut portal branch (right)", "område vars portagren delas (right)",
        ),
        (
            CutFinding(kind="wedge", removes_ml=1, centre_mm=(1.25, 2, 3), radius_mm=22.5),
            "wedge, 22.5 mm round", "kil, 22,5 mm runt",
        ),
        (
            CutFinding(kind="plane", removes_ml=1, centre_mm=(1.25, 2, 3)),
            "plane through", "plan genom",
        ),
        (CutFinding(kind="sheet", removes_ml=1), "folded surface", "veckad yta"),
    ],
)  # fmt: skip
def test_cuts_are_named_in_words(cut, english, swedish):
    assert cut_in_words(cut, words_of("en")).startswith(english)
    assert cut_in_words(cut, words_of("sv")).startswith(swedish)


def table(content, title):
    return next(t for t in content.measures if t.title == title)


def test_the_report_lists_cuts_segments_and_what_is_ablated(request_):
    findings = dataclasses.replace(
        request_.findings,
        volumes=dataclasses.replace(request_.findings.volumes, ablated_ml=9.87),
        plan="right hemihepatectomy",
        cuts=(CutFinding(kind="cleft", removes_ml=123.44),),
        segments=(
            SegmentFinding(name="4a", volume_ml=400.0, share_fraction=0.4),
            SegmentFinding(name="8", volume_ml=260.0, share_fraction=0.26),
        ),
    )
    said = content_of(dataclasses.replace(request_, findings=findings, language="sv"))
    cuts = table(said, "Planens snitt")
    assert cuts.rows == (("1. klyfta av flera plan", "123,4"),)
    assert any("9,9" in row for row in table(said, "Volymer").rows)
    rows = {row[0]: row for row in table(said, "Leverns segment (funktionell vävnad)").rows}
    assert rows["IVa"][1:3] == ("400,0", "40,0")
    assert rows["segment IV"][3] == "9-25: utanför"
    assert rows["segment VIII"][3] == "11-38"


def test_compared_plans_say_what_they_leave_or_why_they_are_refused(request_):
    lesion = dataclasses.replace(
        request_.findings.lesions[0], in_remnant=True, fate="left", stays_ml=14.14
    )
    leaving = dataclasses.replace(request_.findings, lesions=(lesion,))
    plans = (
        PlanRow(name="left lateral sectionectomy", findings=leaving),
        PlanRow(name="B", findings=None, refusal="The plan removes the whole liver."),
    )
    rows = table(content_of(dataclasses.replace(request_, plans=plans)), "Plans compared").rows
    assert rows[0][0] == "this plan"
    assert rows[1][-1].startswith("Stays behind: M1 (wholly, 12.3 mm from the cut).")
    assert rows[2][-1] == "The plan removes the whole liver."
    swedish = dataclasses.replace(request_, plans=plans, language="sv")
    assert table(content_of(swedish), "Planer jämförda").rows[1][0].startswith("vänster lateral")
