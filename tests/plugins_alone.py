"""Each plugin alone in a fresh environment beside liverplan: ``python -m tests.plugins_alone``.

What is given out is built, installed and used by `tests.wheel`. For each plugin that environment is
copied, the plugin's wheel installed into the copy, and there: what it announces is discovered (the
training, no part of the product, has no wheel and announces nothing), and nothing else is; the
command line uses it; what it lacks is one sentence. Printed: what was found and the time.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
import tomllib
from pathlib import Path

from tests.wheel import ROOT, add, build, install, run, use

LOOK = """
import json
from importlib.metadata import entry_points
groups = ("liverplan.segmenters", "liverplan.archives")
found = [entry for group in groups for entry in entry_points(group=group)]
print(json.dumps([[e.group, e.name, bool(e.load())] for e in found]))
"""
CHOSEN = "found or command_line or absence or lack or config"
"""Of the plugin's own tests, those that say that it is there, used, and missed in words."""


def main() -> None:
    """Try every plugin; stop at the first that fails."""
    with tempfile.TemporaryDirectory(prefix="liverplan-alone-") as place:
        folder = Path(place)
        built = build(folder)
        base = install(built, folder)
        use(base, folder)
        add(base, built, "pytest")
        assert found_in(base, folder) == []
        for plugin in sorted((ROOT / "plugins").iterdir()):
            if (plugin / "pyproject.toml").is_file():
                try_alone(plugin, built, base, folder)


def try_alone(plugin: Path, built: Path, base: Path, folder: Path) -> None:
    """Install one plugin into a copy of the environment, and use it."""
    start = time.perf_counter()
    own = folder / plugin.name
    shutil.copytree(base, own, symlinks=True, copy_function=os.link)  # pip replaces, never rewrites
    wheels = list(built.glob(f"{plugin.name.replace('-', '_')}-*.whl"))
    add(own, built, *(wheels or [plugin]))
    found = found_in(own, folder)
    assert [(group, name) for group, name, _ in found] == announced_by(plugin)
    assert all(loads for _, _, loads in found)
    told = run(
        own / "bin" / "python", "-m", "pytest", "-q", "-c", ROOT / "pyproject.toml", "-k", CHOSEN,
        plugin / "tests", folder=folder,
    )  # fmt: skip
    last = told.strip().splitlines()[-1]
    names = ", ".join(f"{group} {name!r}" for group, name, _ in found) or "no part of the product"
    print(f"{plugin.name}: {names}; {last}; {time.perf_counter() - start:.0f} s", flush=True)


def announced_by(plugin: Path) -> list[tuple[str, str]]:
    """Return what a plugin's own project file announces to liverplan: groups and names."""
    project = tomllib.loads((plugin / "pyproject.toml").read_text("utf-8"))["project"]
    groups = project.get("entry-points", {})
    return [(group, name) for group in groups for name in groups[group]]


def found_in(environment: Path, folder: Path) -> list[tuple[str, str, bool]]:
    """Return the plugins that an environment announces: group, name, whether it loads."""
    return json.loads(run(environment / "bin" / "python", "-c", LOOK, folder=folder))


if __name__ == "__main__":
    main()
