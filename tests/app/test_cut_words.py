"""Every kind of cut has words on screen."""

import pytest

from liverplan.app.session.cut_words import kind_of, title_of
from liverplan.app.steps.resection.panel import how_to_drag
from liverplan.resection.cuts import KINDS
from tests.resection.kinds import EXAMPLES


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_is_named_titled_and_told_how_to_be_dragged(kind):
    cut = EXAMPLES[kind]
    assert kind_of(cut)
    assert title_of(cut)
    assert how_to_drag(cut)


def test_kinds_have_names_of_their_own():
    assert len({kind_of(cut) for cut in EXAMPLES.values()}) == len(EXAMPLES)
