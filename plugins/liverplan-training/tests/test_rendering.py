"""Rendered CTs: their densities, what touches, lesions, the scanner, and that a seed fixes all."""

import pytest
import torch
from liverplan_training.labels import Label
from liverplan_training.rendering import (
    Chance,
    Look,
    Manner,
    Phase,
    Scan,
    blurred,
    drawn_look,
    drawn_scan,
    drawn_warp,
    rendered,
    scanned,
    widened,
    with_contacts,
    with_lesions,
    with_other_densities,
)
from liverplan_training.rendering.looks import RANGES

PLAIN = Manner(
    contrast_hu=-40, edge_mm=1.0, rim_hu=0, rim_mm=1, core_hu=0, texture_hu=0, calcified=False,
    even=True,
)  # fmt: skip


def whole_ct(seed, labels):
    chance = Chance(seed)
    labels = with_contacts(chance, labels)
    hu = rendered(chance, labels, drawn_look(chance))
    hu, _, lesion = with_lesions(chance, hu, labels == Label.LIVER)
    return scanned(chance, hu, drawn_scan(chance)), lesion


def test_a_seed_fixes_a_ct_to_the_last_bit(labels):
    (first, lesion), (again, same), (other, _) = (whole_ct(seed, labels) for seed in (5, 5, 6))
    assert torch.equal(first, again)
    assert torch.equal(lesion, same)
    assert not torch.equal(first, other)


@pytest.mark.parametrize("phase", list(Phase))
def test_tissues_have_the_densities_of_their_phase(labels, phase):
    hu = rendered(Chance(3), labels, Look(phase=phase))
    for label in (Label.LIVER, Label.SPLEEN, Label.MUSCLE):
        low, high = RANGES[label][phase.value]
        assert low - 5 <= float(hu[labels == label].median()) <= high + 5
    assert float(hu[labels == Label.LUNG].median()) < -600
    assert float(hu[labels == Label.BONE].median()) > 150


def test_fat_takes_its_share_of_the_liver_s_density_alone(labels):
    lean = rendered(Chance(4), labels, Look(phase=Phase.PORTAL))
    fatty = rendered(Chance(4), labels, Look(phase=Phase.PORTAL, fat_hu=50))
    fall = lean[labels == Label.LIVER].median() - fatty[labels == Label.LIVER].median()
    assert float(fall) == pytest.approx(50, abs=4)
    assert lean[labels == Label.SPLEEN].median() == fatty[labels == Label.SPLEEN].median()


def test_contacts_replace_fat_at_the_liver_and_nothing_else(labels):
    near = widened(labels == Label.LIVER, 2) & (labels != Label.LIVER)
    fat_before = int((labels[near] == Label.FAT).sum())
    left = []
    for seed in range(6):
        touched = with_contacts(Chance(seed), labels)
        kept = labels != Label.FAT
        assert torch.equal(touched[kept], labels[kept])
        left.append(int((touched[near] == Label.FAT).sum()))
    assert min(left) < 0.9 * fat_before
    assert max(left) <= fat_before


def test_a_lesion_lies_where_it_is_asked_for_with_its_contrast(labels):
    hu = torch.where(labels == Label.LIVER, 100.0, -100.0)
    drawn, liver, lesion = with_lesions(
        Chance(2), hu, labels == Label.LIVER, most=1, centre=(24, 26, 26), manner=PLAIN
    )
    middle = torch.nonzero(lesion).float().mean(0)
    assert torch.allclose(middle, torch.tensor([24.0, 26, 26]), atol=2)
    assert lesion[24, 26, 26]
    assert float(drawn[24, 26, 26]) == pytest.approx(60, abs=3)
    assert not (lesion & ~liver).any()
    away = ~widened(lesion, 3)
    assert torch.allclose(drawn[away], hu[away], atol=0.5)


