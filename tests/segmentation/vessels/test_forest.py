"""The cheapest forest, against all forests tried one by one; and a web parted by it."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liverplan.segmentation.vessels import forest
from liverplan.segmentation.vessels.apart import parted, straight_ahead
from liverplan.segmentation.vessels.forest import ROOT, Links, cheapest_forest
from liverplan.segmentation.vessels.web import Web, stretch_of

LEFT_OUT = 9.0


def cost_of(links, price, chosen):
    """Price of a choice of a link, or None, for each thing; None where it is no forest."""
    taken = {int(links.target[n]) for n in chosen if n is not None}
    before = {int(links.target[n]): int(links.source[n]) for n in chosen if n is not None}
    for first in list(before):
        state, seen = first, set()
        while state != ROOT:
            if state in seen or state not in taken:
                return None
            seen.add(state)
            state = before[state]
    return sum(LEFT_OUT if n is None else price[n] for n in chosen)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), things=st.integers(1, 4), count=st.integers(1, 10))
def test_no_forest_is_cheaper(seed, things, count):
    chance = np.random.default_rng(seed)
    group = np.repeat(np.arange(things), 2)
    target = chance.integers(0, 2 * things, count)
    source = np.where(chance.random(count) < 0.3, ROOT, chance.integers(0, 2 * things, count))
    source = np.where((source != ROOT) & (group[source] == group[target]), ROOT, source)
    links, price = Links(group=group, source=source, target=target), chance.random(count) * 12
    options = [[None, *np.flatnonzero(group[target] == thing)] for thing in range(things)]
    costs = [cost_of(links, price, chosen) for chosen in product(*options)]
    taken = np.flatnonzero(cheapest_forest(links, price, LEFT_OUT) > 0.5)
    by_thing = {int(group[target[n]]): n for n in taken}
    assert len(by_thing) == len(taken)
    found = cost_of(links, price, [by_thing.get(thing) for thing in range(things)])
    assert found is not None
    assert found == pytest.approx(min(cost for cost in costs if cost is not None))
    shares = cheapest_forest(links, price, LEFT_OUT, whole=False)
    held = np.bincount(group[target], shares, minlength=things)
    assert held.max() < 1 + 1e-6
    assert shares @ price + LEFT_OUT * (1 - held).sum() < found + 1e-6


def test_what_hangs_on_itself_alone_is_no_tree():
    links = Links(group=np.array([0, 1]), source=np.array([0, 1, ROOT]), target=np.array([1, 0, 0]))
    taken = cheapest_forest(links, np.array([1.0, 1.0, 5.0]), LEFT_OUT)
    assert np.rint(taken).tolist() == [1, 0, 1]


@pytest.mark.parametrize(("share", "degrees"), [(1.0, 0.0), (0.5 ** (1 / 3), 37.5), (0.1, 86)])
def test_a_branch_leaves_at_the_angle_of_least_work(share, degrees):
    told = np.degrees(np.arccos(straight_ahead(4.0, 4.0 * share)))
    assert told == pytest.approx(degrees, abs=0.3)


def web_of(lines):
    """A web of straight lines, each from a meeting to another, mm, with a radius at each end."""
    places, points, stretches = {}, [], []
    for start, stop, radii in lines:
        numbers = np.arange(len(points), len(points) + 9)
        points += list(np.linspace(start, stop, 9))
        ends = tuple(places.setdefault(place, len(places)) for place in (start, stop))
        radius = np.zeros(len(points))
        radius[numbers] = np.linspace(*radii, 9)
        steady = np.full(len(points), 9.0)
        stretches.append(stretch_of(numbers, ends, np.array(points), radius, steady))
    points = np.array(points)
    nothing = np.zeros((1, 1, 1), bool)
    every = np.ones(len(points))
    web = Web(nothing, points.astype(int), points, every, 9 * every, tuple(stretches), ())
    return web, places


@pytest.mark.parametrize("most_open", [forest.MOST_OPEN, -1])
def test_a_tree_keeps_what_lies_far_from_its_root_and_touches_the_other(most_open, monkeypatch):
    """Each fork costs its own a little; a thin end that touches a root costs hardly anything."""
    lines = [
        ((0, 0, 0), (0, 0, 20), (5, 5)), ((0, 0, 20), (0, 18, 24), (4, 4)),
        ((0, 0, 20), (0, -18, 24), (4, 4)), ((0, 18, 24), (12, 24, 40), (3, 3)),
        ((0, 18, 24), (-12, 24, 40), (3, 3)), ((12, 24, 40), (12, 40, 48), (2, 2)),
        ((12, 24, 40), (16, 24, 60), (2, 1.5)), ((12, 40, 48), (12, 56, 50), (1.5, 1.5)),
        ((12, 40, 48), (2, 44, 62), (1.5, 1.5)), ((16, 24, 60), (40, 20, 80), (4, 5)),
    ]  # fmt: skip
    monkeypatch.setattr(forest, "MOST_OPEN", most_open)  # -1: shares alone decide
    web, places = web_of(lines)
    starts = {places[(0, 0, 0)]: 0.0}, {places[(40, 20, 80)]: 0.0}
    roots = np.array([(0.0, 0, 0), (40.0, 20, 80)])
    found = parted(web, starts, roots, np.zeros(len(web.points_mm)))
    assert found.tree.tolist() == [1] * 9 + [2]
    assert (found.sure > 0.5).all()
    assert (found.sure <= 1).all()
    assert found.sure[0] > found.sure[6]


def test_what_no_root_reaches_is_in_neither_tree():
    web, places = web_of([((0, 0, 0), (0, 0, 20), (3, 3)), ((50, 0, 0), (50, 0, 20), (3, 3))])
    starts = {places[(0, 0, 0)]: 0.0}, {}
    found = parted(web, starts, np.zeros((2, 3)), np.zeros(len(web.points_mm)))
    assert found.tree.tolist() == [1, 0]
