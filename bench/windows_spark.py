"""Spark's windows over files of trades: 60 s by 10 s, watermark 10 minutes, both cores. Usage: windows_spark.py FOLDER.
After a first run that warms it, one more for each line of standard input: prints a JSON object of version, events, seconds by the
clock and CPU seconds of the Java machine. Spark's own start does not count."""
import json, os, shutil, sys, tempfile, time

from pyspark import __version__
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

folder = sys.argv[1]
options = {
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.session.timeZone": "UTC",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.memory": "3g",
}
builder = SparkSession.builder.master("local[2]")
for name, value in options.items():
    builder = builder.config(name, value)
spark = builder.getOrCreate()
spark.sparkContext.setLogLevel("ERROR")
schema = "product_id string, trade_id string, price double, size double, side string, time timestamp"


def cpu() -> float:
    """CPU seconds of the Java machine so far; NaN where the system does not say."""
    try:
        with open(f"/proc/{spark.sparkContext._gateway.proc.pid}/stat") as stat:
            user, system = stat.read().rsplit(") ", 1)[1].split()[11:13]
    except OSError:
        return float("nan")
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def run() -> dict:
    checkpoint = tempfile.mkdtemp(prefix="spike60-spark-")
    lines = spark.readStream.schema("value string").option("maxFilesPerTrigger", 4).text(folder)
    trades = lines.select(F.from_json("value", schema).alias("r")).select("r.*").withWatermark("time", "10 minutes")
    windows = trades.groupBy("product_id", F.window("time", "60 seconds", "10 seconds")).agg(
        F.count("*"),
        F.sum("size"),
        F.sum(F.col("price") * F.col("size")) / F.sum("size"),
        F.avg("price"),
        F.stddev_samp("price"),
    )
    began, before = time.time(), cpu()
    stream = windows.writeStream.outputMode("append").format("noop").trigger(availableNow=True)
    query = stream.option("checkpointLocation", checkpoint).start()
    query.awaitTermination()
    seconds, used = time.time() - began, cpu() - before
    shutil.rmtree(checkpoint, ignore_errors=True)
    events = sum(progress["numInputRows"] for progress in query.recentProgress)
    return {"version": __version__, "events": events, "seconds": seconds, "cpu": used}


run()
print("ready", flush=True)
for _ in sys.stdin:
    print(json.dumps(run()), flush=True)
spark.stop()
