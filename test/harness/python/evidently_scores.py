"""Evidently's default drift scores of two Parquet files. Arguments: reference, current, JSON list of columns."""
import json
import sys
import warnings

warnings.filterwarnings("ignore")
import pandas as pd
from evidently import Report
from evidently.metrics import ValueDrift

reference, current, columns = pd.read_parquet(sys.argv[1]), pd.read_parquet(sys.argv[2]), json.loads(sys.argv[3])
report = Report([ValueDrift(column=name) for name in columns])
metrics = report.run(current[columns], reference[columns]).dict()["metrics"]
print(
    json.dumps(
        {
            metric["config"]["column"]: {"method": metric["config"]["method"], "score": float(metric["value"])}
            for metric in metrics
        }
    )
)
