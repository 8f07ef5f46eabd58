"""Exports networks of torchvision as a team would, each with what PyTorch itself says of some images.

    python3 export-torchvision.py FOLDER

Writes FOLDER/NAME/model.onnx, and FOLDER/NAME.images: their numbers, 32 bits each. Prints a line of JSON for each network.
"""

import json
import os
import sys
import warnings

import torch
import torchvision

warnings.filterwarnings('ignore')
torch.set_num_threads(1)

networks = [
    ('resnet18', 14, {}),
    ('densenet121', 15, {}),
    ('efficientnet_b0', 16, {}),
    ('mobilenet_v3_large', 17, {}),
    ('convnext_tiny', 17, {}),
    ('vit_b_16', 17, {'image_size': 64}),
]
side, count = 64, 3


def make_ready(network):
    """Gives an untrained network answers that depend on the image, as a trained one has."""
    for layer in network.modules():
        # Some begin with a last layer of zeros.
        if isinstance(layer, torch.nn.Linear):
            torch.nn.init.normal_(layer.weight, std=layer.in_features**-0.5)
        if isinstance(layer, torch.nn.BatchNorm2d):
            layer.momentum = 1.0
    with torch.no_grad():
        network.train()(torch.randn(8, 3, side, side))
    return network.eval()


for name, opset, options in networks:
    torch.manual_seed(20)
    network = make_ready(getattr(torchvision.models, name)(weights=None, num_classes=1, **options))
    images = torch.randn(count, 3, side, side)
    folder = os.path.join(sys.argv[1], name)
    os.makedirs(folder)
    free = {'images': {0: 'n'}, 'value': {0: 'n'}}
    torch.onnx.export(
        network, images, os.path.join(folder, 'model.onnx'), opset_version=opset,
        input_names=['images'], output_names=['value'], dynamic_axes=free,
    )
    with open(os.path.join(sys.argv[1], name + '.images'), 'wb') as file:
        file.write(images.numpy().tobytes())
    with torch.no_grad():
        print(json.dumps({'name': name, 'values': network(images).flatten().tolist()}), flush=True)
