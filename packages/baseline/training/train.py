"""Learns the demo bundles from synthetic studies and writes them: the same weights as ONNX and as TF.js, and a weak one.

    python3 packages/baseline/training/train.py TENSOR_DIRECTORY packages/baseline/demo

Needs Debian's python3-torch, python3-numpy and python3-onnx. Everything is seeded; on the same machine with the same
libraries a second run gives the same weights.
"""

import json
import sys
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import nn

from export_bundles import write_onnx_bundle, write_tfjs_bundle

SIDE = 192
CELLS = 12
SEED = 20181130


def main() -> None:
    tensors, demo = Path(sys.argv[1]), Path(sys.argv[2])
    train, validation = load(tensors, "training"), load(tensors, "validation")

    seed()
    learned = fit(Network([16, 24, 32, 48, 64]), train, validation, epochs=16, learning_rate=2e-3)
    aggregation, threshold = choose_rule(learned, validation)
    print(f"learned: {aggregation} of a study's images, threshold {threshold}")
    rule = {"studyAggregation": aggregation, "threshold": threshold}
    write_onnx_bundle(learned, SIDE, demo / "onnx", {
        "name": "Small CNN (ONNX)",
        "description": "Five convolutions, learned on synthetic studies.", **rule})
    write_tfjs_bundle(learned, SIDE, demo / "tfjs", {
        "name": "Small CNN (TF.js)",
        "description": "The same weights as Small CNN (ONNX), in TF.js.", **rule})

    seed()
    weak = fit(Network([8, 12, 16, 16]), train.first(1600), validation, epochs=8, learning_rate=4e-3)
    aggregation, threshold = choose_rule(weak, validation)
    write_onnx_bundle(weak, SIDE, demo / "weak", {
        "name": "Four small convolutions",
        "description": "Too few weights and too few studies, to have something to beat.",
        "studyAggregation": aggregation, "threshold": threshold})


def seed() -> None:
    torch.manual_seed(SEED)
    np.random.seed(SEED)


class Images(NamedTuple):
    """Pictures as bytes (n, 1, 192, 192), labels (n,), which cells hold the lesion (n, 12, 12), the study of each."""

    pixels: torch.Tensor
    labels: torch.Tensor
    lesions: torch.Tensor
    studies: list[str]

    def first(self, count: int) -> "Images":
        return Images(*(part[:count] for part in self))


def load(directory: Path, name: str) -> Images:
    images = json.loads((directory / f"{name}.json").read_text())
    pixels = np.fromfile(directory / f"{name}.bin", dtype=np.uint8).reshape(-1, 1, SIDE, SIDE)
    labels = torch.tensor([image["label"] for image in images], dtype=torch.float32)
    lesions = torch.stack([mark_cells(image["box"]) for image in images])
    return Images(torch.from_numpy(pixels), labels, lesions, [image["study"] for image in images])


def mark_cells(box: list[float] | None) -> torch.Tensor:
    cells = torch.zeros(CELLS, CELLS)
    if box:
        left, top, right, bottom = (CELLS * share for share in box)
        cells[int(top):max(int(top) + 1, round(bottom)), int(left):max(int(left) + 1, round(right))] = 1
    return cells


