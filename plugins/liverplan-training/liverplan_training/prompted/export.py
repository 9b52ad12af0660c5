"""Weights to ONNX: float16 as kept, float32 as reckoned with, the sigmoid in the graph."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn

from liverplan.segmentation.lesions.prompted.channels import SIDE
from liverplan_training.prompted.net import CHANNELS, PromptedNet

OPSET = 17
FEWEST = 256


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
    whole, seen = io.BytesIO(), torch.zeros(1, CHANNELS, SIDE, SIDE, SIDE)
    torch.onnx.export(
        Asked(net).eval(),
        (seen,),
        whole,
        input_names=["seen"],
        output_names=["lesion"],
        dynamo=False,
        opset_version=OPSET,
        dynamic_axes={"seen": {0: "n"}, "lesion": {0: "n"}},
    )
    model = onnx.load_from_string(whole.getvalue())
    _halve(model.graph)
    onnx.checker.check_model(model)
    onnx.save(model, out)
    return out


def _halve(graph: onnx.GraphProto) -> None:
    """Keep large weights as float16, cast back when the file is loaded."""
    casts = []
    for tensor in list(graph.initializer):
        values = numpy_helper.to_array(tensor)
        if values.dtype == np.float32 and values.size >= FEWEST:
            graph.initializer.remove(tensor)
            half = numpy_helper.from_array(values.astype(np.float16), f"{tensor.name}_half")
            graph.initializer.append(half)
            casts.append(helper.make_node("Cast", [half.name], [tensor.name], to=TensorProto.FLOAT))
    nodes = list(graph.node)
    del graph.node[:]
    graph.node.extend([*casts, *nodes])
