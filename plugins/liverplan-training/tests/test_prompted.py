"""The prompted network's training: what is drawn, what is learned, what is exported."""

from itertools import islice

import numpy as np
import onnxruntime
import pytest
import torch
from liverplan_training.export import export as write
from liverplan_training.going_on import from_onnx, measure_normalisation
from liverplan_training.prompted.examples import KINDS, examples
from liverplan_training.prompted.export import export
from liverplan_training.prompted.loop import loss_of
from liverplan_training.prompted.net import CHANNELS, PromptedNet
from liverplan_training.prompted.scene import FAT, LIVER, Case
from liverplan_training.prompted.table import table

from liverplan.errors import InputError
from liverplan.segmentation.lesions.prompted.channels import SIDE


@pytest.fixture(scope="module")
def case():
    labels = np.full((70, 90, 90), FAT, np.uint8)
    k, j, i = np.indices(labels.shape)
    labels[((k - 35) / 28) ** 2 + ((j - 45) / 38) ** 2 + ((i - 45) / 38) ** 2 < 1] = LIVER
    return Case(name="ball", labels=labels, hu=None, liver_at=np.argwhere(labels == LIVER)[::9])


@pytest.fixture(scope="module")
def drawn(case):
    return list(islice(examples([case], 5), 24))


def test_the_same_seed_draws_the_same_examples(case, drawn):
    again = next(examples([case], 5))
    assert np.array_equal(again.seen, drawn[0].seen)
    assert np.array_equal(again.target, drawn[0].target)


def test_a_prompt_points_into_what_is_to_be_found(drawn):
    for made in drawn:
        assert made.seen.shape == (CHANNELS, SIDE, SIDE, SIDE)
        assert made.kind in KINDS
        assert made.target[made.seen[2] > 0.6].any()
        assert not made.target[made.seen[5] > 0.95].any()


def test_a_few_steps_come_nearer_to_one_example(drawn):
    torch.manual_seed(0)
    net = PromptedNet()
    optimiser = torch.optim.AdamW(net.parameters(), lr=5e-3)
    x = torch.from_numpy(drawn[0].seen)[None]
    target = torch.from_numpy(drawn[0].target.astype(np.float32))[None]
    losses = []
    for _ in range(20):
        loss, _ = loss_of(net(x), target)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < 0.8 * losses[0]


def test_an_exported_network_answers_as_the_trained_one(tmp_path, drawn):
    torch.manual_seed(0)
    net = PromptedNet().eval()
    torch.save(net.state_dict(), tmp_path / "prompted.pt")
    file = export(tmp_path / "prompted.pt", tmp_path / "prompted.onnx")
    seen = drawn[0].seen[None]
    (found,) = onnxruntime.InferenceSession(file).run(None, {"seen": seen})
    with torch.no_grad():
        wanted = torch.sigmoid(net(torch.from_numpy(seen))).numpy()
    assert np.abs(found - wanted).max() < 0.02
    assert file.stat().st_size < 1_300_000


def test_training_goes_on_where_an_exported_network_ended(tmp_path, drawn):
    torch.manual_seed(0)
    net = PromptedNet()
    seen = torch.from_numpy(np.stack([made.seen for made in drawn[:4]]))
    net(seen)  # its normalisation has seen something
    torch.save(net.state_dict(), tmp_path / "prompted.pt")
    file = export(tmp_path / "prompted.pt", tmp_path / "prompted.onnx")
    again = from_onnx(file, PromptedNet(), seen)
    measure_normalisation(again, seen)
    with torch.no_grad():
        assert torch.allclose(again(seen), net.eval()(seen), atol=0.02)
        learning = again.train()(seen)
        assert torch.allclose(learning, again.eval()(seen), atol=0.2)


def test_a_network_of_another_kind_does_not_go_on(tmp_path, drawn):
    net, seen = PromptedNet(widths=(8, 16, 24, 32)), torch.zeros(1, CHANNELS, SIDE, SIDE, SIDE)
    onnx = write(net, [seen], tmp_path / "other.onnx", inputs=["seen"], outputs=["lesion"])
    with pytest.raises(InputError, match="holds no network of this make"):
        from_onnx(onnx, PromptedNet(), torch.from_numpy(drawn[0].seen)[None])


def test_a_table_tells_prompts_sizes_and_contrasts_apart(tmp_path, case):
    torch.save(PromptedNet().state_dict(), tmp_path / "prompted.pt")
    np.savez(tmp_path / "ball.npz", lab=case.labels)
    lines = table(tmp_path / "prompted.pt", tmp_path, count=6)
    assert any(line.startswith("all: ") for line in lines)
    assert any(line.startswith("size ") for line in lines)
