"""What is learnt, and from what: patches, losses, and a phantom to a Dice of 0.9."""

import statistics
from dataclasses import replace

import numpy as np
import pytest
import torch
from liverplan_training.evaluation.conditions import conditions
from liverplan_training.evaluation.measure import measure
from liverplan_training.evaluation.predictors import of_net
from liverplan_training.export import export_liver
from liverplan_training.labels import CLASSES, IGNORED, Label
from liverplan_training.phantoms import RECIPE, STEPS, phantom
from liverplan_training.rendering import Chance
from liverplan_training.training.loop import train
from liverplan_training.training.losses import at_half, loss_of, marginal_logs
from liverplan_training.training.patches import Patch, Patches
from liverplan_training.training.recipe import FULL, SMALL, Budget

from liverplan.errors import InputError

SIZE = (16, 24, 24)


def patches_of(case, seed=1):
    return Patches([case], Chance(seed), SIZE)


def test_it_learns_phantoms_to_a_dice_of_nine_tenths_on_others(learnt):
    others = [phantom(n) for n in range(10, 15)]
    plain = next(iter(conditions()))
    level = RECIPE.unbiased_level
    rows = list(measure(others, [plain], of_net(learnt.net), level=level, told=str))
    assert statistics.median(row.dice for row in rows) >= 0.9
    assert learnt.steps == STEPS


def test_it_goes_on_where_an_exported_network_ended(learnt, tmp_path):
    path = export_liver(learnt.net, tmp_path / "liver.onnx")
    slowly = replace(RECIPE, rate=1e-3, batch=1)
    first, again = (
        train([phantom(0)], slowly, Budget(steps=3), start_from=path, told=str).net
        for _ in range(2)
    )
    pairs = zip(first.state_dict().values(), again.state_dict().values(), strict=True)
    assert all(torch.equal(a, b) for a, b in pairs)
    plain, level = next(iter(conditions())), RECIPE.unbiased_level
    measured = (measure([phantom(10)], [plain], of_net(n), level=level, told=str)
                for n in (learnt.net, first))  # fmt: skip
    before, after = (next(rows).dice for rows in measured)
    assert after > before - 0.02
    wide = replace(slowly, widths=(8, 16, 32))
    with pytest.raises(InputError, match="holds no network of this make"):
        train([phantom(0)], wide, Budget(steps=1), start_from=path, told=str)


def test_conditions_share_a_map_s_contacts_and_lesions():
    asked = []

    def nothing(hu):
        asked.append(hu)
        return np.zeros_like(hu), np.zeros_like(hu)

    some = list(conditions())[:7:2]  # portal, arterial, two with fat
    rows = list(measure([phantom(10)], some, nothing, level=0.5, told=str))
    assert len({row.lesions for row in rows}) == 1
    assert rows[0].lesions > 0
    assert all(row.dice == 0 and row.volume_fraction == -1 for row in rows)
    assert len({hu.tobytes() for hu in asked}) == len(some)


def test_steps_and_seed_fix_the_weights_to_the_last_bit():
    few = replace(RECIPE, patch=SIZE, widths=(4, 8, 8))
    made = [
        train([phantom(0)], replace(few, seed=seed), Budget(steps=1), told=str).net.state_dict()
        for seed in (3, 3, 4)
    ]
    assert all(torch.equal(a, b) for a, b in zip(made[0].values(), made[1].values(), strict=True))
    assert not torch.equal(made[0]["stem.first.0.weight"], made[2]["stem.first.0.weight"])


def test_patches_of_a_rendered_case_name_its_classes_alone():
    patches = patches_of(phantom(0))
    batch = patches.batch(8)
    assert batch.hu.shape == batch.classes.shape == batch.lesion.shape == (8, *SIZE)
    named = torch.nonzero(batch.known[0]).ravel().tolist()
    assert named == [0, Label.LIVER, Label.SPLEEN, Label.LUNG, Label.BONE, Label.MUSCLE]
    assert set(batch.classes.unique().tolist()) <= set(named)
    assert not (batch.lesion & (batch.classes != Label.LIVER)).any()
    assert batch.lesion.any()


