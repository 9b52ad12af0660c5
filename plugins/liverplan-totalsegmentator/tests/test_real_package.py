"""TotalSegmentator itself, where it is installed, on a tiny model that the test makes.

The model has TotalSegmentator's own folder, plans and labels; its weights are zero but for the
last bias, which calls everything liver. What is tested is the way there and back.
"""

# ruff: noqa: PLC0415 - what comes with TotalSegmentator is imported only where that is installed

import json

import numpy as np
import pytest

from liverplan.errors import BackendError
from liverplan.segmentation.backends import segment_with

torch = pytest.importorskip("torch", reason="TotalSegmentator is not installed: [local]")
pytest.importorskip("totalsegmentator", reason="TotalSegmentator is not installed: [local]")

ARCHITECTURE = {
    "network_class_name": "dynamic_network_architectures.architectures.unet.PlainConvUNet",
    "arch_kwargs": {
        "n_stages": 2,
        "features_per_stage": [2, 4],
        "conv_op": "torch.nn.modules.conv.Conv3d",
        "kernel_sizes": [[3, 3, 3], [3, 3, 3]],
        "strides": [[1, 1, 1], [2, 2, 2]],
        "n_conv_per_stage": [1, 1],
        "n_conv_per_stage_decoder": [1],
        "conv_bias": True,
        "norm_op": "torch.nn.modules.instancenorm.InstanceNorm3d",
        "norm_op_kwargs": {"eps": 1e-5, "affine": True},
        "dropout_op": None,
        "dropout_op_kwargs": None,
        "nonlin": "torch.nn.LeakyReLU",
        "nonlin_kwargs": {"inplace": True},
    },
    "_kw_requires_import": ["conv_op", "norm_op", "dropout_op", "nonlin"],
}


def plans(dataset, configuration, spacing):
    resample = {"is_seg": False, "order": 1, "order_z": 0, "force_separate_z": None}
    one = {
        "data_identifier": configuration,
        "preprocessor_name": "DefaultPreprocessor",
        "batch_size": 1,
        "patch_size": [16, 16, 16],
        "median_image_size_in_voxels": [32.0, 32.0, 32.0],
        "spacing": spacing,
        "normalization_schemes": ["CTNormalization"],
        "use_mask_for_norm": [False],
        "resampling_fn_data": "resample_data_or_seg_to_shape",
        "resampling_fn_seg": "resample_data_or_seg_to_shape",
        "resampling_fn_data_kwargs": resample,
        "resampling_fn_seg_kwargs": resample | {"is_seg": True},
        "resampling_fn_probabilities": "resample_data_or_seg_to_shape",
        "resampling_fn_probabilities_kwargs": resample,
        "architecture": ARCHITECTURE,
        "batch_dice": True,
    }
    intensities = {"mean": 0.0, "std": 100.0, "percentile_00_5": -900.0, "percentile_99_5": 900.0}
    return {
        "dataset_name": dataset,
        "plans_name": "nnUNetPlans",
        "original_median_spacing_after_transp": spacing,
        "original_median_shape_after_transp": [32, 32, 32],
        "image_reader_writer": "NibabelIOWithReorient",
        "transpose_forward": [0, 1, 2],
        "transpose_backward": [0, 1, 2],
        "configurations": {configuration: one},
        "experiment_planner_used": "ExperimentPlanner",
        "label_manager": "LabelManager",
        "foreground_intensity_properties_per_channel": {"0": intensities},
    }


def write_model(weights, dataset, trainer, configuration, spacing, labels, winner):
    from dynamic_network_architectures.architectures.unet import PlainConvUNet

    folder = weights / dataset / f"{trainer}__nnUNetPlans__{configuration}"
    (folder / "fold_0").mkdir(parents=True)
    about = {"channel_names": {"0": "CT"}, "labels": labels, "numTraining": 1,
             "file_ending": ".nii.gz"}  # fmt: skip
    (folder / "dataset.json").write_text(json.dumps(about))
    (folder / "plans.json").write_text(json.dumps(plans(dataset, configuration, spacing)))
    kinds = {"conv_op": torch.nn.Conv3d, "norm_op": torch.nn.InstanceNorm3d,
             "nonlin": torch.nn.LeakyReLU}  # fmt: skip
    network = PlainConvUNet(
        input_channels=1, num_classes=len(labels), deep_supervision=True,
        **(ARCHITECTURE["arch_kwargs"] | kinds),
    )  # fmt: skip
    for parameter in network.parameters():
        torch.nn.init.zeros_(parameter)
    torch.nn.init.constant_(network.decoder.seg_layers[-1].bias[winner], 9.0)
    torch.save(
        {
            "network_weights": network.state_dict(),
            "trainer_name": trainer,
            "init_args": {"configuration": configuration},
            "inference_allowed_mirroring_axes": None,
        },
        folder / "fold_0" / "checkpoint_final.pth",
    )


@pytest.fixture
def weights(tmp_path, monkeypatch):
    from totalsegmentator.map_to_binary import class_map

    folder = tmp_path / "weights"
    names = {word: value for value, word in class_map["total"].items()}
    write_model(
        folder, "Dataset297_TotalSegmentator_total_3mm_1559subj",
        "nnUNetTrainer_4000epochs_NoMirroring", "3d_fullres", [3.0, 3.0, 3.0],
        {"background": 0} | names, names["liver"],
    )  # fmt: skip
    monkeypatch.setenv("LIVERPLAN_TOTALSEGMENTATOR_WEIGHTS", str(folder))
    monkeypatch.setenv("LIVERPLAN_TOTALSEGMENTATOR_DEVICE", "cpu")
    monkeypatch.setenv("LIVERPLAN_TOTALSEGMENTATOR_FAST", "1")
    monkeypatch.delenv("LIVERPLAN_TOTALSEGMENTATOR_PYTHON", raising=False)
    return folder


def test_the_real_package_answers_on_the_cts_grid(weights, ct):
    result = segment_with("totalsegmentator", ct)
    assert result.mask.shape == ct.grid.shape
    truth = ct.hu != 0  # nnU-Net looks at nothing else
    shared = np.count_nonzero(result.mask & truth)
    assert 2 * shared / (np.count_nonzero(result.mask) + np.count_nonzero(truth)) > 0.93
    assert result.provenance.version.startswith("2.")
    assert "weights of liver_lesions are not there" in result.warnings[0]


def test_the_real_package_cannot_download(weights, ct, monkeypatch):
    monkeypatch.setenv("LIVERPLAN_TOTALSEGMENTATOR_FAST", "0")
    with pytest.raises(BackendError, match="reached for the network at the task total"):
        segment_with("totalsegmentator", ct)
    assert [path.name for path in weights.iterdir()] == [
        "Dataset297_TotalSegmentator_total_3mm_1559subj"
    ]
