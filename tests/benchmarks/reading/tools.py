"""Readers that the project does not depend on, fetched into a folder of their own."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

PYTHON_PACKAGES = ("dcmqi", "trimesh")
NODE_PACKAGES = ("@cornerstonejs/adapters", "@babel/runtime", "gltf-validator")
HERE = Path(__file__).parent


@dataclass(frozen=True, kw_only=True)
class Tools:
    """Where they lie."""

    folder: Path

    @classmethod
    def fetched(cls, folder):
        """Fetch what is not there yet, through pip and npm as they are set up."""
        tools = cls(folder=folder)
        if not tools.python.exists():
            subprocess.run([sys.executable, "-m", "venv", folder / "python"], check=True)
            install = [tools.python, "-m", "pip", "install", "--quiet", *PYTHON_PACKAGES]
            subprocess.run(install, check=True)
        if not (folder / "node_modules").exists():
            quiet = ("--no-audit", "--no-fund", "--ignore-scripts", "--silent")
            (folder / "package.json").write_text('{"private": true}')
            subprocess.run(["npm", "install", *quiet, *NODE_PACKAGES], cwd=folder, check=True)
        for script in HERE.glob("*.mjs"):  # node looks for packages beside the script
            (folder / script.name).write_bytes(script.read_bytes())
        return tools

    @property
    def python(self):
        return self.folder / "python/bin/python"

    def of_python(self, name, *arguments):
        """What a command of a Python package prints."""
        return told(self.folder / "python/bin" / name, *arguments)

    def of_script(self, script, *arguments):
        """What a script of this folder prints under that Python."""
        return told(self.python, HERE / script, *arguments)

    def of_node(self, script, *arguments):
        """What a script prints under node."""
        return told("node", self.folder / script, *arguments, where=self.folder)

    def versions(self):
        """Of each package that is asked for here, by its name."""
        packages = told(self.python, "-m", "pip", "list", "--format=freeze").split()
        found = dict(line.split("==") for line in packages if "==" in line)
        for name in NODE_PACKAGES:
            manifest = self.folder / "node_modules" / name / "package.json"
            found[name] = json.loads(manifest.read_text())["version"]
        return {name: found[name] for name in (*PYTHON_PACKAGES, *NODE_PACKAGES)}


def told(*command, where=None):
    """What a program prints; it must end well, and within two minutes."""
    done = subprocess.run(
        list(map(str, command)), cwd=where, capture_output=True, text=True, check=True, timeout=120
    )
    return done.stdout
