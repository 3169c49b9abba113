#!/usr/bin/env python3
"""Reference values of what a fold derives of its feature sets, in NumPy.

The rules are those of the stages that importers have (see stages.py there), over the frames of the
training side, recording by recording, without those that a mask calls gaps.
    python3 fold.py > ../FoldReferences.swift
"""
import os
import sys

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE + "/../../PreparingTests/References")
from stages import plus_plus, rows, swift  # noqa: E402

HOP, WINDOW, WORDS, FEATURES = 0.1, 1.5, 6, 3
FRAMES = [120, 95, 140]  # Of the training recordings, from seeds 1, 2, 3.
TESTED, SEED = 60, 9


def measured(count, step):
    """Every `step`-th frame from the fourth on is a gap."""
    return np.arange(count) % step != 3


def windows(known):
    times = np.arange(len(known)) * HOP
    for time in times:
        yield (np.abs(times - time) <= WINDOW / 2 + 1e-4) & known


def bags(x, known, words, assign, sigma):
    distances = ((x[:, None] - words[None]) ** 2).sum(2)
    counts = np.zeros_like(distances)
    for frame, row in enumerate(distances):
        for word in np.argsort(row, kind="stable")[:assign]:
            counts[frame, word] = np.exp(-row[word] / sigma**2 / 2) if sigma else 1
    return np.array([np.log10(counts[w].sum(0) + 1) for w in windows(known)])


def functionals(x, known):
    return np.array([np.concatenate([x[w].mean(0), x[w].std(0)]) for w in windows(known)])


def main():
    train = [rows(n, FEATURES, seed + 1) for seed, n in enumerate(FRAMES)]
    pool = np.concatenate([train[0], train[1][measured(FRAMES[1], 7)], train[2]])
    test, known = rows(TESTED, FEATURES, SEED), measured(TESTED, 5)
    mean, deviation = pool.mean(0), pool.std(0, ddof=1)
    z = ((pool - mean) / deviation).astype(np.float32).astype(np.float64)
    words = z[plus_plus(z, WORDS)]
    scaled = ((test - mean) / deviation).astype(np.float32).astype(np.float64)
    raw = pool[plus_plus(pool, WORDS)]
    picked = [0, 3, 7, 8, 30, 52, 59]
    print("/// Written by References/fold.py.\nenum FoldReferences {")
    swift("picked", "The test frames whose values follow.", picked, "Int")
    swift("words", "The words (6, 3), standardised.", words)
    swift("hard", "Bags (7, 6): one word a frame.", bags(scaled, known, words, 1, None)[picked])
    swift("soft", "Bags (7, 6): two words a frame, by a Gaussian of width 1.25.",
          bags(scaled, known, words, 2, 1.25)[picked])
    swift("raw", "Bags (7, 6) of words that were learnt of features as they are.",
          bags(test, known, raw, 1, None)[picked])
    swift("functionals", "Functionals (7, 6).", functionals(test, known)[picked])
    print("}")


main()
