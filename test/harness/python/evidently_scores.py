"""Evidently's default drift scores of pairs of Parquet files. Argument: JSON list of {reference, current, columns}."""
import json
import sys
import warnings

warnings.filterwarnings("ignore")
import pandas as pd
from evidently import Report
from evidently.metrics import ValueDrift


def scores(reference, current, columns):
    report = Report([ValueDrift(column=name) for name in columns])
    metrics = report.run(pd.read_parquet(current)[columns], pd.read_parquet(reference)[columns]).dict()["metrics"]
    return {
        metric["config"]["column"]: {"method": metric["config"]["method"], "score": float(metric["value"])}
        for metric in metrics
    }


print(json.dumps([scores(**pair) for pair in json.loads(sys.argv[1])]))
