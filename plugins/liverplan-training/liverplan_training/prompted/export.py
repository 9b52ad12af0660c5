"""The prompted network to ONNX, with the sigmoid in the graph."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn

from liverplan.segmentation.lesions.prompted.channels import SIDE
from liverplan_training.export import export as write
from liverplan_training.prompted.net import CHANNELS, PromptedNet


class Asked(nn.Module):
    """The network as the product asks it: probabilities, not logits."""

    def __init__(self, net: PromptedNet) -> None:
        super().__init__()
        self.net = net

    def forward(self, seen: Tensor) -> Tensor:
        """(n, 8, k, j, i) to (n, k, j, i)."""
        return torch.sigmoid(self.net(seen))


def export(weights: Path, out: Path) -> Path:
    """Write a network's weights as an ONNX file of half the size."""
    net = PromptedNet()
    net.load_state_dict(torch.load(weights, map_location="cpu", weights_only=True))
    example = torch.zeros(1, CHANNELS, SIDE, SIDE, SIDE)
    return write(
        Asked(net).eval(), [example], out, inputs=["seen"], outputs=["lesion"], axes={0: "n"}
    )
