"""Reads closes as float64, and takes MA20, MA50 and RSI of 14 simple means by pandas; prints CPU seconds, one a repetition, and its version."""

import json
import sys
import time

import numpy
import pandas

path, repetitions = sys.argv[1], int(sys.argv[2])
close = pandas.Series(numpy.fromfile(path, dtype="<f8"))


def indicators():
    change = close.diff()
    gain = change.clip(lower=0).rolling(14).mean()
    loss = (-change.clip(upper=0)).rolling(14).mean()
    return close.rolling(20).mean(), close.rolling(50).mean(), 100 - 100 / (1 + gain / loss)


seconds = []
for _ in range(repetitions + 1):
    before = time.process_time()
    last = [float(column.iloc[-1]) for column in indicators()]
    seconds.append(time.process_time() - before)
print(json.dumps({"version": pandas.__version__, "seconds": seconds[1:], "last": last}))
