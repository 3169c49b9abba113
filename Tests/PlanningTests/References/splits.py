"""Writes splits.txt: what scikit-learn says of grouped folds, for SplitReferenceTests.

    pip install scikit-learn==1.9.1 numpy && python3 splits.py > splits.txt

A line is `scheme k groups → folds`: the group of each recording, and the number, from 0, of the
fold that tests it.
"""

import random

import numpy as np
from sklearn.model_selection import GroupKFold, LeaveOneGroupOut

random.seed(11)
for case in range(24):
    numbers = case % 2 == 0
    names = [i + 1 for i in range(20)] if numbers else [f"{c}-{i}" for c in "baC" for i in range(9, 14)]
    used = random.sample(names, random.randint(4, 12))
    groups = used + random.choices(used, k=random.randint(0, 20))
    random.shuffle(groups)
    array = np.array(groups)
    k = random.randint(2, min(4, len(used)))
    for scheme, splitter in [("group-k-fold", GroupKFold(k)), ("leave-one-group-out", LeaveOneGroupOut())]:
        folds = np.full(len(groups), -1)
        for fold, (train, test) in enumerate(splitter.split(groups, groups=array)):
            assert not set(array[train]) & set(array[test])
            folds[test] = fold
        count = splitter.get_n_splits(groups, groups=array)
        print(scheme, count, ",".join(map(str, groups)), "→", ",".join(map(str, folds)))