class Block(nn.Sequential):
    def __init__(self, inputs: int, outputs: int, size: int, stride: int, pool: bool):
        layers = [nn.Conv2d(inputs, outputs, size, stride, padding=size // 2, bias=False),
                  nn.BatchNorm2d(outputs), nn.ReLU()]
        super().__init__(*layers, *([nn.MaxPool2d(2)] if pool else []))


class Network(nn.Module):
    """Convolutions to a map of how abnormal each place looks; the picture is as abnormal as its worst place."""

    def __init__(self, widths: list[int]):
        super().__init__()
        inputs = [1, *widths]
        self.blocks = nn.ModuleList(
            Block(inputs[i], width, 5 if i == 0 else 3, 2 if i == 0 else 1, pool=0 < i < len(widths) - 1)
            for i, width in enumerate(widths))
        self.last = nn.Conv2d(widths[-1], 1, 1)

    def map(self, images: torch.Tensor) -> torch.Tensor:
        for block in self.blocks:
            images = block(images)
        return self.last(images).squeeze(1)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.map(images).amax(dim=(1, 2))


def fit(network: Network, train: Images, validation: Images, epochs: int, learning_rate: float) -> Network:
    steps = epochs * (len(train.labels) // 32)
    optimizer = torch.optim.AdamW(network.parameters(), lr=learning_rate, weight_decay=1e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, learning_rate, total_steps=steps, pct_start=0.15)
    for epoch in range(epochs):
        started, total = time.time(), 0.0
        network.train()
        order = torch.randperm(len(train.labels))
        batches = order[: len(order) // 32 * 32].view(-1, 32)
        for batch in batches:
            images, lesions = augment(train.pixels[batch], train.lesions[batch])
            loss = loss_of(network.map(images), lesions, train.labels[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item()
        called = predict(network, validation.pixels) > 0.5
        accuracy = (called == (validation.labels.numpy() > 0.5)).mean()
        print(f"epoch {epoch + 1}: loss {total / len(batches):.4f}, validation accuracy of images "
              f"{accuracy:.4f}, {time.time() - started:.0f} s", flush=True)
    return network.eval()


def loss_of(maps: torch.Tensor, lesions: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Cross-entropy of the whole picture, and of each place: the drawn lesions say where to look."""
    factor = maps.shape[1] // CELLS
    if factor > 1:
        maps = nn.functional.max_pool2d(maps.unsqueeze(1), factor).squeeze(1)
    whole = nn.functional.binary_cross_entropy_with_logits(maps.amax(dim=(1, 2)), labels)
    places = nn.functional.binary_cross_entropy_with_logits(maps, lesions, pos_weight=torch.tensor(4.0))
    return whole + 2 * places


def augment(pixels: torch.Tensor, lesions: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Lateral inversion, turning upside down, and another exposure; bytes become 0..1."""
    images = pixels.float() / 255
    for axis in (1, 2):
        turned = torch.rand(len(images)) < 0.5
        images[turned] = images[turned].flip(axis + 1)
        lesions[turned] = lesions[turned].flip(axis)
    gain = 1 + 0.15 * (torch.rand(len(images), 1, 1, 1) - 0.5)
    return images * gain + 0.08 * (torch.rand(len(images), 1, 1, 1) - 0.5), lesions


@torch.no_grad()
def predict(network: Network, pixels: torch.Tensor) -> np.ndarray:
    network.eval()
    return np.concatenate([torch.sigmoid(network(part.float() / 255)).numpy() for part in pixels.split(128)])


def choose_rule(network: Network, validation: Images) -> tuple[str, float]:
    """How a study's images are put together, and from where on it is abnormal: what gave the highest kappa."""
    probabilities = predict(network, validation.pixels)
    names = sorted(set(validation.studies))
    where = {name: [i for i, study in enumerate(validation.studies) if study == name] for name in names}
    truth = np.array([int(validation.labels[where[name][0]]) for name in names])
    best = (-1.0, "mean", 0.5)
    for aggregation, combine in (("mean", np.mean), ("max", np.max)):
        values = np.array([combine(probabilities[where[name]]) for name in names])
        for threshold in np.arange(0.1, 0.91, 0.05):
            best = max(best, (kappa(truth, values > threshold), aggregation, round(float(threshold), 2)))
    print(f"validation kappa of studies {best[0]:.3f}")
    return best[1], best[2]


def kappa(truth: np.ndarray, called: np.ndarray) -> float:
    agreed = (truth == called).mean()
    expected = truth.mean() * called.mean() + (1 - truth.mean()) * (1 - called.mean())
    return float((agreed - expected) / (1 - expected))


if __name__ == "__main__":
    main()
