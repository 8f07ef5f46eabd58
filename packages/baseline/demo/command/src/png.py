"""Reads the pixels of a PNG of 8 bits, grey or in colours, with nothing but Python (https://www.w3.org/TR/png-3/)."""

import struct
import zlib

CHANNELS = {0: 1, 2: 3, 4: 2, 6: 4}


def read_pixels(path):
    """All values of all pixels, row by row."""
    width, height, channels, packed = read_chunks(path)
    filtered = zlib.decompress(packed)
    row_bytes = width * channels
    pixels = bytearray()
    above = bytes(row_bytes)
    for start in range(0, height * (row_bytes + 1), row_bytes + 1):
        row = bytearray(filtered[start + 1 : start + 1 + row_bytes])
        undo_filter(filtered[start], row, above, channels)
        pixels += row
        above = row
    return pixels


def read_chunks(path):
    with open(path, "rb") as file:
        data = file.read()
    width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", data[16:29])
    if depth != 8 or colour not in CHANNELS or interlaced:
        raise ValueError(f"{path}: found a PNG that is not of 8 bits, or has a palette, or is interlaced")
    packed = []
    at = 8
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        if kind == b"IDAT":
            packed.append(data[at + 8 : at + 8 + length])
        at += 12 + length
    return width, height, CHANNELS[colour], b"".join(packed)


def undo_filter(kind, row, above, channels):
    """Each row says by which of its neighbours it was foretold."""
    if kind == 0:
        return
    for place in range(len(row)):
        left = row[place - channels] if place >= channels else 0
        corner = above[place - channels] if place >= channels else 0
        row[place] = (row[place] + foretell(kind, left, above[place], corner)) & 255


def foretell(kind, left, up, corner):
    if kind == 1:
        return left
    if kind == 2:
        return up
    if kind == 3:
        return (left + up) // 2
    guess = left + up - corner
    return min((left, up, corner), key=lambda each: abs(guess - each))
