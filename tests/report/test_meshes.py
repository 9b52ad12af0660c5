"""Surfaces of the view that can be turned, and the slices to scroll."""

import base64
import dataclasses
import gzip

import numpy as np
import pytest

from liverplan.report.meshes import surfaces
from liverplan.report.packing import packed
from liverplan.report.side import Side
from liverplan.report.stack import axial_stack, middle_of
from liverplan.resection import Plan, Plane
from liverplan.segmentation import Segmentation

CUT = Side(plan=Plan(cuts=(Plane(point_mm=(0, 0, 0), normal=(1, 0, 0)),)))


def enclosed_ml(mesh):
    """Volume inside a closed surface, positive if its triangles face outward."""
    a, b, c = (mesh.vertices_mm[mesh.triangles[:, n]] for n in range(3))
    return float((a * np.cross(b, c)).sum() / 6 / 1000)


@pytest.fixture(scope="module")
def meshes(liver):
    return {mesh.kind: mesh for mesh in surfaces(liver[1], CUT)}


def test_remnant_and_resected_halves_have_the_liver_between_them(meshes):
    half_ml = 4 / 3 * np.pi * 80 * 60 * 60 / 2 / 1000
    assert enclosed_ml(meshes["remnant"]) == pytest.approx(half_ml, rel=0.03)
    assert enclosed_ml(meshes["resected"]) == pytest.approx(half_ml, rel=0.03)
    assert meshes["remnant"].vertices_mm[:, 0].min() > -1
    assert meshes["resected"].vertices_mm[:, 0].max() < 1


def test_a_metastasis_is_drawn_where_it_lies_and_named(meshes):
    lesion = meshes["lesion"]
    assert lesion.name == "M1"
    assert np.allclose(lesion.vertices_mm.mean(axis=0), (-30, 0, 0), atol=1.5)
    radius = np.linalg.norm(lesion.vertices_mm - (-30, 0, 0), axis=1)
    assert 12 < radius.mean() < 15


def test_the_cut_is_drawn_in_its_plane(meshes):
    assert np.allclose(CUT.planes[0].signed_distance_mm(meshes["cut"].vertices_mm), 0, atol=1e-9)


def test_without_a_cut_the_liver_is_one_piece(liver):
    assert [mesh.kind for mesh in surfaces(liver[1], Side(plan=Plan(cuts=())))] == [
        "lesion",
        "uncut",
    ]


def test_an_empty_mask_has_no_surface(liver):
    empty = Segmentation(grid=liver[1].grid, labels=np.zeros_like(liver[1].labels))
    assert [mesh.kind for mesh in surfaces(empty, CUT)] == ["cut"]


def unpacked(page):
    """(vertices, triangles) of each part, read as view.js reads them."""
    numbers = gzip.decompress(base64.b64decode(page["numbers"]))
    corners = 3 * sum(part["triangles"] for part in page["parts"])
    indices = np.frombuffer(numbers, "<u4", corners)
    places = np.frombuffer(numbers, "<u2", offset=4 * corners)
    for part in page["parts"]:
        n, m = 3 * part["vertices"], 3 * part["triangles"]
        whole = np.cumsum(places[:n], dtype="<u2").reshape(3, -1).T
        yield (
            page["low_mm"] + page["step_mm"] * whole,
            np.cumsum(indices[:m], dtype="<u4").reshape(-1, 3),
        )
        indices, places = indices[m:], places[n:]


def test_packed_numbers_unpack(meshes):
    page = packed([*meshes.values()])
    assert [part["kind"] for part in page["parts"]] == [*meshes]
    for mesh, (vertices_mm, triangles) in zip(meshes.values(), unpacked(page), strict=True):
        assert np.allclose(vertices_mm, mesh.vertices_mm, atol=0.003)
        assert np.array_equal(triangles, mesh.triangles)


def test_numbers_are_packed_the_same_each_time(meshes):
    assert packed([*meshes.values()]) == packed([*meshes.values()])


def test_nothing_to_draw_is_packed_as_nothing():
    page = packed([])
    assert page["parts"] == []
    assert gzip.decompress(base64.b64decode(page["numbers"])) == b""


def test_slices_run_from_foot_to_head_through_the_liver(request_):
    stack = axial_stack(request_)
    levels = np.array([one.level_mm for one in stack])
    assert (np.diff(levels) > 0).all()
    assert levels[0] == pytest.approx(-60, abs=4)
    assert levels[-1] == pytest.approx(60, abs=4)
    assert abs(levels[middle_of(stack, request_)]) < 4
    with_lesion = levels[[one.lesions == ("M1",) for one in stack]]
    assert with_lesion.min() == pytest.approx(-15, abs=4)
    assert with_lesion.max() == pytest.approx(15, abs=4)
    assert all(one.webp[8:12] == b"WEBP" for one in stack)


def test_slices_are_not_finer_than_the_ct(request_):
    spacing = np.diff([one.level_mm for one in axial_stack(request_)])
    assert spacing.min() >= request_.volume.grid.spacing_mm[0] - 1e-9


def test_many_thin_slices_are_thinned_out(request_):
    grid = request_.volume.grid
    affine = np.array(grid.affine)
    affine[2, 0] = 10.0
    tall = dataclasses.replace(grid, affine=affine)
    request = dataclasses.replace(
        request_,
        volume=dataclasses.replace(request_.volume, grid=tall),
        segmentation=dataclasses.replace(request_.segmentation, grid=tall),
    )
    assert len(axial_stack(request)) <= 60
