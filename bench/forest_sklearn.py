"""scikit-learn's Isolation Forest on the rows that bench/forest.ts wrote: CPU seconds of its calls, its trees and their scores, as JSON."""

import json
import sys
import time
from pathlib import Path

import numpy as np
import sklearn
from sklearn.ensemble import IsolationForest
from sklearn.preprocessing import StandardScaler

path, width, out = sys.argv[1], int(sys.argv[2]), sys.argv[3]
x = np.fromfile(path, dtype=np.float32).reshape(-1, width).astype(np.float64)


def new():
    return IsolationForest(n_estimators=100, max_samples=256, contamination=0.01, random_state=60)


def measure(work, times, each=1):
    seconds = []
    for _ in range(times):
        before = time.process_time()
        work()
        seconds.append((time.process_time() - before) / each)
    return seconds


forest = new().fit(x)
scaler = StandardScaler().fit(x)
row = x[:1]


def three_calls():
    scaled = scaler.transform(row)
    forest.score_samples(scaled)
    forest.predict(scaled)


trees = [
    {
        "feature": tree.tree_.feature.tolist(),
        "threshold": tree.tree_.threshold.tolist(),
        "left": tree.tree_.children_left.tolist(),
        "right": tree.tree_.children_right.tolist(),
        "n": tree.tree_.n_node_samples.tolist(),
    }
    for tree in forest.estimators_
]
measured = {
    "version": sklearn.__version__,
    "fit": measure(lambda: new().fit(x), 5),
    "one_row": measure(lambda: forest.score_samples(row), 30),
    "three_calls": measure(three_calls, 15),
    "batch_row": measure(lambda: forest.score_samples(x), 10, len(x)),
    "trees": trees,
    "scores": forest.score_samples(x).tolist(),
}
Path(out).write_text(json.dumps(measured))
