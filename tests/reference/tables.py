"""The table on disk: a file for each part, a row a key."""

import json
import platform
from pathlib import Path

import numpy as np
from llvmlite.binding import get_host_cpu_name

TABLE = Path(__file__).with_name("table")
PARTS = ("torso", "library", "ircadb01")


def machine():
    """What floats' last digits hang on."""
    return {
        "processor": get_host_cpu_name(),
        "system": f"{platform.system()} {platform.machine()}",
        "numpy": np.__version__,
    }


def read(part):
    return json.loads((TABLE / f"{part}.json").read_text("utf-8"))


def write(part, rows):
    """Write rows; floats as `repr` gives them, lists of plain values on one line."""
    TABLE.mkdir(exist_ok=True)
    (TABLE / f"{part}.json").write_text(_text(rows) + "\n", "utf-8")


def _text(value, indent=0):
    plain = json.dumps(value, ensure_ascii=False, allow_nan=False)
    if len(plain) + indent <= 98 or not isinstance(value, dict | list) or not value:
        return plain
    pad = " " * (indent + 1)
    if isinstance(value, list):
        rows = [_text(v, indent + 1) for v in value]
        opened, closed = "[", "]"
    else:
        rows = [
            f"{json.dumps(k, ensure_ascii=False)}: {_text(v, indent + 1)}" for k, v in value.items()
        ]
        opened, closed = "{", "}"
    return f"{opened}\n{pad}" + f",\n{pad}".join(rows) + f"\n{' ' * indent}{closed}"
