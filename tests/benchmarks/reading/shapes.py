"""Surfaces by each reader: whether they are closed, and what they enclose, mL."""

import json

from vtkmodules.vtkFiltersCore import vtkFeatureEdges, vtkMassProperties
from vtkmodules.vtkIOGeometry import vtkSTLReader


def by_vtk(path, _tools):
    """As 3D Slicer and ParaView load an STL."""
    reader = vtkSTLReader()
    reader.SetFileName(str(path))
    edges = vtkFeatureEdges()
    edges.SetInputConnection(reader.GetOutputPort())
    edges.FeatureEdgesOff()
    edges.Update()
    mass = vtkMassProperties()
    mass.SetInputConnection(reader.GetOutputPort())
    return {"closed": edges.GetOutput().GetNumberOfCells() == 0, "ml": mass.GetVolume() / 1000}


def by_trimesh(path, tools):
    return json.loads(tools.of_script("in_trimesh.py", path))[""]


def nodes_by_trimesh(path, tools):
    """The named surfaces of a glTF."""
    return json.loads(tools.of_script("in_trimesh.py", path))


def faults_by_validator(path, tools):
    """What Khronos' own validator has to say of a glTF: errors, warnings, hints."""
    return json.loads(tools.of_node("gltf.mjs", path))


READERS = {"vtk": by_vtk, "trimesh": by_trimesh}
