"""Training goes on from a network that shipped: its ONNX file back into the network it was."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from torch import Tensor, nn

from liverplan.errors import InputError
from liverplan_training.prompted.net import PromptedNet

HALF = "_half"
KEPT = "net."
"""Weights that are kept under the network's own names: those that no normalisation follows."""


def from_onnx(path: Path, seen: Tensor) -> PromptedNet:
    """Read a network back, ready to learn.

    An export folds each normalisation into the convolution before it. What it was is measured
    anew, so that the network answers as it did and learns as it would have.

    Parameters
    ----------
    path
        What `export` wrote.
    seen : (n, 8, k, j, i)
        Inputs on which the normalisation is measured.

    Raises
    ------
    InputError
        If the file is not such a network.
    """
    net = PromptedNet().eval()
    graph = onnx.load(path).graph
    values = {w.name.removesuffix(HALF): _array(w) for w in graph.initializer}
    folded = [
        node.input[1:]
        for node in graph.node
        if node.op_type == "Conv" and not node.input[1].startswith(KEPT)
    ]
    pairs = _pairs(net)
    try:
        named = {n.removeprefix(KEPT): v for n, v in values.items() if n.startswith(KEPT)}
        net.load_state_dict({n: torch.from_numpy(v) for n, v in named.items()}, strict=False)
        for (convolution, norm), (weight, bias) in zip(pairs, folded, strict=True):
            convolution.load_state_dict({"weight": torch.from_numpy(values[weight])})
            norm.load_state_dict({"bias": torch.from_numpy(values[bias])}, strict=False)
    except (KeyError, RuntimeError, ValueError) as fault:
        raise InputError(f"{path} holds no prompted network.") from fault
    _measure([norm for _, norm in pairs], net, seen)
    return net


def _array(weight: onnx.TensorProto) -> NDArray[np.float32]:
    return numpy_helper.to_array(weight).astype(np.float32)


def _pairs(net: PromptedNet) -> list[tuple[nn.Conv3d, nn.BatchNorm3d]]:
    """Each convolution that is normalised, in the order in which the network runs them."""
    found = []
    for block in net.blocks:
        found += [(block.first, block.first_norm), (block.second, block.second_norm)]
        found.append(block.beside)
    return found


def _measure(norms: list[nn.BatchNorm3d], net: PromptedNet, seen: Tensor) -> None:
    """Give each normalisation the mean and spread of what comes to it, its answer unchanged."""
    given: dict[nn.Module, tuple[Tensor, Tensor]] = {}

    def measured(norm: nn.Module, values: tuple[Tensor]) -> None:
        given[norm] = values[0].mean((0, 2, 3, 4)), values[0].var((0, 2, 3, 4))

    with torch.no_grad():
        for norm in norms:
            norm.weight.copy_(torch.full_like(norm.weight, 1 + norm.eps).sqrt())
        hooks = [norm.register_forward_pre_hook(measured) for norm in norms]
        net(seen)
        for hook in hooks:
            hook.remove()
        for norm in norms:
            mean, spread = given[norm]
            values = norm.state_dict()
            values |= {"running_mean": mean, "running_var": spread, "bias": norm.bias + mean}
            norm.load_state_dict(values | {"weight": (spread + norm.eps).sqrt()})
