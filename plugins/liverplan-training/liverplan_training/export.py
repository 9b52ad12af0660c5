"""To ONNX: what the product runs, with no torch."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from liverplan_training.network import LATTICE, LiverNetwork, UNet

OPSET = 17
SPATIAL = {2: "k", 3: "j", 4: "i"}
HALVED_FROM = 256
"""Numbers; smaller tensors stay float32."""


def export_liver(net: UNet, path: Path) -> Path:
    """Write a liver network: ``hu`` to ``organs`` and ``lesion``, of any size on the lattice."""
    side = 2 * LATTICE
    return export(
        LiverNetwork(net),
        [torch.zeros(1, 1, side, side, side)],
        path,
        inputs=["hu"],
        outputs=["organs", "lesion"],
    )


def export(
    net: nn.Module,
    example: Sequence[torch.Tensor],
    path: Path,
    *,
    inputs: Sequence[str],
    outputs: Sequence[str],
    axes: Mapping[int, str] = SPATIAL,
) -> Path:
    """Write a network with float16 weights and float32 arithmetic.

    Parameters
    ----------
    example
        An input of each kind.
    inputs, outputs
        Their names.
    axes
        Axes of free length, in every input and output.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with warnings.catch_warnings():
        # the exporter that needs nothing beyond torch; its successor needs more packages
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.onnx.export(
            net.eval(),
            tuple(example),
            str(path),
            input_names=list(inputs),
            output_names=list(outputs),
            opset_version=OPSET,
            dynamo=False,
            dynamic_axes={name: dict(axes) for name in (*inputs, *outputs)},
        )
    model = with_softmax_in_steps(with_half_weights(onnx.load(path)))
    onnx.checker.check_model(model)
    onnx.save(model, path)
    return path


def with_half_weights(model: onnx.ModelProto) -> onnx.ModelProto:
    """Return a model whose large weights are kept as float16 and cast when it is loaded."""
    graph, casts = model.graph, []
    for weight in list(graph.initializer):
        values = numpy_helper.to_array(weight)
        if values.dtype == np.float32 and values.size >= HALVED_FROM:
            kept = f"{weight.name}_half"
            graph.initializer.remove(weight)
            graph.initializer.append(numpy_helper.from_array(values.astype(np.float16), kept))
            casts.append(helper.make_node("Cast", [kept], [weight.name], to=TensorProto.FLOAT))
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
    return model


def with_softmax_in_steps(model: onnx.ModelProto) -> onnx.ModelProto:
    """Return a model whose softmax over channels is written as the steps that it consists of.

    On large volumes onnxruntime's own takes a fifth of the network's time on a CPU, the steps a
    thirtieth. Answers differ by rounding alone.
    """
    graph, nodes = model.graph, []
    for node in graph.node:
        nodes += _steps_of(node) if node.op_type == "Softmax" else [node]
    if any(node.op_type == "Softmax" for node in graph.node):
        graph.initializer.append(numpy_helper.from_array(np.array([1]), "channels"))
    del graph.node[:]
    graph.node.extend(nodes)
    return model


def _steps_of(softmax: onnx.NodeProto) -> list[onnx.NodeProto]:
    (logits,), (shares,) = softmax.input, softmax.output
    most, less, raised, total = (f"{shares}_{step}" for step in ("most", "less", "exp", "sum"))
    return [
        helper.make_node("ReduceMax", [logits], [most], axes=[1]),
        helper.make_node("Sub", [logits, most], [less]),
        helper.make_node("Exp", [less], [raised]),
        helper.make_node("ReduceSum", [raised, "channels"], [total]),
        helper.make_node("Div", [raised, total], [shares]),
    ]


def sha256(path: Path) -> str:
    """Return the hash by which a card names its weights."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
