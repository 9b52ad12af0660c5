"""Weights on disk: arrays and JSON, no pickle."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import torch

from liverplan.errors import InputError
from liverplan_training.network import UNet, liver_unet

WIDTHS_KEY = "widths"


def save_weights(path: Path, net: UNet) -> None:
    """Write a network's weights as float16."""
    arrays = {
        name: value.half().numpy() if value.dtype.is_floating_point else value.numpy()
        for name, value in net.state_dict().items()
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    widths = np.array(json.dumps(net.widths))
    np.savez_compressed(path, allow_pickle=False, **{WIDTHS_KEY: widths}, **arrays)


def load_weights(path: Path) -> UNet:
    """Read a network for organs and lesions, ready to be asked."""
    try:
        with np.load(path) as stored:
            values = {name: stored[name] for name in stored.files}
        widths = json.loads(str(values.pop(WIDTHS_KEY)))
        net = liver_unet(widths, exported="coarse.weight" not in values)
        net.load_state_dict(
            {
                name: torch.from_numpy(v.astype(np.float32) if v.dtype == np.float16 else v)
                for name, v in values.items()
            }
        )
    except (OSError, EOFError, ValueError, KeyError, RuntimeError) as fault:
        raise InputError(f"{path} holds no weights of a liver network.") from fault
    return net.eval()