def test_a_lesion_that_bulges_belongs_to_the_liver(labels):
    hu = torch.where(labels == Label.LIVER, 100.0, 40.0)
    before = labels == Label.LIVER
    grown = 0
    for seed in range(40):
        _, liver, lesion = with_lesions(Chance(seed), hu, before, most=2)
        assert torch.equal(liver, before | lesion)
        grown += int((lesion & ~before).any())
    assert 1 <= grown < 25  # some bulge, most do not
    assert not with_lesions(Chance(0), hu, torch.zeros_like(before))[2].any()


def test_noise_has_the_strength_that_the_scan_states():
    flat = torch.full((24, 40, 40), 60.0)
    for noise_hu in (5.0, 30.0):
        seen = scanned(Chance(1), flat, Scan(noise_hu=noise_hu))
        assert float(seen.std()) == pytest.approx(noise_hu, rel=0.02)
        assert float(seen.mean()) == pytest.approx(60, abs=1)


def test_thick_slices_lie_straight_between_each_other():
    ramp = torch.arange(30.0)[:, None, None].expand(30, 8, 8).clone()
    ramp[15:] += 200
    thick = scanned(Chance(1), ramp, Scan(slice_mm=6.0, noise_hu=0))
    bends = (thick[2:] - 2 * thick[1:-1] + thick[:-2]).abs().amax((1, 2)) > 1e-2
    inner = torch.nonzero(bends).ravel()
    assert (inner.diff() % 3 == 0).all()  # bent only at slices 6 mm apart
    assert len(inner) > 2
    thin = scanned(Chance(1), ramp, Scan(slice_mm=1.5, noise_hu=0))
    assert float((thin - ramp).abs().mean()) < float((thick - ramp).abs().mean())


def test_a_blur_keeps_what_is_flat_and_the_sum_of_what_is_not():
    assert torch.allclose(blurred(torch.full((9, 9, 9), 7.0), (1, 2, 0)), torch.tensor(7.0))
    point = torch.zeros(15, 15, 15)
    point[7, 7, 7] = 1
    spread = blurred(point, (1.0, 1.0, 1.0))
    assert float(spread.sum()) == pytest.approx(1, abs=1e-5)
    assert float(spread.max()) == pytest.approx((2 * torch.pi) ** -1.5, rel=0.05)


def test_a_warp_that_does_nothing_but_move_returns_the_case(labels):
    chance = Chance(0)
    warp = drawn_warp(chance, size=labels.shape, patch=(20, 20, 20), centre=(24, 26, 26))
    found = warp.nearest(labels)
    assert found.dtype == torch.uint8
    assert found[10, 10, 10] == Label.LIVER
    soft = warp.linear((labels == Label.LIVER).float())
    assert ((soft > 0.5) == (found == Label.LIVER)).float().mean() > 0.97
    assert warp.inside.all()
    edge = drawn_warp(chance, size=labels.shape, patch=(20, 20, 20), centre=(0, 26, 26))
    assert not edge.inside.all()
    assert (edge.nearest(labels)[~edge.inside] == 0).float().mean() > 0.9


def test_zoom_makes_things_as_much_larger(labels):
    sizes = []
    for zoom in (1.0, 0.5):
        warp = drawn_warp(
            Chance(7), size=labels.shape, patch=(64, 64, 64), centre=(24, 26, 26), zoom=zoom,
            bend_voxels=0,
        )  # fmt: skip
        sizes.append(int((warp.nearest(labels) == Label.LIVER).sum()))
    assert sizes[1] / sizes[0] == pytest.approx(8, rel=0.1)


def test_a_real_ct_s_liver_changes_and_its_vessels_less(labels):
    liver = labels == Label.LIVER
    hu = torch.where(liver, 100.0, -100.0)
    vessel = torch.zeros_like(liver)
    vessel[22:26, 24:28, 20:30] = True
    hu = torch.where(vessel, 180.0, hu)
    falls = []
    for seed in range(12):
        changed = with_other_densities(Chance(seed), hu, labels)
        gap = changed[vessel].median() - changed[liver & ~widened(vessel, 2)].median()
        falls.append(float(gap) - 80)
    assert max(falls) > 25  # fat darkens parenchyma, not blood
    assert min(falls) > -45
