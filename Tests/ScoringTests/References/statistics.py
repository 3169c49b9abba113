"""Writes statistics.json: what StatisticsTests compares with, by NumPy and SciPy alone.

Run it with NumPy 2 and SciPy 1.17: python3 statistics.py > statistics.json
Everything is computed from frames: CCC over concatenated frames, never from moments; permutations
by exchanging frames; Holm as the closure of Bonferroni; the gap's parts over all orders of change.
"""

import itertools
import json

import numpy as np
import scipy.stats as st

random = np.random.default_rng(20240607)
CONVENTIONS = ["population", "sample", "avec"]


def ccc(x, y, convention):
    n = len(x)
    if convention == "avec":
        covariance, a, b = np.cov(x, y, ddof=0)[0, 1], x.var(ddof=1), y.var(ddof=1)
    else:
        ddof = int(convention == "sample")
        covariance, a, b = np.cov(x, y, ddof=ddof)[0, 1], x.var(ddof=ddof), y.var(ddof=ddof)
    return 2 * covariance / (a + b + (x.mean() - y.mean()) ** 2)


def figures(x, y):
    return {
        **{name: ccc(x, y, name) for name in CONVENTIONS},
        "pearson": st.pearsonr(x, y).statistic,
        "rmse": np.sqrt(np.mean((x - y) ** 2)),
        "bias": y.mean() - x.mean(),
        "scale": y.std() / x.std(),
    }


def mean_ccc(gold, seeds, convention="population"):
    """Over seeds, each of all frames of a list of groups."""
    x = np.concatenate(gold)
    return float(np.mean([ccc(x, np.concatenate(y), convention) for y in seeds]))


# Seven groups of unequal length, two models, two seeds; an offset that is large against the spread.
gold, models = [], {"a": [[], []], "b": [[], []]}
for size in [9, 12, 7, 15, 10, 8, 11]:
    x = 40 + random.normal() + 0.8 * random.normal(size=size)
    gold.append(x)
    for model, gain, shift in [("a", 0.5, 0.3), ("b", 0.5, 0.45)]:
        for seed in range(2):
            noise = 0.6 * random.normal(size=size)
            models[model][seed].append(40 + gain * (x - 40) + shift + noise)

groups = len(gold)
point = {m: mean_ccc(gold, seeds) for m, seeds in models.items()}


def of_groups(chosen, seeds):
    return mean_ccc([gold[g] for g in chosen], [[y[g] for g in chosen] for y in seeds])


def bootstrap(statistic, method, resamples=1000):
    return st.bootstrap(
        (np.arange(groups),), lambda chosen: statistic(chosen), vectorized=False, method=method,
        n_resamples=resamples, confidence_level=0.95, rng=np.random.default_rng(5))


def distribution(exact):
    # Rounded, so that resamples that are the data themselves in another order equal the point.
    def statistic(chosen):
        return round(exact(chosen), 11)

    everything = np.arange(groups)
    bca, percentile = bootstrap(statistic, "BCa"), bootstrap(statistic, "percentile")
    assert np.array_equal(bca.bootstrap_distribution, percentile.bootstrap_distribution)
    return {
        "point": statistic(everything),
        "values": bca.bootstrap_distribution.tolist(),
        "jackknife": [statistic(np.delete(everything, g)) for g in everything],
        "bca": list(bca.confidence_interval),
        "percentile": list(percentile.confidence_interval),
        "standardError": float(bca.standard_error),
    }


def permutation(convention):
    """Exact, over all exchanges of whole groups between the two models."""
    differences = []
    for flips in itertools.product([False, True], repeat=groups):
        sides = [[], []]
        for seed in range(2):
            for side, (own, other) in enumerate([("a", "b"), ("b", "a")]):
                sides[side].append(
                    [models[other if flip else own][seed][g] for g, flip in enumerate(flips)])
        a, b = (mean_ccc(gold, side, convention) for side in sides)
        differences.append(b - a)
    return float(np.mean(np.abs(differences) >= abs(differences[0]) - 1e-12))


def closure(p):
    """Adjusted p-values: the largest Bonferroni p-value of all sets that hold the hypothesis."""
    adjusted = []
    for i in range(len(p)):
        rest = [j for j in range(len(p)) if j != i]
        sets = [s for k in range(len(p)) for s in itertools.combinations(rest, k)]
        adjusted.append(max(min(1, (len(s) + 1) * min([p[i]] + [p[j] for j in s])) for s in sets))
    return adjusted


def gap_parts(within, cross, convention):
    """CCC = 2 r / (v + 1/v + u²): each part's mean effect over the six orders of change."""
    def parts(x, y):
        n = len(x)
        r = st.pearsonr(x, y).statistic * ((n - 1) / n if convention == "avec" else 1)
        ddof = 0 if convention == "population" else 1
        bias = (x.mean() - y.mean()) ** 2 / (x.std(ddof=ddof) * y.std(ddof=ddof))
        return [r, bias, y.std() / x.std()]

    def value(r, bias, v):
        return 2 * r / (v + 1 / v + bias)

    start, end, effects = parts(*cross), parts(*within), np.zeros(3)
    for order in itertools.permutations(range(3)):
        current = list(start)
        for part in order:
            before = value(*current)
            current[part] = end[part]
            effects[part] += (value(*current) - before) / 6
    return effects.tolist()


whole = np.concatenate(gold)
p_values = [0.01, 0.04, 0.03, 0.005, 0.04]
shares = [1e-300, 1e-12, 1e-5, 0.001, 0.025, 0.0749, 0.0751, 0.3, 0.5, 0.7, 0.975, 0.999999]
heights = [-38, -30, -9.5, -7.08, -7.07, -3, -1.96, -0.5, 0, 0.3, 1.6448536, 2.5, 6, 9]
print(json.dumps({
    "gold": [x.tolist() for x in gold],
    "models": {m: [[y.tolist() for y in seed] for seed in seeds] for m, seeds in models.items()},
    "figures": {
        m: [figures(whole, np.concatenate(y)) for y in seeds] for m, seeds in models.items()},
    "single": distribution(lambda c: of_groups(c, models["a"])),
    "paired": distribution(lambda c: of_groups(c, models["b"]) - of_groups(c, models["a"])),
    "ratio": distribution(lambda c: of_groups(c, models["a"]) / of_groups(c, models["b"])),
    "permutation": {name: permutation(name) for name in CONVENTIONS},
    "probabilities": p_values,
    "holm": closure(p_values),
    "parts": {
        name: gap_parts(
            (whole, np.concatenate(models["b"][0])), (whole, np.concatenate(models["a"][1])), name)
        for name in CONVENTIONS},
    "quantiles": [[p, float(st.norm.ppf(p))] for p in shares],
    "normal": [[z, float(st.norm.cdf(z))] for z in heights],
    "detectable": float(st.norm.ppf(0.975) + st.norm.ppf(0.8)),
}, indent=None, separators=(",", ":")))
