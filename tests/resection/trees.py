"""The phantom's vessels as branches that are named by their way, and variants of how they fork."""

from dataclasses import replace

import numpy as np

from liverplan.phantom.liver import HEPATIC_VEINS, PORTAL_VEIN
from liverplan.resection.anatomy.maps import PartMap
from liverplan.segmentation.vessels.branches import Branch

FORK, RIGHT_END = (-26.0, 8.0, -14.0), (-52.0, 8.0, -8.0)


def stops(tubes):
    return (tuple(tubes[0].start_mm), *(tuple(tube.end_mm) for tube in tubes))


def branch(name, points, radius_mm):
    points = tuple(tuple(map(float, point)) for point in points)
    return Branch(name=name, points_mm=points, radius_mm=radius_mm)


def portal(name, source, start=None):
    """A branch of the phantom's portal vein, from where it is or from another place."""
    tubes = PORTAL_VEIN[source]
    points = stops(tubes)
    if start is not None:
        points = (start, *points[1:])
    return branch(name, points, (tubes[0].start_radius_mm + tubes[-1].end_radius_mm) / 2)


def left_side(at):
    """The left portal vein and what hangs on it, and what each is."""
    names = {at: "left_portal", f"{at}.1": "left_medial_portal"}
    names |= {f"{at}.{n}": "left_lateral_portal" for n in (2, 3)}
    end = stops(PORTAL_VEIN["left"])[-1]
    hanging = (portal(f"{at}.{n}", source, end) for n, source in enumerate("432", 1))
    return [portal(at, "left"), *hanging], names


def right_ends(at, sources, start):
    key = "right_anterior_portal" if "8" in sources else "right_posterior_portal"
    found = [portal(f"{at}.{n}", source, start) for n, source in enumerate(sources, 1)]
    return found, {one.name: key for one in found}


def usual_portal():
    """A trunk that parts into right and left; the right at once into 5, 6, 7 and 8."""
    left, names = left_side("1.2")
    names |= {"1": "portal_trunk", "1.1": "right_portal"}
    keys = ("right_anterior_portal", "right_posterior_portal")
    names |= {f"1.1.{n}": keys[n in (2, 3)] for n in (1, 2, 3, 4)}
    right = [portal(f"1.1.{n}", source) for n, source in enumerate("5678", 1)]
    return [portal("1", "trunk"), portal("1.1", "right"), *right, *left], names


def _sectors(names_of_sectors, trunk, starts):
    """Right anterior and posterior branches as stems of their own."""
    found, names = [], {}
    for (at, key), start in zip(names_of_sectors.items(), starts, strict=True):
        end = (-56.0, -4.0, -6.0) if key == "right_anterior_portal" else (-60.0, 17.0, -8.0)
        ends, called = right_ends(at, "58" if key == "right_anterior_portal" else "67", end)
        found += [branch(at, (start, end), 4.2), *ends]
        names |= {at: key, **called}
    return [*trunk, *found], names


def trifurcation():
    """Right anterior, right posterior and left from one place."""
    left, names = left_side("1.3")
    sectors = {"1.1": "right_anterior_portal", "1.2": "right_posterior_portal"}
    right, called = _sectors(sectors, [portal("1", "trunk")], (FORK, FORK))
    return right + left, names | called | {"1": "portal_trunk"}


def posterior_first():
    """The right posterior branch comes off the trunk before the others part."""
    early = (-17.0, 9.0, -27.0)
    trunk = [
        branch("1", (stops(PORTAL_VEIN["trunk"])[0], early), 6.4),
        branch("1.1", (early, FORK), 6.0),
    ]
    left, names = left_side("1.1.2")
    sectors = {"1.1.1": "right_anterior_portal", "1.2": "right_posterior_portal"}
    right, called = _sectors(sectors, trunk, (FORK, early))
    return right + left, names | called | {"1": "portal_trunk", "1.1": "portal_trunk"}


def anterior_from_left():
    """The right anterior branch comes off the left portal vein."""
    along = (-14.0, 1.0, -9.0)
    left, names = left_side("1.2.1")
    left[0] = branch("1.2.1", (along, stops(PORTAL_VEIN["left"])[-1]), 4.2)
    trunk = [portal("1", "trunk"), branch("1.2", (FORK, along), 5.0)]
    sectors = {"1.2.2": "right_anterior_portal", "1.1": "right_posterior_portal"}
    right, called = _sectors(sectors, trunk, (along, FORK))
    return right + left, names | called | {"1": "portal_trunk", "1.2": "portal_trunk"}


def hepatic(*kept, cava=True):
    """The hepatic veins that are kept, on the cava or each by itself, and what each is."""
    found, names = [], {}
    if cava:
        below, join, above = (-28.0, 34.0, 20.0), (-26.0, 24.0, 56.0), (-25.0, 20.0, 84.0)
        found = [branch("1", (below, join), 12.0), branch("1.1", (join, above), 12.5)]
        names = {"1": "cava", "1.1": "cava"}
    for number, vein in enumerate(kept, 2 if cava else 1):
        name = f"1.{number}" if cava else str(number)
        tubes = HEPATIC_VEINS[vein]
        points = (join, *stops(tubes)) if cava else stops(tubes)
        found.append(branch(name, points, 3.4))
        names[name] = f"{vein}_hepatic"
    return found, names


def rooted_at(tip, branches):
    """The same branches named by their way from another end, and each one's new name."""
    known = {one.name: one for one in branches}
    moved, waiting, found = {}, [(tip, "1", True)], []
    while waiting:
        old, new, back = waiting.pop()
        moved[old] = new
        points = known[old].points_mm
        found.append(replace(known[old], name=new, points_mm=points[::-1] if back else points))
        place = old.rpartition(".")[0] if back else old
        onward = [n for n in known if n.rpartition(".")[0] == place and n not in moved]
        above = [place] if back and place and place not in moved else []
        ways = [*((n, False) for n in onward if place), *((n, True) for n in above)]
        waiting += [(n, f"{new}.{at}", turned) for at, (n, turned) in enumerate(ways, 1)]
    return found, moved


def lumen(grid):
    """The phantom's two vessel trees, painted as a map of vessels."""
    points = np.moveaxis(grid.to_mm(np.moveaxis(np.indices(grid.shape), 0, -1)), -1, 0)
    x, y, z = points.astype(np.float32)
    labels = np.zeros(grid.shape, np.uint8)
    for number, tree in ((1, PORTAL_VEIN), (2, HEPATIC_VEINS)):
        for tube in (tube for part in tree.values() for tube in part):
            labels[tube.distance_mm(x, y, z) <= 0] = number
    names = ("portal vein", "hepatic veins")
    return PartMap(scheme="vessels", grid=grid, labels=labels, names=names)
