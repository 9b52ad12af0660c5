"""Mesa's OpenGL in software, taken from the system that builds, with all that it needs of it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sysconfig
from collections.abc import Iterator
from pathlib import Path

PLACES = (Path("/usr/lib") / (sysconfig.get_config_var("MULTIARCH") or ""), Path("/usr/lib64"))
FIRST = ("libGL.so.1", "libEGL.so.1", "libGLX_mesa.so.0", "libEGL_mesa.so.0", "libxcb.so.1")
DRIVER = "dri/swrast_dri.so"
PACKAGES = "libgl1 libegl1 libgl1-mesa-dri libglx-mesa0 libegl-mesa0"
OF_THE_C_LIBRARY = re.compile(r"(ld-linux.*|lib(c|m|dl|rt|pthread|resolv|util))\.so\.\d+")
VENDOR = '{"file_format_version": "1.0.0", "ICD": {"library_path": "libEGL_mesa.so.0"}}\n'
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir prefix="relative">../weblate_fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
"""


def lend(bundle: Path) -> int:
    """Fill the folder that `lent` reads at a start.

    Parameters
    ----------
    bundle : pathlib.Path
        The bundle's inner folder; what lies there already is not taken twice.

    Returns
    -------
    int
        Bytes taken; 0 if this system has no Mesa.
    """
    place = next((place for place in PLACES if (place / DRIVER).is_file()), None)
    if place is None:
        return 0
    lent = bundle / "lent"
    (lent / "dri").mkdir(parents=True)
    shutil.copy2(place / DRIVER, lent / DRIVER)
    for name, path in sorted(needed(place)):
        if not (bundle / name).exists():
            shutil.copy2(path, lent / name)
    (lent / "50_mesa.json").write_text(VENDOR, "utf-8")
    (lent / "fonts.conf").write_text(FONTS, "utf-8")
    _copy_licences(lent)
    return sum(file.stat().st_size for file in lent.rglob("*") if file.is_file())


def needed(place: Path) -> set[tuple[str, Path]]:
    """Return each library's name and file: the first ones, the driver's, and all below them."""
    own = {(name, place / name) for name in FIRST}
    below = {found for name in (*FIRST, DRIVER) for found in _below(place / name)}
    return {found for found in own | below if not OF_THE_C_LIBRARY.fullmatch(found[0])}


def _below(library: Path) -> Iterator[tuple[str, Path]]:
    told = subprocess.run(  # noqa: S603 - the system's own tool, on its own library
        ["ldd", str(library)],  # noqa: S607
        capture_output=True,
        text=True,
        check=True,
    )
    for name, path in re.findall(r"^\s*(\S+) => (/\S+)", told.stdout, re.MULTILINE):
        yield name, Path(path)


def _copy_licences(lent: Path) -> None:
    """Copy what Debian says of the copyright of Mesa and LLVM, where this is a Debian."""
    for package in ("libgl1-mesa-dri", "libgl1", "libx11-6", "libxcb1"):
        said = Path("/usr/share/doc") / package / "copyright"
        if said.is_file():
            shutil.copy2(said, lent / f"{package}.copyright")
    for said in Path("/usr/share/doc").glob("libllvm*/copyright"):
        shutil.copy2(said, lent / f"{said.parent.name}.copyright")
