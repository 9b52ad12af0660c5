"""A server that grows regions, a CT of a few densities, and prompts for it."""

import sys
from pathlib import Path

import numpy as np
import pytest
from liverplan_nninteractive import NnInteractiveSegmenter

from liverplan.volume import Grid, Volume

sys.path.insert(0, str(Path(__file__).parent))
from official_server import running_official
from region_server import running

VARIABLE = "LIVERPLAN_NNINTERACTIVE"
VARIABLES = ("", "_PROMPTS", "_REMOTE", "_TIMEOUT_S", "_KEY")


@pytest.fixture
def server(monkeypatch):
    """SlicerNNInteractive's."""
    yield from answering(monkeypatch, running())


@pytest.fixture
def official(monkeypatch):
    """nnInteractive's own."""
    yield from answering(monkeypatch, running_official())


def answering(monkeypatch, opened):
    """Name a server in the environment; in the end nobody keeps a place on it."""
    for name in VARIABLES:
        monkeypatch.delenv(VARIABLE + name, raising=False)
    with opened as made:
        monkeypatch.setenv(VARIABLE, made.url)
        yield made
        NnInteractiveSegmenter._live.close()


@pytest.fixture(scope="session")
def ct():
    """Liver with two lesions in it, and a spleen as dense as it, on a tilted and flipped grid."""
    angle = np.deg2rad(20)
    affine = np.eye(4)
    affine[:3, :3] = np.array(
        [[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]]
    ) @ np.array([[0, 0, -1.5], [0, 1.5, 0], [3.0, 0, 0]])
    hu = np.full((20, 40, 50), -50, np.int16)
    hu[3:15, 5:30, 8:40] = 110
    hu[5:9, 8:16, 10:20] = 30
    hu[10:13, 20:26, 28:36] = 30
    hu[4:9, 8:18, 44:49] = 110
    return Volume(grid=Grid(shape=hu.shape, affine=affine), hu=hu)


@pytest.fixture
def write_prompts(tmp_path, monkeypatch, ct):
    """A function that writes prompts given in voxels (k, j, i), and points the variable at them."""

    def write(*prompts, head='schema = "liverplan.prompts/1"'):
        rows = [head]
        for of, shape, voxels, *says in prompts:
            places = ct.grid.to_mm(np.array(voxels)).tolist()
            rows += ["[[prompt]]", f'of = "{of}"', f"{shape} = {places}"]
            rows += [f'says = "{says[0]}"'] if says else []
        path = tmp_path / "prompts.toml"
        path.write_text("\n".join(rows), "utf-8")
        monkeypatch.setenv("LIVERPLAN_NNINTERACTIVE_PROMPTS", str(path))
        return path

    return write
