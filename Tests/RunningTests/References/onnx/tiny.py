#!/usr/bin/env python3
"""Writes ONNX networks that a test can predict: the mean of a patch over its frames, band by band.

Encodes the few fields of ONNX's protobuf that they need, so that no package is wanted.
    python3 tiny.py nchw|nhwc|flat BANDS FRAMES OUT.onnx
"""
import sys


def varint(n):
    out = b""
    while True:
        out += bytes([n & 127 | (128 if n > 127 else 0)])
        n >>= 7
        if not n:
            return out


def number(field, n):
    return varint(field << 3) + varint(n)


def block(field, content):
    content = content.encode() if isinstance(content, str) else content
    return varint(field << 3 | 2) + varint(len(content)) + content


def tensor(name, dims):
    """A ValueInfoProto of float32; a dimension is a number, or a name where it is open."""
    shape = b"".join(block(1, number(1, d) if isinstance(d, int) else block(2, d)) for d in dims)
    return block(1, name) + block(2, block(1, number(1, 1) + block(2, shape)))


def mean(source, target, axes):
    """A node ReduceMean that drops these axes."""
    listed = block(1, "axes") + b"".join(number(8, a) for a in axes) + number(20, 7)
    kept = block(1, "keepdims") + number(3, 0) + number(20, 2)
    return (block(1, source) + block(2, target) + block(4, "ReduceMean")
            + block(5, listed) + block(5, kept))


def model(kind, bands, frames):
    shape, axes, made = {
        "nchw": (["N", 1, "H", "W"], [1, 3], ["N", "H"]),
        "nhwc": ([4, bands, frames, 3], [2, 3], [4, bands]),
        "flat": (["N", bands * frames], [1], ["N"]),
    }[kind]
    graph = (block(1, mean("x", "y", axes)) + block(2, kind) + block(11, tensor("x", shape))
             + block(12, tensor("y", made)))
    return number(1, 8) + block(7, graph) + block(8, block(1, "") + number(2, 13))


if __name__ == "__main__":
    with open(sys.argv[4], "wb") as out:
        out.write(model(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
