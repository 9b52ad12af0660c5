"""The steps on their own: the cut, shapes, turning, necks, vessels, back ends."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import liverplan.segmentation as room
from liverplan.errors import BackendError, SegmentationError
from liverplan.segmentation import backends, find_vessels, segment_with
from liverplan.segmentation.blocks import (
    Blocks,
    Turn,
    blocks_of,
    resampled,
    turned,
    with_thin_slices,
)
from liverplan.segmentation.classical.density import Density
from liverplan.segmentation.classical.subcapsular import dark_masses
from liverplan.segmentation.classical.torso import Torso, find_body, find_lungs
from liverplan.segmentation.classical.waists import part_of_liver
from liverplan.segmentation.classical.wall import in_muscle_mm
from liverplan.segmentation.maxflow import cut
from liverplan.segmentation.morphology import closed, depth_mm, opened, signed_depth_mm
from liverplan.segmentation.results import LiverResult
from liverplan.volume import Grid, Volume


def grid_of(shape, spacing=(2.0, 1.0, 1.0)):
    affine = np.eye(4)
    affine[:3, :3] = np.array([[0, 0, spacing[2]], [0, spacing[1], 0], [spacing[0], 0, 0]])
    return Grid(shape=shape, affine=affine)


def ball(shape, middle, radius, spacing=(1.0, 1.0, 1.0)):
    index = np.indices(shape) * np.array(spacing)[:, None, None, None]
    return np.linalg.norm(index - np.array(middle)[:, None, None, None], axis=0) < radius


def test_the_cut_keeps_a_ball_and_irons_out_specks():
    truth = ball((40, 40, 40), (20, 20, 20), 12)
    noisy = truth ^ (np.random.default_rng(0).random(truth.shape) < 0.1)
    found = cut(np.where(noisy, -1.0, 1.0), 1.0, (1.0, 1.0, 1.0)) > 0.5
    assert 2 * (found & truth).sum() / (found.sum() + truth.sum()) > 0.98


@pytest.mark.parametrize(("radius", "stays"), [(4, False), (10, True)])
def test_the_cut_drops_a_ball_whose_surface_costs_more_than_its_volume_gives(radius, stays):
    cost = np.where(ball((32, 32, 32), (16, 16, 16), radius), -0.5, 0.5)
    assert (cut(cost, 1.0, (1.0, 1.0, 1.0), iterations=600) > 0.5).any() == stays


def test_depths_are_in_millimetres():
    mask = ball((30, 60, 60), (30, 30, 30), 20, (2.0, 1.0, 1.0))
    assert depth_mm(mask, (2.0, 1.0, 1.0)).max() == pytest.approx(20, abs=1)
    signed = signed_depth_mm(mask, (2.0, 1.0, 1.0))
    assert np.array_equal(signed > 0, mask)


def test_opening_takes_thin_things_and_closing_fills_thin_gaps():
    mask = np.zeros((30, 30, 30), bool)
    mask[5:25, 5:25, 5:25] = True
    thin = mask.copy()
    thin[14, 14, 25:29] = True
    assert np.count_nonzero(opened(thin, 3, (1.0, 1.0, 1.0))[:, :, 26:]) == 0
    gap = mask.copy()
    gap[:, 14, :] = False
    assert closed(gap, 3, (1.0, 1.0, 1.0))[14, 14, 14]


@given(
    order=st.permutations([0, 1, 2]),
    signs=st.tuples(*[st.sampled_from([-1, 1])] * 3),
)
@settings(max_examples=30, deadline=None)
def test_turning_there_and_back_changes_nothing(order, signs):
    affine = np.eye(4)
    affine[:3, :3] = np.diag(signs)[:, order]
    grid = Grid(shape=(3, 4, 5), affine=affine)
    hu = np.arange(60, dtype=np.int16).reshape(3, 4, 5)
    turn = Turn.of(grid)
    common = turned(Volume(grid=grid, hu=hu))
    steps = common.grid.affine[:3, :3]
    assert np.allclose(steps, np.array([[0, 0, 1], [0, 1, 0], [1, 0, 0]]))
    mask = common.hu > 30
    assert np.array_equal(turn.undo(mask), hu > 30)
    k, j, i = 1, 2, 0
    here = common.grid.to_mm((k, j, i))
    assert hu[grid.nearest_index(here)] == common.hu[k, j, i]


def test_blocks_are_means_and_lie_at_their_centres():
    grid = grid_of((4, 6, 6), (1.5, 0.75, 0.75))
    hu = np.arange(144, dtype=np.int16).reshape(4, 6, 6)
    blocks = blocks_of(Volume(grid=grid, hu=hu), 1.5)
    assert blocks.factors == (1, 2, 2)
    assert blocks.hu[0, 0, 0] == pytest.approx(hu[0, :2, :2].mean())
    assert np.allclose(blocks.grid.to_mm((0, 0, 0)), grid.to_mm((0, 0.5, 0.5)))


def test_a_ramp_is_resampled_exactly():
    ramp = np.arange(10, dtype=np.float32)[:, None, None] * np.ones((1, 3, 3), np.float32)
    where = [np.array([0.25, 4.5]), np.arange(3), np.arange(3)]
    assert resampled(ramp, where)[:, 0, 0] == pytest.approx([0.25, 4.5])


def test_what_hangs_on_a_narrow_waist_is_another_organ():
    shape = (40, 40, 80)
    liver, spleen = ball(shape, (20, 20, 22), 16), ball(shape, (20, 20, 58), 14)
    bridge = np.zeros(shape, bool)
    bridge[18:22, 18:22, 20:60] = True
    kept = part_of_liver(liver | spleen | bridge, (3.0, 3.0, 3.0))
    assert not (kept & ball(shape, (20, 20, 58), 10)).any()
    assert (kept & liver).sum() > 0.98 * liver.sum()


def test_a_wide_waist_is_one_liver():
    shape = (40, 40, 80)
    both = ball(shape, (20, 20, 26), 16) | ball(shape, (20, 20, 44), 15)
    assert np.array_equal(part_of_liver(both, (3.0, 3.0, 3.0)), both)


@pytest.fixture
def vessel_case():
    """A block of liver with two straight vessels of 5 mm."""
    grid = grid_of((40, 80, 80))
    z, y, x = np.indices(grid.shape) * np.array([2.0, 1, 1])[:, None, None, None]
    liver = (x > 5) & (x < 75) & (y > 5) & (y < 75) & (z > 5) & (z < 75)
    tubes = [np.hypot(y - 25, z - 40) < 2.5, np.hypot(y - 55, z - 40) < 2.5]
    hu = np.where(tubes[0] | tubes[1], 160, 110) + np.random.default_rng(0).normal(0, 8, grid.shape)
    return Volume(grid=grid, hu=hu.astype(np.int16)), liver, [t & liver for t in tubes]


def test_vessels_are_trees_with_their_radius(vessel_case):
    volume, liver, tubes = vessel_case
    found = find_vessels(volume, liver, [(40, 25, 40), (40, 55, 40)])
    for tree, tube in enumerate(tubes, 1):
        mask = found.labels == tree
        assert 2 * (mask & tube).sum() / (mask.sum() + tube.sum()) > 0.7
    lengths = [sum(b.length_mm for b in found.branches if b.tree == tree) for tree in (1, 2)]
    assert min(lengths) > 45
    assert [b.name for b in found.branches if b.name == "1"] == ["1", "1"]


def test_a_click_beside_every_vessel_is_refused(vessel_case):
    volume, liver, _ = vessel_case
    with pytest.raises(SegmentationError, match="No vessel is seen"):
        find_vessels(volume, liver, [(40, 40, 20)])


class Twin:
    name = "twin"

    def __init__(self, lacks=(), shape=(2, 2, 2)):
        self.lacks, self.shape = list(lacks), shape

    def missing(self):
        return self.lacks

    def segment(self, volume, *, progress=None, cancel=None):
        if self.shape is None:
            raise ZeroDivisionError("no weights")
        provenance = room.Provenance(method="twin", version="1", origin="automatic")
        return LiverResult(mask=np.ones(self.shape, bool), provenance=provenance)


def install(monkeypatch, made):
    class Entry:
        name = "twin"

        def load(self):
            return made

    monkeypatch.setattr(backends, "entry_points", lambda group: [Entry()])


@pytest.fixture
def tiny():
    return Volume(grid=grid_of((2, 2, 2)), hu=np.zeros((2, 2, 2), np.int16))


def test_a_back_end_is_found_and_used(monkeypatch, tiny):
    install(monkeypatch, Twin)
    assert list(backends.find_segmenters()) == ["classical", "twin"]
    assert segment_with("twin", tiny).mask.all()


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (lambda: Twin(lacks=["torch", "weights"]), "lacks torch and weights"),
        (lambda: Twin(shape=None), "failed: no weights"),
        (lambda: Twin(shape=(1, 1, 1)), r"gave a mask of \(1, 1, 1\)"),
        (lambda: 1 / 0, "cannot be loaded"),
        (dict, "no Segmenter"),
    ],
)
def test_a_back_end_that_cannot_is_refused_in_words(monkeypatch, tiny, made, words):
    install(monkeypatch, made)
    with pytest.raises(BackendError, match=words):
        segment_with("twin", tiny)


def test_an_unknown_back_end_is_refused(tiny):
    with pytest.raises(BackendError, match="no back end 'magic'; there is classical"):
        segment_with("magic", tiny)


def test_all_that_is_exported_exists():
    assert sorted(room.__all__) == sorted(set(room.__all__))
    assert all(hasattr(room, name) for name in room.__all__)


def test_thick_slices_are_interpolated_and_keep_their_own_in_the_middle():
    hu = np.arange(0, 60, 6, dtype=np.int16)[:, None, None] + np.zeros((1, 4, 5), np.int16)
    volume = Volume(grid=grid_of((10, 4, 5), (5.0, 1.0, 1.0)), hu=hu)
    thin, count = with_thin_slices(volume)
    assert count == 3
    assert np.array_equal(thin.hu[1::3], hu)
    assert np.array_equal(thin.hu[2:29:3, 0, 0], np.arange(2, 56, 6))
    assert np.allclose(thin.grid.to_mm((4, 2, 3)), volume.grid.to_mm((1, 2, 3)))
    assert thin.grid.spacing_mm[0] == pytest.approx(5 / 3)


def test_slices_that_are_thin_stay_as_they_are():
    volume = Volume(grid=grid_of((10, 4, 5), (4.0, 1.0, 1.0)), hu=np.zeros((10, 4, 5), np.int16))
    assert with_thin_slices(volume) == (volume, 1)


@pytest.mark.parametrize(("bridge", "where"), [(False, "right"), (True, "right"), (False, "left")])
def test_a_dark_mass_in_the_livers_surface_is_found_though_it_touches_the_stomach(bridge, where):
    shape, spacing = (50, 60, 70), (3.0, 3.0, 3.0)
    liver = np.zeros(shape, bool)
    liver[10:40, 20:50, 5:35] = True
    mass = ball(shape, (75, 60, 60), 20, spacing)
    stomach = ball(shape, (75, 60, 160), 30, spacing)
    hu = np.full(shape, 100, np.float32)  # no fat, and not dark
    hu[liver] = 110
    hu[mass | stomach] = 60
    if bridge:
        hu[22:29, 17:24, 24:48] = 60
    torso = Torso(
        body=np.ones(shape, bool),
        lungs=np.zeros(shape, bool),
        middle=40.0 if where == "right" else 10.0,
    )
    blocks = Blocks(hu=hu, factors=(1, 1, 1), start=(0, 0, 0), grid=grid_of(shape, spacing))
    found = dark_masses(
        blocks, hu, torso, Density(mode_hu=110, spread_hu=6), liver & ~mass, np.zeros(shape, bool)
    )
    if where == "left":
        assert not found.any()
    else:
        assert (found & mass & liver).sum() > 0.8 * (mass & liver).sum()
        assert not (found & stomach).any()


def blocks_like(hu, spacing=(3.0, 3.0, 3.0)):
    return Blocks(hu=hu, factors=(1, 1, 1), start=(0, 0, 0), grid=grid_of(hu.shape, spacing))


def trunk(shape, cut_columns=0):
    """A round trunk of 300 mm, with what lies how far from its axis, mm."""
    j, i = np.indices(shape[1:]) * 3.0
    away = np.hypot(j - 150, i - 150)
    return away[:, cut_columns:]


def test_a_lung_is_found_though_the_picture_cuts_the_trunks_side_off():
    away = trunk((40, 101, 101), cut_columns=9)
    plane = np.where(away < 145, 40.0, -1000.0)
    plane[away < 125] = -800
    body = find_body(blocks_like(np.repeat(plane[None], 40, axis=0).astype(np.float32)))
    assert body[:, away < 120].all()


@pytest.mark.parametrize(("radius_mm", "found"), [(60, True), (30, False)])
def test_lungs_under_a_neck_are_found_and_gas_in_the_bowel_is_not(radius_mm, found):
    hu = np.full((80, 101, 101), 40, np.float32)
    air = ball(hu.shape, (120, 150, 150), radius_mm, (3.0, 3.0, 3.0))
    hu[air] = -800
    lungs = find_lungs(blocks_like(hu), np.ones(hu.shape, bool))
    assert lungs[air].mean() == pytest.approx(float(found), abs=0.05)


def test_the_muscle_of_the_wall_is_known_where_a_liver_as_dense_lies_behind_it():
    away = trunk((40, 101, 101))
    plane = np.where(away < 148, -100.0, -1000.0)
    muscle, liver = (away > 114) & (away < 132), np.zeros(away.shape, bool)
    plane[muscle] = 60
    liver[30:70, 8:50] = True
    liver &= away < 114
    plane[liver] = 60
    blocks = blocks_like(np.repeat(plane[None], 40, axis=0).astype(np.float32))
    torso = Torso(body=blocks.hu > -900, lungs=np.zeros(blocks.hu.shape, bool), middle=50.0)
    depth = in_muscle_mm(blocks, torso)[20]
    beside = (np.arange(101)[:, None] > 40) & (np.arange(101)[:, None] < 60)
    assert depth[liver & beside].max() < 5
    assert np.median(depth[muscle & (away > 122) & beside]) > 5
