"""A slice of the benchmark `fuzz_case`: one value of a case bent, and every hash mended."""

import pytest

from tests.benchmarks.fuzz_case import genuine, one

MUTATIONS = range(1, 41)


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    return tmp_path_factory.mktemp("bent")


@pytest.fixture(scope="module")
def cases(room):
    return genuine(room)


@pytest.mark.parametrize("first", MUTATIONS[::10])
def test_no_bent_value_is_a_traceback_or_another_verdict_in_silence(cases, room, first):
    done = [one(cases, room, number, seed=1) for number in range(first, first + 10)]
    faults = [(number, target, wrong) for number, target, *_, wrong in done if wrong]
    assert faults == []
    assert {outcome for _, _, outcome, *_ in done} & {"found"}


@pytest.mark.parametrize("number", [12, 70])
def test_what_stands_in_a_protocols_place_and_is_none_is_no_traceback(cases, room, number):
    assert one(cases, room, number, seed=0)[-1] == []
