"""Puts a commit of another version before the newest one of a topic in a lake."""
import json
import sys

import boto3

address, topic, version = sys.argv[1:]
bucket, _, prefix = address.removeprefix("s3://").partition("/")
s3 = boto3.client("s3")
newest = s3.list_objects_v2(Bucket=bucket, Prefix=f"{prefix}/_commits/{topic}/")["Contents"][0]["Key"]
told = json.loads(s3.get_object(Bucket=bucket, Key=newest)["Body"].read())
folder, _, name = newest.rpartition("/")
number = int(name.removesuffix(".json")) - 1
s3.put_object(Bucket=bucket, Key=f"{folder}/{number:012}.json", Body=json.dumps({**told, "version": int(version)}))
print("{}")
