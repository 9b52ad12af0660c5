"""States that this version does not know, or that make no sense, are refused in words."""

import pytest

from liverplan.case.state import CaseState, content_sha256, read_state
from liverplan.errors import CaseError


def read(document):
    return read_state(document, lambda _: b"", lambda _: {})


@pytest.fixture
def document(case):
    return dict(case.state_json)


@pytest.mark.parametrize(
    "spoil",
    [
        {"plan": {"cuts": [{"kind": "plane", "point_mm": [0, 0], "normal": [0, 0, 1]}]}},
        {"plan": {"cuts": [{"kind": "plane", "point_mm": [0, 0, 0]}]}},
        {"ct": {"file": "x", "type": "int16"}},
        {"plan": {"schema": "liverplan.plan/9", "cuts": []}},
        {"maps": {"couinaud": {"file": "x"}}},
        {"documents": None},
    ],
)
def test_a_senseless_state_is_refused(document, spoil):
    document = {**document, "ct": None, "segmentation": None, **spoil}
    with pytest.raises(CaseError, match="cannot be understood"):
        read(document)


def test_a_document_may_not_take_the_name_of_a_part():
    with pytest.raises(CaseError, match="may be called plan"):
        CaseState(others={"plan": {}, "nurse": []})


def test_the_content_hash_leaves_signatures_out(document):
    assert content_sha256(document) == content_sha256({**document, "signatures": [1]})
    assert content_sha256(document) != content_sha256({**document, "plan": {}})
