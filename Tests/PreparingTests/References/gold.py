"""Writes gold.json: gold traces of made-up raters and their agreement, by NumPy alone.

Run in this folder. Nothing of Concord is used: alignment tries every lag by brute force, and
Krippendorff's alpha is summed over all pairs of values, as its definition says.
"""

import itertools
import json

import numpy as np

random = np.random.default_rng(11)


def shift(x, lag):
    return x[np.clip(np.arange(len(x)) + lag, 0, len(x) - 1)]


def fit(a, b, measure):
    if a.std() == 0 or b.std() == 0:
        return -np.inf
    if measure == "correlation":
        return np.corrcoef(a, b)[0, 1]
    return 2 * np.mean((a - a.mean()) * (b - b.mean())) / (
        a.var() + b.var() + (a.mean() - b.mean()) ** 2)


def align(raters, most, measure):
    count, frames = raters.shape
    lags = [0] * count
    for _ in range(10):
        before = list(lags)
        for k in range(count):
            others = np.mean([shift(raters[i], lags[i]) for i in range(count) if i != k], axis=0)
            scores = {}
            for lag in range(-most, most + 1):
                t = np.arange(max(0, -lag), min(frames, frames - lag))
                scores[lag] = fit(others[t], raters[k][t + lag], measure)
            best = max(scores.values())
            lags[k] = min((l for l in scores if scores[l] == best), key=abs)
        if lags == before:
            break
    return [lag - sorted(lags)[(count - 1) // 2] for lag in lags]


def gold(raters, fusion, most, measure):
    lags = align(raters, most, measure) if most else [0] * len(raters)
    aligned = np.array([shift(x, lag) for x, lag in zip(raters, lags)])
    trust = np.ones(len(raters))
    if fusion == "ewe":
        mean = aligned.mean(axis=0)
        trust = np.array([0 if x.std() == 0 else max(0, np.corrcoef(x, mean)[0, 1]) for x in aligned])
    if trust.sum() == 0:
        trust[:] = 1
    weights = trust / trust.sum()
    return {"trace": list(weights @ aligned), "lags": lags, "weights": list(weights)}


def alpha(units):
    units = [u for u in units if len(u) > 1]
    values = [v for u in units for v in u]
    n = len(values)
    observed = sum(
        sum((a - b) ** 2 for a, b in itertools.permutations(u, 2)) / (len(u) - 1) for u in units) / n
    expected = sum((a - b) ** 2 for a, b in itertools.permutations(values, 2)) / (n * (n - 1))
    return 1 - observed / expected


truth = 0.5 * np.sin(np.arange(160) / 7) + 0.3 * np.sin(np.arange(160) / 17)
delays = [0, 3, 6, 4, 20]
raters = np.array([
    np.roll(truth, d)[20:140] * s + b + random.normal(0, 0.08, 120)
    for d, s, b in zip(delays, [1, 0.7, 1.2, -1, 0], [0, 0.1, 0, 0, 0.2])
]).round(6)
raters[4] = 0.2
result = {"raters": raters.tolist(), "gold": {}}
for fusion, most, measure in [("mean", 0, "correlation"), ("ewe", 0, "correlation"),
                              ("ewe", 10, "correlation"), ("mean", 10, "ccc")]:
    result["gold"][f"{fusion} {most} {measure}"] = gold(raters[:4], fusion, most, measure)
result["gold"]["ewe 0 correlation constant"] = gold(raters, "ewe", 0, "correlation")

recordings = [[0, 1, 2], [0, 2], [1]]  # Who rated each of three recordings of 40 frames.
parts = [raters[:, 40 * i:40 * i + 40] for i in range(3)]
units = [[part[k, t] for k in who] for who, part in zip(recordings, parts) for t in range(40)]
pairs = {}
for a, b in itertools.combinations(range(3), 2):
    both = [part for who, part in zip(recordings, parts) if a in who and b in who]
    x, y = (np.concatenate([part[k] for part in both]) for k in (a, b))
    pairs[f"{a} {b}"] = fit(x, y, "ccc")
result["agreement"] = {"alpha": alpha(units), "pairs": pairs, "recordings": recordings}
with open("gold.json", "w") as out:
    json.dump(result, out)
    out.write("\n")
