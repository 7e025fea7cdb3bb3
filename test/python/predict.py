"""Loads a registered model as a user does and predicts. Arguments: server, model address, JSON {columns, rows}, columns in any order."""
import json
import os
import sys

server, address, frame = sys.argv[1:4]
os.environ["MLFLOW_TRACKING_URI"] = server
os.environ["MLFLOW_HTTP_REQUEST_MAX_RETRIES"] = "1"
import mlflow
import pandas as pd

table = json.loads(frame)
model = mlflow.pyfunc.load_model(address)
rows = [[float("nan") if value is None else value for value in row] for row in table["rows"]]
data = pd.DataFrame(rows, columns=table["columns"])
answer = model.predict(data)
first = table["needed"]
try:
    model.predict(data.drop(columns=[first]))
    refused = None
except Exception as error:
    refused = str(error)
print(json.dumps({"columns": list(answer.columns), "probability": answer["probability"].tolist(), "refused": refused}))
