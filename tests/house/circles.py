"""Import circles: modules that need each other to be loaded, told from the imports by grimp."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

GRAPH = """
import grimp, json, sys
graph = grimp.build_graph(*sys.argv[1:], cache_dir=None)
print(json.dumps({m: sorted(graph.find_modules_directly_imported_by(m)) for m in graph.modules}))
"""


def imports_of(root: Path) -> dict[str, list[str]]:
    """Return what every module of a checkout, its plugins' too, imports of the others.

    A process of its own reads it, since the packages of another checkout have the same names.
    """
    plugins = [path.parent for path in sorted((root / "plugins").glob("*/liverplan_*/__init__.py"))]
    places = [root, *(path.parent for path in plugins)]
    done = subprocess.run(
        [sys.executable, "-c", GRAPH, "liverplan", *(path.name for path in plugins)],
        cwd=root,  # what lies where python starts comes first
        env=os.environ | {"PYTHONPATH": os.pathsep.join(map(str, places))},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def circles_of(root: Path) -> tuple[tuple[str, ...], ...]:
    """Return every set of modules that import each other, directly or by way of others."""
    return tuple(sorted(_circles(imports_of(root))))


def _circles(imports: Mapping[str, list[str]]) -> Iterator[tuple[str, ...]]:
    reached = {module: _reached(imports, module) for module in imports}
    seen: set[str] = set()
    for module in sorted(imports):
        if module in reached[module] and module not in seen:
            circle = tuple(sorted(m for m in reached[module] if module in reached[m]))
            seen.update(circle)
            yield circle


def _reached(imports: Mapping[str, list[str]], start: str) -> set[str]:
    """Every module that one needs, by any way."""
    found: set[str] = set()
    ahead = list(imports[start])
    while ahead:
        module = ahead.pop()
        if module not in found:
            found.add(module)
            ahead.extend(imports.get(module, ()))
    return found
