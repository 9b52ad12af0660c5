"""The networks that are shipped: their files, hashes and licences, and how they are opened."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np

from liverplan.errors import BackendError
from liverplan.segmentation.morphology import Float32

if TYPE_CHECKING:
    import onnxruntime

os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # else its import gives the machine an ID, and a diary

THREADS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """A network that lies in this package.

    Parameters
    ----------
    name, version : str
        What masks say made them.
    file : str
        The ONNX file beside this module.
    sha256 : str
        Of that file; another one is refused.
    licence : str
        Under which the weights may be used; the model card names each source's own.
    card : str
        The model card's file beside this module.
    level : float
        Log-odds of the liver at which its volume is right: read off CTs with an expert's volume;
        0 where the network finds no liver.
    """

    name: str
    version: str
    file: str
    sha256: str
    licence: str
    card: str
    level: float = 0.0

    def read(self) -> bytes:
        """Return the file's bytes.

        Raises
        ------
        BackendError
            If the file lacks, or is not the one that was measured.
        """
        place = files(__package__) / self.file
        try:
            content = place.read_bytes()
        except OSError as error:
            raise BackendError(f"The network's file {place} cannot be read.") from error
        if hashlib.sha256(content).hexdigest() != self.sha256:
            raise BackendError(f"The network's file {place} was altered: its SHA-256 differs.")
        return content

    def run(self, **inputs: Float32) -> tuple[Float32, ...]:
        """Run the network on named (1, 1, k, j, i) arrays, as on its card, for its outputs."""
        import onnxruntime  # noqa: PLC0415 - a window need not wait for it

        after = onnxruntime.RunOptions()
        after.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
        outputs = _session(self).run(None, inputs, after)
        return tuple(np.asarray(output, dtype=np.float32) for output in outputs)


LIVER = Weights(
    name="liverplan liver network",
    version="2.1",
    file="liver_v2.onnx",
    sha256="7d16d820e8f30d9f201f7d77d687dd399e41905be5677626f66902b70b7e294c",
    licence="Apache-2.0",
    card="liver_v2.md",
    level=1.4,
)
"""Finds the liver, its lesions and the organs around it."""

PROMPTED = Weights(
    name="liverplan prompted lesion network",
    version="2",
    file="prompted_v2.onnx",
    sha256="6452904cfe394ff9c46e987a372c9ab81a40d9495e22fd3dfebd6a5fafb3adc8",
    licence="Apache-2.0",
    card="prompted_v2.md",
)
"""Outlines the metastasis that a click, its axes or a box point at."""


@cache
def _session(weights: Weights) -> onnxruntime.InferenceSession:
    """Open a network once: two threads, no memory planned ahead, nothing told to anybody.

    A thread that has nothing to do sleeps: on busy cores, one that spins takes from the other.
    """
    import onnxruntime  # noqa: PLC0415 - as above

    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = THREADS
    options.inter_op_num_threads = 1
    options.enable_mem_pattern = False
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(weights.read(), options, providers=["CPUExecutionProvider"])
