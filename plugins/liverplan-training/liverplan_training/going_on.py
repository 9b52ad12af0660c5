"""Training goes on from a network that shipped: its ONNX file back into the network it was."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from torch import Tensor, nn

from liverplan.errors import InputError

Net = TypeVar("Net", bound=nn.Module)
Layer = tuple[nn.Module, nn.BatchNorm3d | None]
"""A convolution, and the normalisation after it, if there is one."""

HALF = "_half"
CONVOLUTIONS = (nn.Conv3d, nn.ConvTranspose3d)


def from_onnx(path: Path, net: Net, seen: Tensor) -> Net:
    """Load the weights of an exported network into one that answers as it does.

    An export folds each normalisation into the convolution before it: here it becomes one that
    changes nothing but adds what the export added, until `measure_normalisation` gives it back
    what comes to it.

    Parameters
    ----------
    path
        What `export` wrote.
    net
        A network of the same make, with new weights.
    seen : (n, channels, k, j, i)
        An input: the order in which the network runs its layers is the file's.

    Raises
    ------
    InputError
        If the file is not such a network.
    """
    graph = onnx.load(path).graph
    values = {w.name.removesuffix(HALF): _array(w) for w in graph.initializer}
    nodes = [node for node in graph.node if node.op_type in ("Conv", "ConvTranspose")]
    try:
        for (convolution, norm), node in zip(_layers(net.eval(), seen), nodes, strict=True):
            weight, bias = (torch.from_numpy(values[name]) for name in node.input[1:])
            if norm is None:
                convolution.load_state_dict({"weight": weight, "bias": bias})
            else:
                convolution.load_state_dict({"weight": weight})
                even = torch.full_like(norm.weight, 1 + norm.eps).sqrt()
                norm.load_state_dict({"weight": even, "bias": bias}, strict=False)
    except (KeyError, RuntimeError, ValueError) as fault:
        raise InputError(f"{path} holds no network of this make.") from fault
    return net


@torch.no_grad()
def measure_normalisation(net: nn.Module, seen: Tensor) -> None:
    """Give each normalisation the mean and spread of what comes to it, its answer unchanged.

    Parameters
    ----------
    net
        As `from_onnx` returns it.
    seen : (n, channels, k, j, i)
        Inputs on which they are measured.
    """
    given: dict[nn.BatchNorm3d, tuple[Tensor, Tensor]] = {}

    def measured(norm: nn.Module, values: tuple[Tensor]) -> None:
        if isinstance(norm, nn.BatchNorm3d):
            given[norm] = values[0].mean((0, 2, 3, 4)), values[0].var((0, 2, 3, 4))

    _watched(net, seen, lambda layer: layer.register_forward_pre_hook(measured))
    for norm, (mean, spread) in given.items():
        values = norm.state_dict()
        values |= {"running_mean": mean, "running_var": spread, "bias": norm.bias + mean}
        norm.load_state_dict(values | {"weight": (spread + norm.eps).sqrt()})


def _array(weight: onnx.TensorProto) -> NDArray[np.float32]:
    """Return a copy that may be written to."""
    return np.array(numpy_helper.to_array(weight), dtype=np.float32)


def _layers(net: nn.Module, seen: Tensor) -> list[Layer]:
    """Each convolution in the order in which the network runs them."""
    layers: list[Layer] = []

    def ran(layer: nn.Module, *_: object) -> None:
        if isinstance(layer, CONVOLUTIONS):
            layers.append((layer, None))
        elif isinstance(layer, nn.BatchNorm3d):
            layers[-1] = (layers[-1][0], layer)

    _watched(net, seen, lambda layer: layer.register_forward_hook(ran))
    return layers


@torch.no_grad()
def _watched(
    net: nn.Module, seen: Tensor, hook: Callable[[nn.Module], torch.utils.hooks.RemovableHandle]
) -> None:
    """Run a network once, with a hook on each of its layers."""
    hooks = [hook(layer) for layer in net.modules()]
    net(seen)
    for each in hooks:
        each.remove()
