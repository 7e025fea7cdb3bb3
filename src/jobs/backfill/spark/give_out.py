"""Gives the chunks of a back-fill to workers by Spark. Usage: give_out.py MASTER COMMAND, one chunk a line on standard input.
Prints the end record of each chunk once. A chunk without one, whatever its worker's exit code, is given out again, four times in all."""
import json
import re
import sys

from pyspark.sql import SparkSession

master, command = sys.argv[1:]


def key(text: str) -> tuple[str, int]:
    record = json.loads(text)
    return record["product"], record["from"]


def literal(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


waiting = {key(line): line for line in sys.stdin.read().splitlines()}
builder = SparkSession.builder.appName("spike60 backfill").master(master)
for name, value in {"spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false"}.items():
    builder = builder.config(name, value)
spark = builder.getOrCreate()
spark.sparkContext.setLogLevel("OFF")
delimited = "ROW FORMAT DELIMITED FIELDS TERMINATED BY '\\t'"
try:
    for _ in range(4):
        if not waiting:
            break
        lines = spark.sql("SELECT posexplode(split(:chunks, '\\n')) AS (at, chunk)", args={"chunks": "\n".join(waiting.values())})
        # a task a chunk, so that what is done again is little
        lines.repartitionByRange(min(len(waiting), 10_000), "at").createOrReplaceTempView("chunks")
        using = f"USING {literal(command)} AS (ended string) {delimited}"
        ends = spark.sql(f"SELECT TRANSFORM(chunk) {delimited} {using} FROM chunks")
        for (end,) in ends.collect():
            if waiting.pop(key(end), None):
                print(end, flush=True)
except Exception as error:
    text = str(error)
    said = re.search(r"Subprocess exited with status[^\n]*", text)
    sys.exit(said.group() if said else " ".join(text.split())[:500])
if waiting:
    sys.exit("its workers ended early, four times in turn, and said nothing")