def test_of_a_real_case_the_band_that_is_doubtful_teaches_nothing():
    case = phantom(0)
    labels = np.where(case.labels == Label.LIVER, Label.LIVER, Label.OTHER).astype(np.uint8)
    labels[:, 30:34] = Label.UNSURE
    labels[:, :, 40:42] = Label.LIKELY_LIVER
    hu = np.where(labels == Label.LIVER, 90, -50).astype(np.int16)
    real = replace(case, labels=labels, hu=hu, known=(1,), rendered_too=False)
    batch = patches_of(real).batch(6)
    assert set(batch.classes.unique().tolist()) == {0, 1, IGNORED}
    loud = torch.zeros(6, CLASSES + 1, *SIZE)
    right = loss_of(loud, batch, liver_weight=2.0)
    loud[:, Label.LIVER][batch.classes == IGNORED] = 20
    loud[:, CLASSES][batch.classes == IGNORED] = 20
    assert loss_of(loud, batch, liver_weight=2.0).total == pytest.approx(float(right.total))


def test_classes_that_a_case_does_not_name_hide_in_other():
    logits = torch.tensor([1.0, 2.0, 3.0, 0.5]).reshape(1, 4, 1, 1, 1)
    known = torch.tensor([[True, True, False, False]])
    shares = marginal_logs(logits, known).exp().ravel()
    plain = torch.softmax(logits.ravel(), 0)
    assert float(shares[1]) == pytest.approx(float(plain[1]))
    assert float(shares[0]) == pytest.approx(float(plain[0] + plain[2] + plain[3]))


def test_the_right_answer_costs_next_to_nothing_and_a_wrong_one_much():
    classes = torch.zeros(1, 4, 4, 4, dtype=torch.long)
    classes[:, :2] = Label.LIVER
    lesion = torch.zeros(1, 4, 4, 4, dtype=torch.bool)
    lesion[:, :1] = True
    known = torch.ones(1, CLASSES, dtype=torch.bool)
    patch = Patch(hu=torch.zeros(1, 4, 4, 4), classes=classes, lesion=lesion, known=known)
    right = torch.zeros(1, CLASSES + 1, 4, 4, 4)
    right[:, :CLASSES].scatter_(1, classes[:, None], 30.0)
    right[:, CLASSES] = torch.where(lesion, 30.0, -30.0)
    assert float(loss_of(right, patch, liver_weight=2.0).total) < 0.01
    assert float(loss_of(-right, patch, liver_weight=2.0).total) > 5


def test_half_resolution_keeps_classes_and_any_lesion():
    batch = patches_of(phantom(1)).batch(2)
    half = at_half(batch)
    assert half.classes.shape == half.lesion.shape == (2, 8, 12, 12)
    assert torch.equal(half.classes, batch.classes[:, ::2, ::2, ::2])
    assert half.lesion.any() == batch.lesion.any()


def test_the_rate_rises_then_falls_and_the_budget_ends():
    rates = [FULL.rate_at(step, step / 1000) for step in range(1001)]
    assert rates[0] == pytest.approx(FULL.rate / 100)
    assert max(rates) == rates[99]
    assert rates[-1] == pytest.approx(0.02 * FULL.rate)
    assert Budget(steps=10).done_fraction(10, 0.0) == 1
    assert Budget(minutes=2).done_fraction(999, 60) == 0.5
    assert FULL.unbiased_level == pytest.approx(2 / 3)
    assert all(n % 8 == 0 for n in SMALL.patch)
    for wrong in ({}, {"steps": 1, "minutes": 1.0}):
        with pytest.raises(ValueError, match="either steps or minutes"):
            Budget(**wrong)
