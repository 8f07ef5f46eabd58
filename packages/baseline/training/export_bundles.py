"""Writes a learned network as bundles. Batch normalisation is folded into the convolution before it."""

import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


def fold(network) -> tuple[list[dict], np.ndarray, np.ndarray]:
    """Each convolution as weight (out, in, height, width), bias, stride and whether a pooling follows; the last layer."""
    convolutions = []
    for block in network.blocks:
        convolution, norm = block[0], block[1]
        factor = (norm.weight / (norm.running_var + norm.eps).sqrt()).detach().numpy()
        convolutions.append({
            "weight": convolution.weight.detach().numpy() * factor[:, None, None, None],
            "bias": norm.bias.detach().numpy() - norm.running_mean.numpy() * factor,
            "stride": convolution.stride[0],
            "pool": len(block) > 3,
        })
    return convolutions, network.last.weight.detach().numpy(), network.last.bias.detach().numpy()


def write_manifest(directory: Path, engine: str, model: str, rule: dict, cam: dict) -> None:
    manifest = {**rule, "engine": engine, "model": model, "input": {"resize": "stretch"}, "cam": cam}
    ordered = {key: manifest[key] for key in
               ("name", "engine", "model", "input", "studyAggregation", "threshold", "cam", "description")}
    (directory / "holdout.json").write_text(json.dumps(ordered, indent=2) + "\n")


def write_onnx_bundle(network, side: int, directory: Path, rule: dict) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    convolutions, last_weight, last_bias = fold(network)
    nodes, weights, value = [], [], "images"
    for index, layer in enumerate(convolutions):
        size = layer["weight"].shape[2]
        weights += [numpy_helper.from_array(layer["weight"].astype(np.float32), f"weight{index}"),
                    numpy_helper.from_array(layer["bias"].astype(np.float32), f"bias{index}")]
        nodes.append(helper.make_node("Conv", [value, f"weight{index}", f"bias{index}"], [f"conv{index}"],
                                      kernel_shape=[size, size], strides=[layer["stride"]] * 2, pads=[size // 2] * 4))
        nodes.append(helper.make_node("Relu", [f"conv{index}"], [f"relu{index}"]))
        value = f"relu{index}"
        if layer["pool"]:
            nodes.append(helper.make_node("MaxPool", [value], [f"pool{index}"], kernel_shape=[2, 2], strides=[2, 2]))
            value = f"pool{index}"
    weights += [numpy_helper.from_array(last_weight.astype(np.float32), "last_weight"),
                numpy_helper.from_array(last_bias.astype(np.float32), "last_bias")]
    nodes += [helper.make_node("Conv", [value, "last_weight", "last_bias"], ["map"], kernel_shape=[1, 1]),
              helper.make_node("GlobalMaxPool", ["map"], ["largest"]),
              helper.make_node("Flatten", ["largest"], ["logit"]),
              helper.make_node("Sigmoid", ["logit"], ["probability"])]
    graph = helper.make_graph(
        nodes, "small-cnn",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, ["n", 1, side, side])],
        [helper.make_tensor_value_info("probability", TensorProto.FLOAT, ["n", 1])], weights)
    model = helper.make_model(graph, producer_name="holdout", opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    onnx.checker.check_model(model)
    onnx.save(model, str(directory / "model.onnx"))
    write_manifest(directory, "onnx", "model.onnx", rule, {"features": value, "weights": "last_weight"})


def write_tfjs_bundle(network, side: int, directory: Path, rule: dict) -> None:
    """A Keras model in TF.js' layers format. Torch pads by 2 on both sides; Keras' `same` with a stride does not."""
    directory.mkdir(parents=True, exist_ok=True)
    convolutions, last_weight, last_bias = fold(network)
    layers, weights = [], []
    for index, layer in enumerate(convolutions):
        size, first = layer["weight"].shape[2], {"batch_input_shape": [None, side, side, 1]} if index == 0 else {}
        layers.append(keras_layer("ZeroPadding2D", f"padding{index}", padding=[[size // 2] * 2] * 2,
                                  data_format="channels_last", **first))
        layers.append(keras_layer(
            "Conv2D", f"conv{index}", filters=layer["weight"].shape[0], kernel_size=[size, size],
            strides=[layer["stride"]] * 2, padding="valid", data_format="channels_last", dilation_rate=[1, 1],
            activation="relu", use_bias=True))
        weights += [(f"conv{index}/kernel", layer["weight"].transpose(2, 3, 1, 0)), (f"conv{index}/bias", layer["bias"])]
        if layer["pool"]:
            layers.append(keras_layer("MaxPooling2D", f"pool{index}", pool_size=[2, 2], strides=[2, 2],
                                      padding="valid", data_format="channels_last"))
    layers += [keras_layer("Conv2D", "map", filters=1, kernel_size=[1, 1], strides=[1, 1], padding="valid",
                           data_format="channels_last", dilation_rate=[1, 1], activation="linear", use_bias=True),
               keras_layer("GlobalMaxPooling2D", "largest", data_format="channels_last"),
               keras_layer("Activation", "probability", activation="sigmoid")]
    weights += [("map/kernel", last_weight.transpose(2, 3, 1, 0)), ("map/bias", last_bias)]
    arrays = [(name, np.ascontiguousarray(array, dtype=np.float32)) for name, array in weights]
    (directory / "weights.bin").write_bytes(b"".join(array.tobytes() for _, array in arrays))
    topology = {"keras_version": "2.15.0", "backend": "tensorflow", "model_config": {
        "class_name": "Sequential", "config": {"name": "small_cnn", "layers": layers}}}
    specs = [{"name": name, "shape": list(array.shape), "dtype": "float32"} for name, array in arrays]
    model = {"format": "layers-model", "generatedBy": "holdout", "convertedBy": None, "modelTopology": topology,
             "weightsManifest": [{"paths": ["weights.bin"], "weights": specs}]}
    (directory / "model.json").write_text(json.dumps(model, indent=1) + "\n")
    last = f"conv{len(convolutions) - 1}"
    write_manifest(directory, "tfjs", "model.json", rule, {"features": last, "weights": "map/kernel"})


def keras_layer(kind: str, name: str, **config) -> dict:
    return {"class_name": kind, "config": {"name": name, "trainable": True, "dtype": "float32", **config}}
