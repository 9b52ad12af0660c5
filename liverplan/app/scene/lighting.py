"""How the 3D view is lit: a key light over the eye's shoulder, and an edge on what is seen through.

A body that light goes through shows no shape where it is seen face on. Its edge, where the surface
turns away from the eye, is drawn denser: a silhouette made for each pixel as it is shaded, which
costs no search for edges when the view turns.
"""

from __future__ import annotations

from vtkmodules.vtkRenderingCore import vtkActor, vtkLight, vtkRenderer

KEY = (-0.7, 0.9, 1.0)
"""Where the key light stands as the eye sees it: left, above, in front."""

EDGE = """//VTK::TCoord::Impl
  if (gl_FragData[0].a < 0.01) discard;
  float turned = 1.0 - abs(dot(normalVCVSOutput, normalize(vertexVC.xyz)));
  float edge = smoothstep(0.55, 0.95, turned);
  float clear = gl_FragData[0].a;
  gl_FragData[0].a = mix(clear, min(1.0, 3.0 * clear), edge);
  vec3 shaded = gl_FragData[0].rgb;
  gl_FragData[0].rgb = mix(shaded, mix(diffuseColor, 0.6 * shaded, clear), edge);
"""
"""Denser toward the edge, in its full colour where light goes through and darker where none does;
what is hidden stays hidden."""

HIDDEN = """//VTK::TCoord::Impl
  if (gl_FragData[0].a < {least}) discard;
"""
"""What is hidden hides nothing, also where a body is drawn as solid."""

NEARER = """//VTK::PositionVC::Impl
  gl_Position.z -= 0.003 * gl_Position.w;
"""
"""About a millimetre toward the eye, for what is seen only."""


def light(renderer: vtkRenderer) -> None:
    """Light a scene from over the eye's shoulder, and faintly from the eye itself."""
    renderer.AutomaticLightCreationOff()
    renderer.RemoveAllLights()
    key = vtkLight()
    key.SetLightTypeToCameraLight()
    key.SetPosition(*KEY)
    key.SetFocalPoint(0, 0, 0)
    key.SetIntensity(0.72)
    eye = vtkLight()
    eye.SetLightTypeToHeadlight()
    eye.SetIntensity(0.42)
    for one in (key, eye):
        renderer.AddLight(one)


def cut_open(actor: vtkActor, *, least: float = 0.01) -> None:
    """Let a body be solid in one place and not there where it is less opaque than this."""
    shader, words = actor.GetShaderProperty(), HIDDEN.format(least=least)
    shader.AddFragmentShaderReplacement("//VTK::TCoord::Impl", True, words, False)  # noqa: FBT003 - VTK


def moist(actor: vtkActor) -> None:
    """Let a body gleam as tissue does under the lamp."""
    shown = actor.GetProperty()
    shown.SetInterpolationToPhong()
    shown.SetAmbient(0.1)
    shown.SetDiffuse(0.85)
    shown.SetSpecular(0.28)
    shown.SetSpecularPower(28)


def edged(actor: vtkActor) -> None:
    """Draw a body's silhouette: its edge is denser than its face."""
    actor.GetShaderProperty().AddFragmentShaderReplacement("//VTK::TCoord::Impl", True, EDGE, False)  # noqa: FBT003 - VTK


def nearer(actor: vtkActor) -> None:
    """Let a body win where it meets the liver's surface: one at the capsule is not half hidden."""
    where = "//VTK::PositionVC::Impl"
    actor.GetShaderProperty().AddVertexShaderReplacement(where, True, NEARER, False)  # noqa: FBT003 - VTK
