"""What the room exports."""

import liverplan.segmentation as room


def test_all_that_is_exported_exists():
    assert sorted(room.__all__) == sorted(set(room.__all__))
    assert all(hasattr(room, name) for name in room.__all__)
