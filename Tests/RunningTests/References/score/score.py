"""Makes the folders `gold` and `predicted` and what they score: run in this folder.

The formulas are written down from AVEC 2019's description and use nothing of Concord: traces of all
recordings end to end; CCC = 2 cov / (var x + var y + (mean x - mean y)^2), where `population` divides
all by n, `sample` all by n - 1, `avec` cov by n and variances by n - 1. A prediction that is too long
is cropped; one that is too short repeats its last value.
"""

import json
import os

import numpy as np

TARGETS = ["arousal", "valence", "liking"]
FILES = {  # name: (gold frames, predicted frames)
    "Devel_DE_01": (60, 60), "Devel_DE_02": (45, 52), "Devel_DE_05": (45, 40),
    "Devel_DE_12": (61, 61), "Devel_HU_01": (50, 1), "Devel_HU_14": (50, 50),
    "Devel_HU_02": (33, 33),
}


def write(folder, name, traces):
    os.makedirs(folder, exist_ok=True)
    with open(f"{folder}/{name}.csv", "w") as out:
        out.write("name;timestamp;" + ";".join(TARGETS) + "\n")
        for t, row in enumerate(traces):
            out.write(f"'{name}';{t / 10:.6f};" + ";".join(f"{v:.6f}" for v in row) + "\n")


def read(folder, name):
    return np.genfromtxt(f"{folder}/{name}.csv", delimiter=";", skip_header=1, ndmin=2)[:, 2:]


def score(x, y, convention):
    n = len(x)
    dx, dy = x - x.mean(), y - y.mean()
    cov = (dx * dy).sum() / (n - 1 if convention == "sample" else n)
    divisor = n if convention == "population" else n - 1
    bias = x.mean() - y.mean()
    ccc = 2 * cov / ((dx**2).sum() / divisor + (dy**2).sum() / divisor + bias**2)
    pearson = (dx * dy).sum() / np.sqrt((dx**2).sum() * (dy**2).sum())
    return {"ccc": ccc, "pearson": pearson, "rmse": np.sqrt(((x - y) ** 2).mean())}


random = np.random.default_rng(7)
for name, (frames, predicted) in FILES.items():
    length = max(frames, predicted)
    gold = 0.4 * np.sin(np.arange(length)[:, None] / 9 + random.uniform(0, 6, 3))
    guess = gold * [0.7, 0.5, 0.2] + [0.1, 0, -0.1] + random.normal(0, 0.15, (length, 3))
    write("gold", name, gold[:frames])
    write("predicted", name, guess[:predicted])

result = {}
for convention in ["avec", "population", "sample"]:
    for side in ["DE", "HU", "all"]:
        names = sorted(n for n in FILES if side in n or side == "all")
        pairs = []
        for name in names:
            gold, guess = read("gold", name), read("predicted", name)
            short = len(gold) - len(guess)
            if short > 0:
                guess = np.vstack([guess, np.repeat(guess[-1:], short, axis=0)])
            pairs.append((gold, guess[: len(gold)]))
        x, y = (np.vstack(part) for part in zip(*pairs))
        for index, target in enumerate(TARGETS):
            result[f"{convention} {side} {target}"] = score(x[:, index], y[:, index], convention)
with open("scores.json", "w") as out:
    json.dump(result, out, indent=1)
    out.write("\n")
