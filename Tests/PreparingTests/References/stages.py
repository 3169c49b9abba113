#!/usr/bin/env python3
"""Reference values of functionals, bags of words and codebooks, in NumPy and by loops.

Written from the description of AVEC's and openXBOW's rules alone; shares no code with Concord.
    python3 stages.py > ../Stages/StageReferences.swift
"""
import math

import numpy as np

HOP, WINDOW = 0.1, 4.0


def values(count, seed):
    """Whole numbers from a linear congruential generator, over 1024: the same in any language."""
    out, state = [], seed
    for _ in range(count):
        state = (state * 1103515245 + 12345) % 2**31
        out.append((state >> 8) % 4096 / 1024 - 2)
    return np.array(out, np.float64)


def rows(n, d, seed):
    return values(n * d, seed).reshape(n, d)


def functionals(x, fps, frames):
    """AVEC: frames t - half ... t + half, both included; means, then population SDs."""
    half = int(WINDOW * fps / 2)
    out = []
    for k in range(frames):
        centre = int(k * HOP * fps + 1e-9)
        if centre > len(x):
            break
        part = x[max(0, centre - half):min(len(x), centre + half + 1)]
        out.append(np.concatenate([part.mean(0), part.std(0)]))
    return np.array(out)


class JavaRandom:
    """java.util.Random, from its documentation."""

    def __init__(self, seed):
        self.state = (seed ^ 0x5DEECE66D) & (2**48 - 1)

    def next(self, bits):
        self.state = (self.state * 0x5DEECE66D + 0xB) & (2**48 - 1)
        value = self.state >> (48 - bits)
        return value - 2**bits if bits == 32 and value >= 2**31 else value

    def below(self, n):
        if n & -n == n:
            return n * self.next(31) >> 31
        while True:
            bits = self.next(31)
            if bits - bits % n + n - 1 < 2**31:
                return bits % n

    def uniform(self):
        return ((self.next(26) << 27) + self.next(27)) / 2**53


def plus_plus(x, count):
    random = JavaRandom(10)
    chosen = [random.below(len(x))]
    nearest = ((x - x[chosen[0]]) ** 2).astype(np.float32).astype(np.float64).sum(1)
    while len(chosen) < count:
        cumulated = np.cumsum(nearest / nearest.sum())
        cumulated[-1] = 1
        drawn = random.uniform()
        chosen.append(int(np.argmax(cumulated > drawn)))
        new = ((x - x[chosen[-1]]) ** 2).astype(np.float32).astype(np.float64).sum(1)
        nearest = np.minimum(nearest, new)
    return chosen


def lloyd(x, words):
    words, last = words.astype(np.float64), None
    while True:
        distances = ((x[:, None, :] - words[None]) ** 2).sum(2)
        nearest = distances.argmin(1)
        if last is not None and (nearest == last).all():
            return words
        last = nearest
        for k in range(len(words)):
            if (nearest == k).any():
                words[k] = x[nearest == k].mean(0)


def bags(x, fps, frames, words, assign, sigma):
    times = np.arange(len(x)) / fps
    distances = ((x[:, None, :] - words[None]) ** 2).sum(2)
    order = np.argsort(distances, axis=1, kind="stable")[:, :assign]
    out = np.zeros((frames, len(words)))
    for k in range(frames):
        centre = k * HOP
        if centre >= times[-1] + 1e-4:
            break
        for row in np.flatnonzero(np.abs(times - centre) <= WINDOW / 2 + 1e-9):
            for word in order[row]:
                d = math.sqrt(distances[row, word])
                out[k, word] += math.exp(-((d / sigma) ** 2) / 2) if sigma else 1
    return np.log10(out + 1)


def swift(name, doc, array, kind="Float"):
    flat = np.asarray(array).ravel()
    if kind == "Int":
        words = [str(int(v)) for v in flat]
    else:
        words = [repr(float(np.float32(v))) for v in flat]
    lines, line = [], "       "
    for word in words:
        if len(line) + len(word) + 2 > 98:
            lines.append(line)
            line = "       "
        line += " " + word + ","
    lines.append(line)
    print(f"    /// {doc}\n    static let {name}: [{kind}] = [")
    print("\n".join(lines))
    print("    ]")


def main():
    print("/// Written by References/stages.py.\nenum StageReferences {")
    x = rows(900, 3, 7).astype(np.float32).astype(np.float64)  # 9 s at 100 Hz
    picked = [0, 1, 19, 20, 45, 71, 88, 89, 90]
    f = functionals(x, 100, 200)
    print(f"    /// The number of frames that 900 rows at 100 Hz give.")
    print(f"    static let frames = {len(f)}")
    swift("picked", "The frames whose values follow.", picked, "Int")
    swift("functionals", "Their functionals (9, 6) of rows (900, 3).", f[picked])
    slow = functionals(x[:460], 50, 200)
    swift("slowFunctionals", "Frame 0, 45 and 91 of 460 rows at 50 Hz.", slow[[0, 45, 91]])
    chosen = plus_plus(x, 8)
    swift("chosen", "The rows that k-means++ draws for 8 words, not standardised.", chosen, "Int")
    swift("words", "The words after k-means from there (8, 3).", lloyd(x, x[chosen]))
    mean, deviation = x.mean(0), x.std(0, ddof=1)
    swift("means", "Means and standard deviations (over n - 1).", [mean, deviation])
    z = ((x - mean) / deviation).astype(np.float32).astype(np.float64)
    standardised = plus_plus(z, 8)
    swift("standardised", "The rows drawn after standardising.", standardised, "Int")
    words = z[standardised]
    swift("hard", "Bags (9, 8) of the picked frames: one word a row.",
          bags(z, 100, 91, words, 1, None)[[p if p < 90 else 89 for p in picked]])
    swift("soft", "The same: three words a row, by a Gaussian of width 1.5.",
          bags(z, 100, 91, words, 3, 1.5)[[p if p < 90 else 89 for p in picked]])
    print("}")


if __name__ == "__main__":
    main()
