"""A small residual 3D U-Net: eight channels in, one logit a cube out."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

CHANNELS = 8
WIDTHS = (8, 24, 40, 48)


class Block(nn.Module):
    """Two convolutions and a way round them."""

    def __init__(self, into: int, out: int, stride: int = 1) -> None:
        super().__init__()
        self.first = nn.Conv3d(into, out, 3, stride, 1, bias=False)
        self.first_norm = nn.BatchNorm3d(out, momentum=0.03)
        self.second = nn.Conv3d(out, out, 3, 1, 1, bias=False)
        self.second_norm = nn.BatchNorm3d(out, momentum=0.03)
        pooled = nn.AvgPool3d(stride) if stride > 1 else nn.Identity()
        self.around = nn.Sequential(
            pooled, nn.Conv3d(into, out, 1, bias=False), nn.BatchNorm3d(out, momentum=0.03)
        )

    def forward(self, x: Tensor) -> Tensor:
        """Shape (n, c, k, j, i) in and out."""
        y = functional.relu(self.first_norm(self.first(x)))
        return functional.relu(self.second_norm(self.second(y)) + self.around(x))


class PromptedNet(nn.Module):
    """Logit of lesion for each cube of (n, 8, k, j, i); sides must be multiples of 8."""

    def __init__(self, widths: tuple[int, ...] = WIDTHS) -> None:
        super().__init__()
        self.stem = Block(CHANNELS, widths[0])
        pairs = list(pairwise(widths))
        self.down = nn.ModuleList(Block(a, b, 2) for a, b in pairs)
        self.middle = Block(widths[-1], widths[-1])
        self.up = nn.ModuleList(nn.ConvTranspose3d(b, a, 2, 2) for a, b in pairs)
        self.join = nn.ModuleList(Block(2 * a, a) for a, _ in pairs)
        self.out = nn.Conv3d(widths[0], 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        """(n, k, j, i) logits."""
        kept = [self.stem(x)]
        for down in self.down:
            kept.append(down(kept[-1]))
        y = self.middle(kept.pop())
        for up, join in zip(reversed(self.up), reversed(self.join), strict=True):
            y = join(torch.cat([up(y), kept.pop()], 1))
        logits: Tensor = self.out(y)[:, 0]
        return logits
