"""TA-Lib's RSI of 14 of each list of closes in a JSON file, null where it has none; prints it and the version as JSON."""

import json
import sys

import numpy
import talib

lists = json.load(open(sys.argv[1], encoding="utf-8"))
found = [talib.RSI(numpy.array(closes, dtype=float), timeperiod=14) for closes in lists]
rsi = [[None if numpy.isnan(value) else float(value) for value in column] for column in found]
print(json.dumps({"version": talib.__version__, "rsi": rsi}))
