"""What leaves the package: weights, ONNX with the same answers, the card, the commands."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from liverplan_training.card import card_of, markdown
from liverplan_training.cases import HELD_OUT, Case, write_case
from liverplan_training.commands import main
from liverplan_training.evaluation.conditions import conditions
from liverplan_training.evaluation.predictors import by_slabs, of_net, of_onnx
from liverplan_training.export import export_liver, sha256, with_softmax_in_steps
from liverplan_training.facts import Facts, Measured
from liverplan_training.network import liver_unet
from liverplan_training.phantoms import RECIPE, phantom
from liverplan_training.sources import table
from liverplan_training.training.loop import train
from liverplan_training.training.recipe import Budget
from liverplan_training.weights import load_weights, save_weights
from onnx import helper
from onnxruntime import InferenceSession

from liverplan.errors import InputError

FACTS = Facts(
    name="A network", trained_on=("btcv_0001", "real_cort_liver"), recipe={"batch": 6}, steps=3,
    seconds=4, device="a processor", torch="2", unbiased_level=0.5, remarks=("It is small.",),
)  # fmt: skip


@pytest.fixture(scope="module")
def net_of_two_steps():
    tiny = replace(RECIPE, patch=(16, 16, 16), batch=1, widths=(4, 8, 8))
    return train([phantom(0)], tiny, Budget(steps=2), told=str).net


@pytest.fixture(scope="module")
def exported(net_of_two_steps, tmp_path_factory):
    return export_liver(net_of_two_steps, tmp_path_factory.mktemp("exported") / "liver.onnx")


@pytest.fixture
def data(tmp_path):
    """A folder with a map to train from and one that is held out."""
    for name in ("btcv_0001", HELD_OUT[0]):
        case = phantom(3)
        write_case(
            tmp_path / "data",
            Case(name=name, source=table().source_of(name), labels=case.labels, known=case.known),
        )
    return tmp_path / "data"


def test_onnx_answers_as_torch_does_on_sides_of_any_length(net_of_two_steps, exported):
    rng = np.random.default_rng(0)
    hu = rng.normal(50, 200, (16, 48, 32)).astype(np.float32)
    for ours, theirs in zip(of_net(net_of_two_steps)(hu), of_onnx(exported)(hu), strict=True):
        assert ours.shape == theirs.shape == hu.shape
        np.testing.assert_allclose(ours, theirs, atol=0.01)  # weights as float16
        assert np.ptp(theirs) > 0.01


def test_a_softmax_in_steps_answers_as_one_does():
    """Logits of any size: the largest is taken off first."""
    floats = onnx.TensorProto.FLOAT
    one = helper.make_node("Softmax", ["logits"], ["organs"], axis=1)
    whole = helper.make_graph(
        [one],
        "softmax",
        [helper.make_tensor_value_info("logits", floats, [1, 3, 4, 4, 4])],
        [helper.make_tensor_value_info("organs", floats, [1, 3, 4, 4, 4])],
    )
    model = helper.make_model(whole, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    logits = np.random.default_rng(0).normal(0, 200, (1, 3, 4, 4, 4)).astype(np.float32)
    answers = []
    for each in (
        model,
        with_softmax_in_steps(onnx.ModelProto.FromString(model.SerializeToString())),
    ):
        session = InferenceSession(each.SerializeToString(), providers=["CPUExecutionProvider"])
        answers.append(session.run(None, {"logits": logits})[0])
    np.testing.assert_allclose(*answers, atol=1e-6)


def test_onnx_has_the_product_s_names_opset_and_half_weights(exported):
    model = onnx.load(exported)
    assert [i.name for i in model.graph.input] == ["hu"]
    assert [o.name for o in model.graph.output] == ["organs", "lesion"]
    assert model.opset_import[0].version == 17
    assert "Softmax" not in {node.op_type for node in model.graph.node}
    large = [w for w in model.graph.initializer if np.prod(w.dims) >= 256]
    assert large
    assert all(w.data_type == onnx.TensorProto.FLOAT16 for w in large)


def test_the_full_network_s_file_is_as_large_as_the_product_allows(tmp_path):
    torch.manual_seed(0)
    path = export_liver(liver_unet().eval(), tmp_path / "liver.onnx")
    assert 13e6 < path.stat().st_size < 15e6


def test_slabs_join_without_a_seam():
    hu = np.random.default_rng(1).normal(0, 50, (230, 17, 20)).astype(np.float32)
    liver, lesion = by_slabs(hu, lambda slab: (slab / 100, -slab / 100))
    np.testing.assert_allclose(liver, hu / 100, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(lesion, -hu / 100, rtol=1e-4, atol=1e-5)


def test_weights_are_kept_without_pickle(net_of_two_steps, tmp_path):
    path = tmp_path / "weights.npz"
    save_weights(path, net_of_two_steps)
    with np.load(path, allow_pickle=False) as stored:
        assert len(stored.files) > 20
    hu = torch.zeros(1, 2, 16, 16, 16)
    torch.testing.assert_close(load_weights(path)(hu), net_of_two_steps(hu), atol=0.05, rtol=0.01)
    (tmp_path / "none.npz").write_bytes(b"")
    with pytest.raises(InputError, match="holds no weights"):
        load_weights(tmp_path / "none.npz")


def test_a_card_names_each_source_that_taught_with_its_licence(exported):
    card = card_of(exported, facts=FACTS, measured=None)
    assert [(s.licence, lent) for s, lent in card.sources] == [
        ("CC BY 4.0", ("btcv_0001",)),
        ("CC0", ("real_cort_liver",)),
    ]
    assert card.sha256 == sha256(exported)
    assert card.held_out == HELD_OUT
    assert list(markdown(card))[-1] == "Nothing was measured."
    taught = Facts(
        **{f: getattr(FACTS, f) for f in FACTS.__slots__} | {"trained_on": ("ircadb01",)}
    )
    with pytest.raises(InputError, match="may measure, never train"):
        card_of(exported, facts=taught, measured=None)


@pytest.mark.parametrize("name", ["liver_v2", "liver_v3", "prompted_v2"])
def test_the_facts_of_a_network_name_permitted_sources_alone(name, exported):
    facts = Facts.read(Path(__file__).parents[1] / "networks" / f"{name}.json")
    card = card_of(exported, facts=facts, measured=None)
    assert sum(len(lent) for _, lent in card.sources) == len(facts.trained_on) == 45
    assert card.held_out == ()  # each began before maps were kept out
    with pytest.raises(InputError, match="does not say how a network was trained"):
        Facts.read(exported)


def test_the_command_line_does_everything_unattended(data, tmp_path, capsys, monkeypatch):
    tiny = replace(RECIPE, patch=(16, 16, 16), batch=1, widths=(4, 8, 8))
    monkeypatch.setattr("liverplan_training.commands.SMALL", tiny)
    some = [next(iter(conditions())), list(conditions())[-1]]
    monkeypatch.setattr("liverplan_training.full.conditions", lambda: some)
    out = tmp_path / "out"
    assert main(["full", "--data", str(data), "--out", str(out), "--steps", "2", "--small"]) == 0
    made = {path.name for path in out.iterdir()}
    assert made == {
        "weights.npz", "train.log", "facts.json", "liver.onnx", "measured.json", "card.md",
        "card.json",
    }  # fmt: skip
    assert Facts.read(out / "facts.json").trained_on == ("btcv_0001",)
    assert {row.case for row in Measured.read(out / "measured.json").rows} == {HELD_OUT[0]}
    card = (out / "card.md").read_text("utf-8")
    assert sha256(out / "liver.onnx") in card
    assert "| noise | 40 HU | 1 |" in card
    assert "Not for:" in card
    stored = json.loads((out / "card.json").read_text("utf-8"))
    assert stored["held_out"] == list(HELD_OUT)
    assert len(stored["measured"]["by_condition"]) == 2
    assert "step 1," in capsys.readouterr().out


def test_the_command_line_goes_on_from_a_network_and_its_card_names_all_who_taught(
    data, exported, tmp_path, monkeypatch, capsys
):
    tiny = replace(RECIPE, patch=(16, 16, 16), batch=1, widths=(4, 8, 8), bfloat16=True)
    monkeypatch.setattr("liverplan_training.commands.GOING_ON", tiny)
    out, facts = tmp_path / "out", tmp_path / "facts.json"
    words = ["train", "--data", str(data), "--out", str(out), "--steps", "2"]
    words += ["--start-from", str(exported)]
    assert main(words) == 1
    assert "say by --start-facts how it was trained" in capsys.readouterr().err
    FACTS.write(facts)
    assert main([*words, "--start-facts", str(facts)]) == 0
    made = Facts.read(out / "facts.json")
    assert made.trained_on == ("btcv_0001", "real_cort_liver")
    went_on = f"It goes on from liver.onnx ({sha256(exported)[:12]}), A network."
    assert made.remarks == (went_on, "Of liver.onnx: It is small.")
    anew = export_liver(load_weights(out / "weights.npz"), tmp_path / "anew.onnx")
    hu = np.random.default_rng(0).normal(50, 100, (16, 16, 16)).astype(np.float32)
    before, after = (of_onnx(path)(hu)[0] for path in (exported, anew))
    assert 0 < np.abs(before - after).max() < 0.2


def test_the_command_line_measures_given_weights_and_writes_their_card(
    data, exported, tmp_path, monkeypatch
):
    given = tmp_path / "given.onnx"
    shutil.copy(exported, given)
    FACTS.write(tmp_path / "facts.json")
    few = [next(iter(conditions()))]
    monkeypatch.setattr("liverplan_training.commands.conditions", lambda: few)
    words = ["measure", "--weights", str(given), "--data", str(data), "--cases", "btcv_0001"]
    assert main([*words, "--out", str(tmp_path / "m.json")]) == 0
    words = ["card", "--weights", str(given), "--facts", str(tmp_path / "facts.json")]
    out = tmp_path / "given.md"
    assert main([*words, "--measured", str(tmp_path / "m.json"), "--out", str(out)]) == 0
    card = out.read_text("utf-8")
    assert "Seen in its training, otherwise rendered: btcv_0001." in card
    assert "It is small." in card
    assert "CC0" in card


def test_the_command_line_refuses_in_one_sentence(tmp_path, capsys):
    words = ["train", "--data", str(tmp_path), "--out", str(tmp_path / "out"), "--steps", "1"]
    assert main(words) == 1
    assert capsys.readouterr().err == f"There is no case to read in {tmp_path}.\n"


def test_the_command_line_labels_anew_and_leaves_out_what_nothing_is_sure_of(
    data, net_of_two_steps, tmp_path, monkeypatch, capsys
):
    weights = tmp_path / "w.npz"
    save_weights(weights, net_of_two_steps)
    name = "real_cort_liver"
    case = phantom(11)
    hu = np.where(case.labels == 1, 100, -100).astype(np.int16)
    write_case(data, Case(name=name, source=table().source_of(name), labels=case.labels, hu=hu))
    words = ["relabel", "--data", str(data), "--weights", str(weights), "--out"]
    assert main([*words, str(tmp_path / "none")]) == 0
    assert not (tmp_path / "none").exists()
    assert f"{name}: no CT, or no liver that the network is sure of" in capsys.readouterr().out
    monkeypatch.setattr(
        "liverplan_training.commands.of_net",
        lambda *_: lambda slab: ((slab > 50) * np.float32(1), slab * 0),
    )
    assert main([*words, str(tmp_path / "anew")]) == 0
    assert [p.name for p in (tmp_path / "anew").iterdir()] == [f"{name}.npz"]


def test_the_command_line_exports_weights_that_were_trained(net_of_two_steps, tmp_path):
    weights, path = tmp_path / "w.npz", tmp_path / "liver.onnx"
    save_weights(weights, net_of_two_steps)
    assert main(["export", "--weights", str(weights), "--out", str(path)]) == 0
    assert of_onnx(path)(np.zeros((16, 16, 16), np.float32))[0].shape == (16, 16, 16)
