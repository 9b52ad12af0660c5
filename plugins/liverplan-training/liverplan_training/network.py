"""A small residual 3D U-Net, and the whole network as the product calls it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from liverplan_training.labels import CLASSES

WIDTHS = (16, 32, 64, 128, 192)
"""Channels from the finest level to the coarsest: 6.7 million parameters."""
SMALL_WIDTHS = (8, 16, 32, 48)
LATTICE = 2 ** (len(WIDTHS) - 1)
"""Each side of what the full network sees is a multiple of this, in voxels."""


class Block(nn.Module):
    """Two convolutions and a way past them."""

    def __init__(self, inward: int, outward: int, stride: int = 1, *, folded: bool) -> None:
        super().__init__()
        self.first = _convolution(inward, outward, stride=stride, folded=folded)
        self.second = _convolution(outward, outward, folded=folded)
        self.past: nn.Module = nn.Identity()
        if inward != outward or stride != 1:
            pooled = nn.AvgPool3d(stride) if stride > 1 else nn.Identity()
            self.past = nn.Sequential(pooled, _convolution(inward, outward, size=1, folded=folded))

    def forward(self, x: Tensor) -> Tensor:
        """(n, inward, k, j, i) to (n, outward, k/stride, ...)."""
        inside = functional.relu(self.first(x), inplace=True)
        return functional.relu(self.second(inside) + self.past(x), inplace=True)


def _convolution(
    inward: int, outward: int, *, size: int = 3, stride: int = 1, folded: bool
) -> nn.Module:
    turned = nn.Conv3d(inward, outward, size, stride, size // 2, bias=folded)
    return nn.Sequential(
        turned, nn.Identity() if folded else nn.BatchNorm3d(outward, momentum=0.03)
    )


class UNet(nn.Module):
    """Residual 3D U-Net.

    Parameters
    ----------
    inward, outward
        Channels that it is given and returns.
    widths
        Channels at each level, finest first; each level halves the sides.
    deep
        Whether it also answers at half resolution while it is trained.
    folded
        Whether its convolutions hold their normalisation, as an export makes them.
    """

    def __init__(
        self,
        *,
        inward: int,
        outward: int,
        widths: Sequence[int] = WIDTHS,
        deep: bool = True,
        folded: bool = False,
    ) -> None:
        super().__init__()
        self.widths = tuple(widths)
        steps = list(pairwise(widths))
        self.stem = Block(inward, widths[0], folded=folded)
        self.down = nn.ModuleList(Block(a, b, 2, folded=folded) for a, b in steps)
        self.middle = Block(widths[-1], widths[-1], folded=folded)
        self.up = nn.ModuleList(nn.ConvTranspose3d(b, a, 2, 2) for a, b in steps)
        self.joined = nn.ModuleList(Block(2 * a, a, folded=folded) for a, _ in steps)
        self.answer = nn.Conv3d(widths[0], outward, 1)
        self.coarse = nn.Conv3d(widths[1], outward, 1) if deep else None

    def forward(self, x: Tensor) -> Tensor:
        """(n, inward, k, j, i) to logits (n, outward, k, j, i)."""
        return self.both(x)[0]

    def both(self, x: Tensor) -> tuple[Tensor, Tensor | None]:
        """Return the logits, and those at half resolution if the network is deep."""
        seen = [self.stem(x)]
        for down in self.down:
            seen.append(down(seen[-1]))
        y, coarse = self.middle(seen[-1]), None
        for level in reversed(range(len(self.joined))):
            y = self.joined[level](torch.cat([self.up[level](y), seen[level]], 1))
            if level == 1 and self.coarse is not None:
                coarse = self.coarse(y)
        return self.answer(y), coarse


def channels(hu: Tensor) -> Tensor:
    """Two windows of a CT: (n, 1, k, j, i) HU to (n, 2, k, j, i)."""
    return torch.cat([(hu.clamp(-200, 300) - 50) / 125, hu.clamp(-1000, 1000) / 500], 1)


class LiverNetwork(nn.Module):
    """What ships: HU in, probabilities out; windows and activations are inside."""

    def __init__(self, net: UNet) -> None:
        super().__init__()
        self.net = net

    def forward(self, hu: Tensor) -> tuple[Tensor, Tensor]:
        """(n, 1, k, j, i) HU to organs (n, `CLASSES`, ...) and lesion (n, 1, ...), both 0-1."""
        logits = self.net(channels(hu))
        return torch.softmax(logits[:, :CLASSES], 1), torch.sigmoid(logits[:, CLASSES:])


def liver_unet(widths: Sequence[int] = WIDTHS, *, exported: bool = False) -> UNet:
    """Return an untrained network for organs and lesions: one to train, or as an export has it."""
    return UNet(inward=2, outward=CLASSES + 1, widths=widths, deep=not exported, folded=exported)
