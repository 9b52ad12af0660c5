"""What a wrong answer costs: marginal cross entropy and Dice over what each case names.

Cases name different organs. What a case does not name may be there all the same, in what it calls
other; so the probabilities of unnamed classes are summed into that of class 0, and such a case
says nothing about them.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from liverplan_training.labels import CLASSES, IGNORED, Label
from liverplan_training.training.patches import Patch

DICED = (
    Label.LIVER, Label.LIVER, Label.SPLEEN, Label.KIDNEY, Label.STOMACH, Label.CAVA, Label.AORTA,
    Label.LUNG, Label.BONE,
)  # fmt: skip
"""Classes whose overlap counts; the liver's twice."""
SMOOTHING = 50.0
"""Voxels added to both sides of a Dice, so that an absent organ costs nothing."""
LESION_DICE = 0.25
LESION_ENTROPY = 0.5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Loss:
    """The whole loss and its parts, each a scalar tensor."""

    total: Tensor
    cross_entropy: Tensor
    dice: Tensor
    lesion: Tensor


def loss_of(logits: Tensor, patch: Patch, *, liver_weight: float) -> Loss:
    """Return what an answer costs.

    Parameters
    ----------
    logits : (n, `CLASSES` + 1, k, j, i)
        The last is the lesions'.
    patch
        n patches.
    """
    logs = marginal_logs(logits[:, :CLASSES].float(), patch.known)
    weights = torch.ones(CLASSES, device=logits.device)
    weights[Label.LIVER] = liver_weight
    entropy = functional.nll_loss(logs, patch.classes, weights, ignore_index=IGNORED)
    sure = patch.classes != IGNORED
    overlap = _organs_lost(logs.exp(), patch, sure)
    lesion_entropy, lesion_dice = _lesions_lost(logits[:, CLASSES].float(), patch, sure)
    total = entropy + overlap + LESION_ENTROPY * lesion_entropy + LESION_DICE * lesion_dice
    return Loss(
        total=total,
        cross_entropy=entropy.detach(),
        dice=overlap.detach(),
        lesion=lesion_dice.detach(),
    )


def marginal_logs(logits: Tensor, known: Tensor) -> Tensor:
    """Logarithms of probabilities, those of unnamed classes summed into class 0.

    Parameters
    ----------
    logits : (n, classes, k, j, i)
    known : (n, classes) bool
    """
    logs = functional.log_softmax(logits, 1)
    named = known.clone()
    named[:, 0] = False
    rest = torch.logsumexp(logs.masked_fill(named[:, :, None, None, None], -1e4), 1, keepdim=True)
    return torch.cat([rest, logs[:, 1:]], 1)


def at_half(patch: Patch) -> Patch:
    """Return the patch at half resolution: every other voxel's class, any lesion in a cube."""
    return Patch(
        hu=patch.hu[:, ::2, ::2, ::2],
        classes=patch.classes[:, ::2, ::2, ::2],
        lesion=functional.max_pool3d(patch.lesion[:, None].float(), 2)[:, 0] > 0,
        known=patch.known,
    )


def _lost(share: Tensor, truth: Tensor) -> Tensor:
    """One minus the soft Dice over a whole batch."""
    both = 2 * (share * truth).sum() + SMOOTHING
    return 1 - both / (share.sum() + truth.sum() + SMOOTHING)


def _organs_lost(shares: Tensor, patch: Patch, sure: Tensor) -> Tensor:
    total = shares.new_zeros(())
    for label in DICED:
        counted = sure & patch.known[:, label, None, None, None]
        truth = ((patch.classes == label) & counted).float()
        total = total + _lost(shares[:, label] * counted, truth)
    return total / len(DICED)


def _lesions_lost(logits: Tensor, patch: Patch, sure: Tensor) -> tuple[Tensor, Tensor]:
    """Cross entropy, which counts liver more and lesions most, and Dice."""
    truth = (patch.lesion & sure).float()
    near = ((patch.classes == Label.LIVER) | patch.lesion).float()
    weights = (0.2 + 1.8 * near + 2 * truth) * sure
    entropy = functional.binary_cross_entropy_with_logits(logits, truth, reduction="none")
    return (entropy * weights).mean(), _lost(torch.sigmoid(logits) * sure, truth)
