"""Layers of napari out of liverplan's values and back: the same bits, in the patient's place."""

from dataclasses import replace

import numpy as np
import pytest
from napari.layers import Labels, Layer

from liverplan.app.shell import layers
from liverplan.errors import InputError
from liverplan.report.meshes import surfaces
from liverplan.report.side import Side
from liverplan.resection import Plan, Plane
from liverplan.segmentation import Provenance, Segmentation
from tests.app.test_convert import ALL, STANDARD

pytestmark = pytest.mark.filterwarnings(  # napari shows such layers without their turn, and says so
    "ignore:Non-orthogonal slicing is being requested:UserWarning"
)

MADE = Provenance(method="threshold", version="1", origin="given", accepted_by="R. Lind")


def marked(grid):
    labels = np.zeros(grid.shape, np.uint8)
    labels[3:17, 4:26, 5:35] = 1
    labels[6:10, 8:14, 9:15] = 2
    return Segmentation(grid=grid, labels=labels, provenance={1: MADE, 2: MADE})


@pytest.fixture(params=ALL)
def grid(request):
    return ALL[request.param]


def test_a_segmentation_comes_back_bit_by_bit_with_what_made_it_and_accepted_by_nobody(grid):
    segmentation = marked(grid)
    back = layers.segmentation_of(Layer.create(*layers.labels_layer(segmentation)))
    assert back.labels.tobytes() == segmentation.labels.tobytes()
    assert back.grid.affine.tobytes() == grid.affine.tobytes()
    assert back.grid.frame_uid == grid.frame_uid
    assert dict(back.provenance) == dict.fromkeys((1, 2), replace(MADE, accepted_by=""))


def test_layers_lie_in_the_patient_in_millimetres(grid):
    layer = Layer.create(*layers.labels_layer(marked(grid)))
    assert {str(unit) for unit in layer.units} == {"millimeter"}
    assert layer.axis_labels == ("z", "y", "x")
    for index in ((0, 0, 0), (3, 7, 11)):
        np.testing.assert_allclose(layer.data_to_world(index), grid.to_mm(index)[::-1], atol=1e-9)


def test_a_grid_that_runs_as_the_axes_do_is_laid_by_scale_and_translation():
    layer = Layer.create(*layers.labels_layer(marked(STANDARD)))
    np.testing.assert_allclose(layer.scale, STANDARD.spacing_mm)
    np.testing.assert_allclose(layer.translate, STANDARD.affine[[2, 1, 0], 3])


def test_of_labels_that_were_painted_on_nothing_is_known(grid):
    layer = Layer.create(*layers.labels_layer(marked(grid)))
    layer.data[0, 0, 0] = 1
    back = layers.segmentation_of(layer)
    assert back.labels[0, 0, 0] == 1
    assert not back.provenance


def test_a_layer_that_was_moved_lies_where_it_was_moved_to():
    layer = Layer.create(*layers.labels_layer(marked(STANDARD)))
    layer.translate = np.add(layer.translate, (10, 0, 0))
    moved = layers.grid_of(layer)
    np.testing.assert_allclose(moved.affine[:3, 3] - STANDARD.affine[:3, 3], (0, 0, 10), atol=1e-9)


def test_a_layer_of_another_program_lies_where_its_scale_and_translation_say():
    layer = Labels(np.ones((4, 5, 6), np.uint8), scale=(3, 2, 1), translate=(30, 20, 10))
    back = layers.segmentation_of(layer)
    np.testing.assert_allclose(back.grid.to_mm((1, 1, 1)), (11, 22, 33))


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (np.full((3, 3, 3), 300, np.int32), "no labels from 0 to 255"),
        (np.full((3, 3, 3), -1, np.int32), "no labels from 0 to 255"),
        (np.ones((3, 3), np.uint8), "no three axes"),
    ],
)
def test_what_can_be_no_segmentation_is_refused_in_words(data, says):
    with pytest.raises(InputError, match=says):
        layers.segmentation_of(Labels(data, scale=[2] * data.ndim))


def test_clicks_come_back_as_they_were_clicked_with_their_names():
    clicks = {"cava": (1.1, -20.3, 44.7), "falciform": (-60.0, 12.5, 1e-3)}
    layer = Layer.create(*layers.points_layer(clicks))
    assert layers.points_of(layer).tolist() == [list(point) for point in clicks.values()]
    assert list(layer.features["name"]) == list(clicks)
    np.testing.assert_array_equal(layer.data[0], clicks["cava"][::-1])


def test_points_on_a_layer_with_a_scale_of_its_own_are_in_millimetres():
    layer = Layer.create(np.array([[1.0, 2.0, 3.0]]), {"scale": (4, 5, 6)}, "points")
    np.testing.assert_allclose(layers.points_of(layer), [[18, 10, 4]])


def test_lines_come_back_as_they_were_drawn():
    lines = [np.array([(0.5, 1, 2), (3, 4, 5.25)]), np.array([(9.0, 9, 9), (8, 8, 7), (1, 0, 0)])]
    back = layers.lines_of(Layer.create(*layers.lines_layer(lines)))
    assert len(back) == 2
    for mine, theirs in zip(lines, back, strict=True):
        np.testing.assert_allclose(theirs, mine, atol=1e-5)  # napari keeps shapes in float32


def test_surfaces_come_back_with_what_they_are_of():
    segmentation = marked(STANDARD)
    middle = STANDARD.to_mm((10, 15, 20))
    plan = Plan(cuts=(Plane(point_mm=tuple(middle), normal=(1.0, 0.0, 0.0)),))
    meshes = surfaces(segmentation, Side.of(segmentation, plan, {}))
    assert {mesh.kind for mesh in meshes} == {"lesion", "remnant", "resected", "cut"}
    for mesh in meshes:
        back = layers.mesh_of(Layer.create(*layers.surface_layer(mesh)))
        assert (back.kind, back.name) == (mesh.kind, mesh.name)
        np.testing.assert_array_equal(back.triangles, mesh.triangles)
        np.testing.assert_allclose(back.vertices_mm, mesh.vertices_mm, atol=1e-4)
