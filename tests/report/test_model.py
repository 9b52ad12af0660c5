"""Vessels, segments and the cut as surfaces, on the page, as glTF and in a notebook."""

import json
import struct
import sys
from base64 import b64decode

import numpy as np
import pytest
from IPython.core.formatters import DisplayFormatter

from liverplan.errors import BackendError
from liverplan.report import notebook_view
from liverplan.report.gltf import LPS_MM_TO_GLTF, packed
from liverplan.report.looks import name_of
from liverplan.report.meshes import anatomy, cut_surface
from liverplan.report.model import meshes_of
from liverplan.report.side import Side
from liverplan.resection import Plan, Plane
from liverplan.resection.anatomy.maps import PartMap
from tests.report.test_meshes import CUT, enclosed_ml

HALVES = (("couinaud", "4a"), ("couinaud", "8"))


@pytest.fixture(scope="module")
def maps(liver):
    """Two halves, and a straight vessel of each kind."""
    masks, grid = liver[1], liver[1].grid
    middle = np.argwhere(masks.liver).mean(axis=0).round().astype(int)
    halves = np.where(np.arange(masks.labels.shape[2]) < middle[2], 1, 2).astype(np.uint8)
    halves = halves * masks.liver.astype(np.uint8)
    lumen = np.zeros_like(masks.labels)
    k, j, i = middle
    lumen[k : k + 3, j - 12 : j, i : i + 3] = 1
    lumen[k + 4 : k + 7, j - 12 : j, i : i + 3] = 2
    return {
        "couinaud": PartMap(scheme="couinaud", grid=grid, labels=halves, names=("4a", "8")),
        "vessels": PartMap(
            scheme="vessels", grid=grid, labels=lumen, names=("portal vein", "hepatic veins")
        ),
    }


@pytest.fixture(scope="module")
def model(liver, maps):
    return meshes_of(liver[1], CUT, maps)


@pytest.fixture(scope="module")
def view(liver, maps):
    return notebook_view(liver[1], CUT.plan, maps)


def test_vessels_and_segments_lie_where_their_voxels_do(liver, maps):
    grid = liver[1].grid
    meshes = {name_of(mesh): mesh for mesh in anatomy(liver[1], maps)}
    assert list(meshes) == ["Portal vein", "Hepatic veins", "Segment 4a", "Segment 8"]
    parts = [("vessels", "portal vein"), ("vessels", "hepatic veins"), *HALVES]
    for (name, mesh), (scheme, part) in zip(meshes.items(), parts, strict=True):
        mask = maps[scheme].mask([part])
        centre = grid.to_mm(np.argwhere(mask)).mean(axis=0)
        assert np.allclose(mesh.vertices_mm.mean(axis=0), centre, atol=4), name
        assert enclosed_ml(mesh) == pytest.approx(mask.sum() * grid.voxel_ml, rel=0.4), name


def test_without_maps_there_is_no_anatomy_and_without_a_cut_no_surface_of_it(liver):
    assert anatomy(liver[1], {}) == ()
    assert cut_surface(liver[1], Side(plan=Plan(cuts=()))) == ()


def test_the_cuts_surface_lies_in_the_cut_and_inside_the_liver(liver):
    (mesh,) = cut_surface(liver[1], CUT)
    assert np.abs(CUT.planes[0].signed_distance_mm(mesh.vertices_mm)).max() < 0.1
    reach = np.linalg.norm(mesh.vertices_mm[:, 1:] / 60, axis=1)
    assert 0.9 < reach.max() < 1.1


def test_a_cut_that_misses_the_liver_has_no_surface(liver):
    beside = Side(plan=Plan(cuts=(Plane(point_mm=(300, 0, 0), normal=(-1, 0, 0)),)))
    assert cut_surface(liver[1], beside) == ()


def read(glb):
    """(document, bytes of numbers) of a binary glTF."""
    magic, version, length = struct.unpack("<4sII", glb[:12])
    assert (magic, version, length) == (b"glTF", 2, len(glb))
    size, kind = struct.unpack("<I4s", glb[12:20])
    assert (kind, size % 4) == (b"JSON", 0)
    return json.loads(glb[20 : 20 + size]), glb[20 + size + 8 :]


def test_every_surface_is_a_named_node_with_its_vertices_in_lps_mm(model):
    document, numbers = read(packed(model))
    root, *nodes = document["nodes"]
    assert [node["name"] for node in nodes] == [name_of(mesh) for mesh in model]
    assert root["children"] == list(range(1, len(nodes) + 1))
    for node, mesh in zip(nodes, model, strict=True):
        (primitive,) = document["meshes"][node["mesh"]]["primitives"]
        view = document["bufferViews"][primitive["attributes"]["POSITION"]]
        part = numbers[view["byteOffset"] : view["byteOffset"] + view["byteLength"]]
        np.testing.assert_array_equal(
            np.frombuffer(part, "<f4").reshape(-1, 3), mesh.vertices_mm.astype("<f4")
        )


def test_gltf_has_the_head_up_and_the_front_toward_the_viewer():
    turn = np.array(LPS_MM_TO_GLTF).reshape(4, 4).T[:3, :3]
    left, back, head = turn.T
    np.testing.assert_allclose(left, (0.001, 0, 0))
    np.testing.assert_allclose(head, (0, 0.001, 0))
    np.testing.assert_allclose(back, (0, 0, -0.001))
    assert np.linalg.det(turn) > 0


def test_a_file_without_surfaces_is_one_all_the_same():
    document, numbers = read(packed([]))
    assert "meshes" not in document
    assert not numbers


def test_a_notebook_shows_the_surfaces_of_the_file_by_their_names_and_looks(view, model):
    document = read(packed(model))[0]
    shown = [
        (one.name, [*(round((c / 255) ** 2.2, 4) for c in one.color.to_bytes(3)), one.opacity])
        for one in view.plot.objects
    ]
    looks = [one["pbrMetallicRoughness"]["baseColorFactor"] for one in document["materials"]]
    names = [one["name"] for one in document["meshes"]]
    assert shown == list(zip(names, looks, strict=True))
    assert names[:4] == ["Metastasis 1", "Future liver remnant", "Resected liver", "Cut surface"]
    assert names[4:6] == ["Portal vein", "Hepatic veins"]
    for one, mesh in zip(view.plot.objects, model, strict=True):
        np.testing.assert_array_equal(one.vertices, mesh.vertices_mm.astype("<f4"))
        np.testing.assert_array_equal(one.indices, mesh.triangles)


def test_a_notebook_shows_the_liver_from_the_front_and_a_picture_where_nothing_turns(view):
    x, y, z, *middle = view.plot.camera[:6]
    assert y < middle[1] - 100
    assert abs(y - middle[1]) > 2 * max(abs(x - middle[0]), abs(z - middle[2]))
    shown, _ = DisplayFormatter().format(view)
    assert shown["application/vnd.jupyter.widget-view+json"]["model_id"] == view.plot.model_id
    assert b64decode(shown["image/png"]) == view.still
    assert view.still.startswith(b"\x89PNG")


def test_without_the_extra_one_sentence_says_what_installs_it(liver, monkeypatch):
    monkeypatch.setitem(sys.modules, "k3d", None)
    with pytest.raises(BackendError, match=r"^Views in notebooks need k3d, .*\[notebooks\]"):
        notebook_view(liver[1], CUT.plan)
