"""liverplan in napari's own menus: manifest, reader, writer, sample, widget."""

import inspect
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from npe2 import PluginManifest

import liverplan.app
from liverplan import case
from liverplan.app.shell import layers, plugin
from liverplan.errors import InputError
from liverplan.phantom.truth import RECOMMENDED_NORMAL, RECOMMENDED_POINT_MM
from liverplan.resection import Plan, Plane
from liverplan.segmentation import read_mask_file

MANIFEST = Path(liverplan.app.__file__).parent / "napari.yaml"


def test_the_manifest_is_valid_and_names_what_exists():
    manifest = PluginManifest.from_file(MANIFEST)
    assert manifest.name == "liverplan"
    for command in manifest.contributions.commands:
        module, name = command.python_name.split(":")
        assert inspect.isfunction(getattr(import_module(module), name)), command.id
    assert len(manifest.contributions.readers) == 1
    assert len(manifest.contributions.writers) == 1
    assert len(manifest.contributions.sample_data) == 1
    assert len(manifest.contributions.widgets) == 1


def test_a_dicom_folder_becomes_a_layer_in_millimetres(sample_folder, phantom):
    reader = plugin.reader_for(str(sample_folder))
    ((data, attributes, kind),) = reader(str(sample_folder))
    assert kind == "image"
    assert data.shape == phantom.volume.grid.shape
    assert attributes["scale"] == pytest.approx(phantom.volume.grid.spacing_mm, abs=1e-4)


def test_a_case_becomes_ct_labels_surfaces_and_long_axes(tmp_path, phantom):
    plan = Plan(cuts=(Plane(point_mm=RECOMMENDED_POINT_MM, normal=RECOMMENDED_NORMAL),))
    state = case.CaseState(volume=phantom.volume, segmentation=phantom.segmentation, plan=plan)
    actor = case.Actor(name="a", kind="human")
    case.create_case(tmp_path / "case", state=state, actor=actor, what="made")
    found = plugin.reader_for(str(tmp_path / "case"))(str(tmp_path / "case"))
    kinds = [kind for _, _, kind in found]
    assert kinds == ["image", "labels", *["surface"] * (len(kinds) - 3), "shapes"]
    names = [attributes["name"] for _, attributes, _ in found]
    assert {"Future liver remnant", "Resected liver", "Cut surface", "Long axes"} <= {*names}
    np.testing.assert_array_equal(found[1][0], phantom.segmentation.labels)
    assert len(found[-1][0]) == len(phantom.segmentation.lesion_labels)


def test_other_files_are_left_to_other_readers(tmp_path):
    assert plugin.reader_for(str(tmp_path / "picture.png")) is None
    assert plugin.reader_for(["a.dcm", "b.dcm"]) is None


def test_labels_written_come_back_on_the_same_grid(tmp_path, phantom):
    made = layers.labels_layer(phantom.segmentation)
    path = tmp_path / "labels.nii.gz"
    assert plugin.write_labels(str(path), *made[:2]) == [str(path)]
    back = read_mask_file(path, phantom.volume.grid)
    np.testing.assert_array_equal(back.labels, made[0])


def test_a_layer_that_lies_nowhere_is_refused_in_words(tmp_path):
    with pytest.raises(InputError, match="how large its voxels are"):
        plugin.write_labels(str(tmp_path / "x.nrrd"), np.zeros((3, 3, 3), np.uint8), {})


def test_the_widget_takes_any_image_layer_for_a_ct(phantom, monkeypatch):
    from napari.layers import Image, Labels

    grid = phantom.volume.grid
    found = SimpleNamespace(mask=phantom.segmentation.liver[::-1])
    turned = np.eye(4)
    turned[0, 0], turned[0, 3] = -1.0, 300.0  # the slices run from head to foot
    layer = Image(phantom.volume.hu[::-1], scale=grid.spacing_mm, affine=turned)
    seen = []
    monkeypatch.setattr(plugin, "segment_with", lambda _, volume: seen.append(volume) or found)
    labels, attributes, kind = plugin.found_liver(layer)
    (volume,) = seen
    assert (kind, labels.dtype) == ("labels", np.uint8)
    np.testing.assert_array_equal(volume.hu, layer.data)
    own = np.diag([*grid.spacing_mm, 1.0])[[2, 1, 0, 3]]
    own[2] = (-grid.spacing_mm[0], 0, 0, 300.0)
    np.testing.assert_allclose(volume.grid.affine, own, atol=1e-9)
    assert Labels(labels, **attributes).data_to_world((1, 2, 3)) == layer.data_to_world((1, 2, 3))


@pytest.mark.parametrize(
    ("data", "scale", "says"),
    [
        (np.full((4, 5, 6), -100), (1, 1, 1), "how large its voxels are"),
        (np.zeros((4, 5)), (2, 2), "no three-dimensional image"),
        (np.arange(4 * 5 * 6).reshape(4, 5, 6) % 7, (2, 2, 2), "as a mask's labels do"),
        (np.linspace(0, 1, 120).reshape(4, 5, 6), (2, 2, 2), "as if they were scaled"),
        (np.arange(0, 1200, 10).reshape(4, 5, 6), (2, 2, 2), "none is as thin as fat"),
    ],
)
def test_a_layer_that_is_no_ct_is_refused_in_words(data, scale, says):
    from napari.layers import Image

    with pytest.raises(InputError, match=says):
        plugin.found_liver(Image(data, scale=scale))


def test_the_widget_finds_the_liver(phantom):
    from napari.layers import Image

    data, attributes, _ = layers.ct_layer(phantom.volume)
    widget = plugin.liver_widget()
    assert widget.call_button.text == "Find the liver"
    labels, _, kind = plugin.found_liver(Image(data, **attributes))
    truth = phantom.segmentation.liver
    dice = 2 * np.count_nonzero((labels > 0) & truth) / (np.count_nonzero(labels) + truth.sum())
    assert kind == "labels"
    assert dice > 0.95
