"""States that this version does not know, or that make no sense, are refused in words."""

import pytest

from liverplan.case.state import content_sha256, read_state
from liverplan.errors import CaseError


def read(document):
    return read_state(document, lambda _: b"", lambda _: {})


@pytest.fixture
def document(case):
    return dict(case.state_json)


@pytest.mark.parametrize("document", [{"schema": "liverplan.state/2"}, {}, [], None])
def test_an_unknown_schema_is_refused(document):
    with pytest.raises(CaseError, match="written by another liverplan"):
        read(document)


@pytest.mark.parametrize(
    "spoil",
    [
        {"planes": [{"point_mm": [0, 0], "normal": [0, 0, 1]}]},
        {"planes": [{"point_mm": [0, 0, 0]}]},
        {"ct": {"file": "x", "type": "int16"}},
        {"documents": None},
    ],
)
def test_a_senseless_state_is_refused(document, spoil):
    document = {**document, "ct": None, "segmentation": None, **spoil}
    with pytest.raises(CaseError, match="cannot be understood"):
        read(document)


def test_the_content_hash_leaves_signatures_out(document):
    assert content_sha256(document) == content_sha256({**document, "signatures": [1]})
    assert content_sha256(document) != content_sha256({**document, "planes": []})
