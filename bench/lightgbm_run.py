"""LightGBM on the rows that bench/boosting.ts wrote: prints CPU seconds of binning and training, and the AUC on judged rows."""
import json
import sys
import time
from pathlib import Path

import lightgbm
import numpy as np
from sklearn.metrics import roc_auc_score

folder, width = Path(sys.argv[1]), int(sys.argv[2])


def load(name):
    y = np.fromfile(folder / f"{name}_y.u8", dtype=np.uint8)
    x = np.fromfile(folder / f"{name}_x.f32", dtype=np.float32).reshape(width, len(y)).T.astype(np.float64)
    return np.ascontiguousarray(x), y


(x, y), (judged_x, judged_y) = load("train"), load("judged")
params = {
    "objective": "binary",
    "num_leaves": 31,
    "learning_rate": 0.1,
    "min_data_in_leaf": 20,
    "max_bin": 255,
    "num_threads": 1,
    "verbose": -1,
}
started = time.process_time()
data = lightgbm.Dataset(x, y, params=params)
model = lightgbm.train(params, data, num_boost_round=100)
seconds = time.process_time() - started
auc = float(roc_auc_score(judged_y, model.predict(judged_x)))
print(json.dumps({"seconds": seconds, "auc": auc, "version": lightgbm.__version__}))
