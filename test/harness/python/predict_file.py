"""Scores a labelled file as it is with each model folder. Arguments: Parquet file, folders. Prints their probabilities, a list each."""
import json
import sys

import mlflow
import pandas as pd

file, *folders = sys.argv[1:]
data = pd.read_parquet(file)
answers = [mlflow.pyfunc.load_model(folder).predict(data)["probability"].tolist() for folder in folders]
print(json.dumps(answers))
