"""Response from one stored case to the next: matched, confirmed by name, kept, and judged."""

import numpy as np
import pytest

from liverplan import case as cases
from liverplan.case import Actor, CaseState, Record
from liverplan.cli import main
from liverplan.errors import CaseError, InputError
from liverplan.findings import SeriesSummary
from liverplan.followup import Confirmation, Visits, confirm, lengths_tenths
from liverplan.segmentation import Segmentation
from liverplan.volume import Grid
from liverplan.words import in_english
from liverplan.workflow import response

SPACING_MM = 2.0
CENTRES_MM = {2: (30, 40, 40), 3: (60, 70, 40), 4: (80, 30, 60)}


def segmentation_of(diameters_mm, order=(2, 3, 4)):
    """An ellipsoid liver with balls; labels are given in ``order``, diameter 0 leaves one out."""
    affine = np.diag([SPACING_MM] * 3 + [1.0])[[2, 1, 0, 3]]
    grid = Grid(shape=(50, 60, 60), affine=affine)
    x = grid.to_mm(np.moveaxis(np.indices(grid.shape), 0, -1))
    labels = (((x - (60, 55, 50)) / (55, 50, 45)) ** 2).sum(axis=-1) < 1
    labels = labels.astype(np.uint8)
    new = 2
    for old in order:
        if diameters_mm.get(old):
            near = np.linalg.norm(x - np.array(CENTRES_MM[old]), axis=-1)
            labels[near < diameters_mm[old] / 2] = new
            new += 1
    return Segmentation(grid=grid, labels=labels)


@pytest.fixture
def store(tmp_path):
    def make(name, segmentation, date):
        grid = segmentation.grid
        series = SeriesSummary(
            uid="1.2", shape=grid.shape, spacing_mm=grid.spacing_mm, study_date=date
        )
        state = CaseState(segmentation=segmentation, record=Record(series=series))
        actor = Actor(name="machine", kind="machine")
        return cases.create_case(tmp_path / name, state=state, actor=actor, what="Made").folder

    return make


@pytest.fixture
def two(store):
    first = store("first", segmentation_of({2: 30, 3: 24, 4: 16}), "20240102")
    second = store("second", segmentation_of({2: 20, 3: 16, 4: 16}, (4, 3, 2)), "20240301")
    return first, second


def run(*arguments):
    with pytest.raises(SystemExit) as stop:
        main([str(a) for a in arguments])
    return stop.value.code


def kept(folder):
    return cases.open_case(folder).state.record.visits


def test_a_confirmed_matching_becomes_visits_of_the_later_case(two, capsys):
    first, second = two
    assert run("committee", "response", second, first, "--name", "Lind") == 0
    assert "partial response (PR)" in capsys.readouterr().out
    visits = kept(second).visits
    lengths = [lengths_tenths(cases.open_case(f).state.segmentation) for f in two]
    assert visits[0].targets == {"M1": lengths[0][2], "M2": lengths[0][3]}
    assert visits[1].targets == {"M1": lengths[1][4], "M2": lengths[1][3]}
    assert [v.non_target for v in visits] == ["non-CR/non-PD", "non-CR/non-PD"]
    assert kept(second).response.overall == "PR"
    assert kept(first).response is None
    last = cases.open_case(second).history[-1]
    assert (last.actor.name, last.actor.kind) == ("Lind", "human")
    assert run("verify", second) == 0


def test_a_third_case_goes_on_with_the_same_targets(two, store, capsys):
    first, second = two
    assert run("committee", "response", second, first, "--name", "Lind") == 0
    third = store("third", segmentation_of({2: 20, 3: 26, 4: 16}), "20240501")
    assert run("committee", "response", third, second, "--name", "Ek") == 0
    assert "progressive disease (PD)" in capsys.readouterr().out
    visits = kept(third).visits
    assert len(visits) == 3
    assert set(visits[2].targets) == {"M1", "M2"}
    assert run("committee", "response", third, second, "--name", "Ek", "--targets", "M1") == 1
    assert "chosen at the first comparison" in capsys.readouterr().err


def test_corrections_count_and_refusals_are_sentences(two, capsys):
    first, second = two
    told = ["committee", "response", second, first, "--name", "Lind"]
    assert run(*told, "--pair", "M3=new") == 0
    assert "a new lesion appeared" in capsys.readouterr().out
    for extra, words in (
        (["--pair", "M9=M1"], "The later CT has no M9"),
        (["--pair", "M1"], "pairs nothing"),
        (["--pair", "M1=x"], "names no metastasis"),
        (["--targets", "M8"], "not measured: M8"),
        (["--non-target", "gone"], "'gone' is no state"),
    ):
        assert run(*told, *extra) == 1
        assert words in capsys.readouterr().err
    assert run("committee", "response", second, first, "--name", " ") == 1
    assert "a person confirms it by name" in capsys.readouterr().err
    assert run("committee", "response", first, second, "--name", "Lind") == 1
    assert "dates must ascend" in capsys.readouterr().err
    assert kept(first).visits == ()


def test_a_target_measured_anew_makes_the_response_outdated(two):
    first, second = (response.examination_of(folder) for folder in two)
    visits = confirm(first, second, response.propose(first, second), Confirmation(name="Lind"))
    assert visits.outdated(second.lengths_tenths) == ()
    smaller = lengths_tenths(segmentation_of({2: 20, 3: 12, 4: 16}, (4, 3, 2)))
    words = " ".join(map(in_english, visits.outdated(smaller)))
    now, then = smaller[3], second.lengths_tenths[3]
    assert words.startswith(f"Target M2 measures {now / 10} mm and was {then / 10} mm")
    assert "compare the CTs again" in words


def test_what_cannot_be_compared_is_refused(two):
    one = response.examination_of(two[0])
    with pytest.raises(CaseError, match="This CT holds no masks"):
        response.examination(Record(), None)
    with pytest.raises(InputError, match=r"'liverplan\.visits/9'"):
        Visits.from_json({"schema": "liverplan.visits/9", "visits": []})
    with pytest.raises(InputError, match="confirms it by name"):
        confirm(one, one, response.propose(one, one), Confirmation(name=" "))
