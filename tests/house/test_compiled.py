"""Compiled code has one way to be made, which bears a place without a cache."""

from pathlib import Path

import liverplan

ROOT = Path(liverplan.__file__).parent


def test_only_one_module_asks_numba_to_compile():
    asking = [
        str(path.relative_to(ROOT))
        for path in ROOT.rglob("*.py")
        if "import numba" in (text := path.read_text("utf-8")) or "from numba" in text
    ]
    assert asking == ["compiled.py"]
