"""A program by MURA's contract: python3 src/predict.py images.csv predictions.csv

The first file lists the images, a path a line: MURA-v1.1/test/XR_WRIST/patient00001/study1/image1.png
The second is to have a line for each study: its folder, and 0 or 1, or the probability of abnormal.
"""

import csv
import math
import os
import struct
import sys

# In bytes for a pixel.
CENTRE, SLOPE = 1.06, 20


def predict_image(path):
    """The probability of abnormal. Put your model here: how hard a picture is to compress tells next to nothing."""
    with open(path, "rb") as file:
        head = file.read(24)
    width, height = struct.unpack(">II", head[16:24])
    bytes_per_pixel = os.path.getsize(path) / (width * height)
    return 1 / (1 + math.exp(SLOPE * (CENTRE - bytes_per_pixel)))


def main(images_csv, predictions_csv):
    studies = {}
    with open(images_csv, newline="", encoding="utf-8") as file:
        for (path,) in csv.reader(file):
            studies.setdefault(os.path.dirname(path), []).append(path)
    with open(predictions_csv, "w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        for number, (study, images) in enumerate(studies.items(), start=1):
            # A study is as abnormal as its images are on average.
            probability = sum(map(predict_image, images)) / len(images)
            table.writerow([study + "/", f"{probability:.6f}"])
            print(f"{number} of {len(studies)} studies", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:3])
