"""Evidently's own report of data drift, of rows in Parquet files. Argument: a JSON job.

{"reference", "current": paths, "until": rows of the reference lie before it or null, "since": rows of the current side lie
from it on or null (ISO times), "columns": names, "html", "json": where the report goes}
"""
import json
import sys
import warnings

warnings.filterwarnings("ignore")
import numpy as np
import pandas as pd
from evidently import Report
from evidently.presets import DataDriftPreset

job = json.loads(sys.argv[1])


def rows(path, keep, bound):
    frame = pd.read_parquet(path)
    if bound is not None:
        time = pd.to_datetime(frame["time"], utc=True)
        frame = frame[keep(time, pd.Timestamp(bound))]
    return frame[job["columns"]].replace([np.inf, -np.inf], np.nan)


reference = rows(job["reference"], lambda time, bound: time < bound, job["until"])
current = rows(job["current"], lambda time, bound: time >= bound, job["since"])
report = Report([DataDriftPreset()]).run(current, reference)
report.save_html(job["html"])
report.save_json(job["json"])
drifted = report.dict()["metrics"][0]["value"]
print(json.dumps({"count": int(drifted["count"]), "columns": len(job["columns"])}))
