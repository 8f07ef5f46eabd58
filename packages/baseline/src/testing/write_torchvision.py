"""Writes torchvision's DenseNet-121 with weights by chance, images, and what torch says of them.

    python3 write_torchvision.py DIRECTORY [densenet169]

Needs Debian's python3-torchvision and python3-onnx. DenseNet-121 has every kind of layer that DenseNet-169 has, and fewer of
them.
"""

import json
import re
import struct
import sys
from pathlib import Path

import numpy as np
import onnx
import torch
import torchvision.models
from onnx import helper, numpy_helper

SIDE = 64


def main() -> None:
    directory = Path(sys.argv[1])
    torch.manual_seed(7)
    name = sys.argv[2] if len(sys.argv) > 2 else "densenet121"
    model = getattr(torchvision.models, name)(num_classes=1).eval()
    for name, values in model.state_dict().items():
        # As if it had been trained: none of these is what a new network has.
        if name.endswith("running_mean"):
            values.normal_(0, 0.3)
        if name.endswith("running_var"):
            values.uniform_(0.5, 1.5)
    images = torch.rand(2, 3, SIDE, SIDE) * 4 - 2
    images.permute(0, 2, 3, 1).contiguous().numpy().tofile(directory / "images.bin")
    # First: to write the network that is trained, torch lets it see the images, and its statistics move.
    write_onnx(model, images, directory / "torchvision.onnx")
    write_safetensors(directory / "torchvision.safetensors", model.state_dict())
    # As anybody exports a network to be used: normalisations are part of the convolutions before them.
    torch.onnx.export(model, images, directory / "predicting.onnx", opset_version=13)
    expected = {"torchvision": predict(model, images)}

    # Keras' network is the same but for its ε, its names and the order of a convolution's sides.
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.eps = 1.001e-5
    write_onnx(model, images, directory / "keras.onnx")
    spell_as_tf2onnx(directory / "keras.onnx")
    expected["keras"] = predict(model, images)
    write_safetensors(directory / "keras.safetensors", dict(to_keras(model.state_dict())))
    (directory / "expected.json").write_text(json.dumps(expected))


@torch.no_grad()
def predict(model: torch.nn.Module, images: torch.Tensor) -> list[float]:
    return torch.sigmoid(model(images)).flatten().tolist()


def write_onnx(model: torch.nn.Module, images: torch.Tensor, path: Path) -> None:
    """With every weight under its own name: an export for inference would fold normalisations into convolutions."""
    mode = torch.onnx.TrainingMode.TRAINING
    torch.onnx.export(model, images, path, training=mode, do_constant_folding=False, opset_version=13)
    model.eval()


def spell_as_tf2onnx(path: Path) -> None:
    """Calls the weights of a graph as tf2onnx does, and has it multiply and add where torch has one operation."""
    model = onnx.load(path)
    weights = {each.name: each for each in model.graph.initializer}
    for number, node in enumerate(list(model.graph.node)):
        if node.op_type == "Conv":
            respell(node, weights, {1: f"const_fold_opt__{number}"})
        elif node.op_type == "BatchNormalization":
            layer = f"StatefulPartitionedCall/densenet/{rename(node.input[1].rsplit('.', 1)[0])}"
            parts = ["ReadVariableOp", "ReadVariableOp_1", "FusedBatchNormV3/ReadVariableOp", "FusedBatchNormV3/ReadVariableOp_1"]
            respell(node, weights, {place + 1: f"{layer}/{part}:0" for place, part in enumerate(parts)})
        elif node.op_type == "Gemm":
            layer = "StatefulPartitionedCall/densenet/predictions"
            kernel = weights[node.input[1]]
            turned = numpy_helper.from_array(np.ascontiguousarray(numpy_helper.to_array(kernel).T), kernel.name)
            kernel.CopyFrom(turned)
            respell(node, weights, {1: f"{layer}/MatMul/ReadVariableOp:0", 2: f"{layer}/BiasAdd/ReadVariableOp:0"})
            sums = f"{layer}/MatMul:0"
            place = list(model.graph.node).index(node)
            multiply = helper.make_node("MatMul", list(node.input)[:2], [sums])
            add = helper.make_node("Add", [sums, node.input[2]], list(node.output))
            model.graph.node.remove(node)
            for part in [add, multiply]:
                model.graph.node.insert(place, part)
    onnx.save(model, path)


def respell(node, weights, names: dict[int, str]) -> None:
    for place, name in names.items():
        weights[node.input[place]].name = name
        node.input[place] = name


def write_safetensors(path: Path, tensors: dict[str, torch.Tensor]) -> None:
    header, parts, offset = {}, [], 0
    for name, values in tensors.items():
        array = np.ascontiguousarray(values.numpy())
        kind = {"float32": "F32", "int64": "I64"}[str(array.dtype)]
        header[name] = {"dtype": kind, "shape": list(array.shape), "data_offsets": [offset, offset + array.nbytes]}
        parts.append(array.tobytes())
        offset += array.nbytes
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(parts))


KINDS = {"running_mean": "moving_mean", "running_var": "moving_variance"}


def to_keras(state: dict[str, torch.Tensor]):
    for name, values in state.items():
        layer, kind = name.rsplit(".", 1)
        if kind == "num_batches_tracked":
            continue
        is_norm = values.dim() == 1 and layer != "classifier"
        kind = KINDS.get(kind, {"weight": "gamma" if is_norm else "kernel", "bias": "beta" if is_norm else "bias"}.get(kind))
        values = values.permute(2, 3, 1, 0) if values.dim() == 4 else values.t() if values.dim() == 2 else values
        yield f"{rename(layer)}/{kind}", values


def rename(layer: str) -> str:
    """As keras.applications.densenet calls its layers."""
    fixed = {"features.conv0": "conv1/conv", "features.norm0": "conv1/bn", "features.norm5": "bn", "classifier": "predictions"}
    if layer in fixed:
        return fixed[layer]
    transition = re.fullmatch(r"features\.transition(\d)\.(norm|conv)", layer)
    if transition:
        return f"pool{int(transition[1]) + 1}_{'bn' if transition[2] == 'norm' else 'conv'}"
    dense = re.fullmatch(r"features\.denseblock(\d)\.denselayer(\d+)\.(norm|conv)(\d)", layer)
    block, number, kind, place = int(dense[1]) + 1, dense[2], dense[3], int(dense[4])
    part = f"{place - 1}_bn" if kind == "norm" else f"{place}_conv"
    return f"conv{block}_block{number}_{part}"


if __name__ == "__main__":
    main()
