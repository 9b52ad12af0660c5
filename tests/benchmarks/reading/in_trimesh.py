"""Run by another Python: each surface of a file by its name, as JSON; an STL has one, nameless."""

import json
import sys

import trimesh

loaded = trimesh.load(sys.argv[1])
scene = isinstance(loaded, trimesh.Scene)
meshes = loaded.geometry if scene else {"": loaded}
print(json.dumps({
    name: {"closed": bool(mesh.is_watertight), "ml": abs(float(mesh.volume)) / 1000}
    for name, mesh in meshes.items()
}))  # fmt: skip
