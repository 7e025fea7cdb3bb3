"""Scores the sets of texts that bench/vader.ts wrote; writes their scores and the CPU seconds of each repetition as JSON."""

import json
import sys
import time
from importlib.metadata import version
from pathlib import Path

from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

texts, out, repetitions = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
analyzer = SentimentIntensityAnalyzer()
scored = []
for one in json.loads(texts.read_text(encoding="utf-8")):
    seconds = []
    for _ in range(repetitions):
        before = time.process_time()
        scores = [analyzer.polarity_scores(text) for text in one]
        seconds.append(time.process_time() - before)
    rows = [[score[key] for key in ("neg", "neu", "pos", "compound")] for score in scores]
    scored.append({"scores": rows, "seconds": seconds})
out.write_text(json.dumps({"version": version("vaderSentiment"), "scored": scored}))
