"""Evidently's drift of two files of float64 columns. Arguments: reference, current, JSON list of columns."""
import json
import sys
import time
import warnings

warnings.filterwarnings("ignore")
import evidently
import numpy as np
import pandas as pd
from evidently import Report
from evidently.metrics import ValueDrift
from evidently.presets import DataDriftPreset

names = json.loads(sys.argv[3])
reference, current = (
    pd.DataFrame(dict(zip(names, np.fromfile(path).reshape(len(names), -1)))) for path in sys.argv[1:3]
)


def measure(metrics, repetitions=3):
    cpu, wall = [], []
    for _ in range(repetitions):
        started, clock = time.process_time(), time.perf_counter()
        found = Report(metrics()).run(current, reference).dict()
        cpu.append(time.process_time() - started)
        wall.append(time.perf_counter() - clock)
    return {"cpu": cpu, "wall": wall}, found


preset, _ = measure(lambda: [DataDriftPreset()])
scores, found = measure(lambda: [ValueDrift(column=name) for name in names])
values = {metric["config"]["column"]: float(metric["value"]) for metric in found["metrics"]}
print(
    json.dumps(
        {
            "version": evidently.__version__,
            "preset": preset,
            "scores": scores,
            "values": values,
        }
    )
)
