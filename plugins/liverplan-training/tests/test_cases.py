"""Cases on disk: what is written is read, what may not train is refused."""

import json

import numpy as np
import pytest
from liverplan_training.cases import HELD_OUT, Case, read_case, read_cases, write_case
from liverplan_training.labels import Label
from liverplan_training.sources import table

from liverplan.errors import InputError


def a_case(name="real_cort_liver", **changes):
    labels = np.zeros((4, 5, 6), np.uint8)
    labels[1:3, 1:4, 1:4] = Label.LIVER
    hu = np.full(labels.shape, 60, np.int16)
    given = {"source": table().source_of(name), "labels": labels, "hu": hu, "known": (1,)}
    return Case(name=name, **(given | changes))


def test_what_is_written_is_read(tmp_path):
    labels = a_case().labels.copy()
    labels[0] = Label.UNSURE
    made = a_case(labels=labels, weight=2.0, rendered_too=False, more={"median": 28.5})
    read = read_case(write_case(tmp_path, made))
    assert (read.name, read.known, read.weight, read.rendered_too) == (made.name, (1,), 2.0, False)
    assert read.more == {"median": 28.5}
    assert read.doubtful
    np.testing.assert_array_equal(read.labels, labels)
    np.testing.assert_array_equal(read.hu, made.hu)


def test_a_folder_with_ircadb_in_it_is_refused_whole(tmp_path):
    made = write_case(tmp_path, a_case())
    made.rename(tmp_path / "real_ircadb01.npz")
    with pytest.raises(InputError, match="real_ircadb01 may not train: 3D-IRCADb"):
        read_cases(tmp_path)


def test_a_file_that_states_another_licence_is_refused_under_a_known_name(tmp_path):
    path = write_case(tmp_path, a_case())
    with np.load(path) as stored:
        arrays = dict(stored)
    meta = json.loads(str(arrays["meta"])) | {"licence": "CC BY-NC-ND 4.0"}
    np.savez(path, **(arrays | {"meta": np.array(json.dumps(meta))}))
    with pytest.raises(InputError, match="'CC BY-NC-ND 4"):
        read_case(path)


def test_what_is_no_case_is_refused(tmp_path):
    path = tmp_path / "btcv_0001.npz"
    path.write_bytes(b"nothing")
    with pytest.raises(InputError, match=r"btcv_0001\.npz is no case"):
        read_case(path)
    np.savez(path, lab=np.ones((2, 2, 2), np.uint8))
    with pytest.raises(InputError, match="is no case"):
        read_case(path)
    with pytest.raises(InputError, match="no case to read"):
        read_cases(tmp_path / "absent")


def test_a_case_must_have_a_liver_and_a_ct_of_its_shape():
    with pytest.raises(InputError, match="has no liver"):
        a_case(labels=np.zeros((4, 5, 6), np.uint8))
    with pytest.raises(InputError, match="its CT and its labels differ in shape"):
        a_case(hu=np.zeros((4, 5, 7), np.int16))


def test_what_is_held_out_never_reaches_a_training(tmp_path):
    assert len(HELD_OUT) >= 6
    for name in ("btcv_0001", *HELD_OUT[:2]):
        write_case(tmp_path, a_case(name, hu=None))
    assert [c.name for c in read_cases(tmp_path, without=HELD_OUT)] == ["btcv_0001"]
    assert [c.name for c in read_cases(tmp_path, only=HELD_OUT)] == list(HELD_OUT[:2])
