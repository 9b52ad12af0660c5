"""Landmarks keep through JSON and TOML, and say what is wrong with them."""

import json

import numpy as np
import pytest

from liverplan.errors import PlanError
from liverplan.resection import Landmarks, read_landmarks

POINTS = {
    "cava": (-26.0, 30.0, 50.0),
    "right_vein": (-90.0, 8.0, 2.0),
    "middle_vein": (-41.0, -44.0, -4.1),
    "left_vein": (42.0, -30.0, 16.0),
    "gallbladder_fossa": (-45.0, -50.0, -50.0),
    "portal_bifurcation": (-26.0, 8.0, -14.0),
    "right_portal": (-52.0, 8.0, -8.0),
    "left_portal": (13.0, -22.0, 2.0),
    "umbilical_portion": (13.0, -22.0, 2.0),
    "falciform": (16.0, -74.0, 0.0),
}


def _toml(points):
    rows = [f"{name} = {list(point)}" for name, point in points.items()]
    return "\n".join(['schema = "liverplan.landmarks/1"', "[points_mm]", *rows])


def test_landmarks_come_back_from_json_to_the_last_bit():
    landmarks = Landmarks(**{**POINTS, "cava": (1 / 3, 2 / 3, 0.1)})
    back = Landmarks.from_json(json.loads(json.dumps(landmarks.to_json())))
    for name in Landmarks.names():
        assert np.array_equal(getattr(back, name), getattr(landmarks, name))


def test_landmarks_are_read_from_toml(tmp_path):
    path = tmp_path / "landmarks.toml"
    path.write_text(_toml(POINTS), encoding="utf-8")
    landmarks = read_landmarks(path)
    assert all(np.array_equal(getattr(landmarks, name), POINTS[name]) for name in POINTS)


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"schema": "liverplan.plan/1"}, "schema is 'liverplan.plan/1', and"),
        ([1, 2], "no table of values"),
        ({"cava": [0, 0, 0]}, "no table points_mm"),
        (
            {"points_mm": {k: v for k, v in POINTS.items() if k not in {"cava", "falciform"}}},
            "needed: cava, falciform missing",
        ),
        ({"points_mm": {**POINTS, "spleen": (0, 0, 0)}}, "needed: spleen unknown"),
        ({"points_mm": {**POINTS, "cava": "here"}}, "not three numbers: cava"),
        ({"points_mm": {**POINTS, "cava": [[0, 0], [0]]}}, "not three numbers: cava"),
    ],
)
def test_documents_that_hold_no_landmarks_are_refused(document, words):
    with pytest.raises(PlanError, match=words):
        Landmarks.from_json(document)


def test_files_that_hold_no_landmarks_are_refused(tmp_path):
    path = tmp_path / "landmarks.toml"
    with pytest.raises(PlanError, match="cannot be read"):
        read_landmarks(path)
    path.write_text("cava = [0, 0", encoding="utf-8")
    with pytest.raises(PlanError, match="cannot be read"):
        read_landmarks(path)
    path.write_text("cava = [0, 0, 0]", encoding="utf-8")
    with pytest.raises(PlanError, match="have unknown keys: cava"):
        read_landmarks(path)


def test_landmarks_that_are_no_points_or_lie_the_wrong_way_round_are_refused():
    with pytest.raises(PlanError, match="not three numbers: cava, falciform"):
        Landmarks(**{**POINTS, "cava": (0, 1), "falciform": (0, 0, np.nan)})
    swapped = {**POINTS, "right_vein": POINTS["left_vein"], "left_vein": POINTS["right_vein"]}
    with pytest.raises(PlanError, match="from right to left as right, middle, left"):
        Landmarks(**swapped)
