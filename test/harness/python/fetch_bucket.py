"""Fetches what lies below s3://BUCKET/PREFIX into a folder, and says which objects these are."""
import json
import pathlib
import sys

import boto3

address, folder = sys.argv[1:]
bucket, _, prefix = address.removeprefix("s3://").partition("/")
s3 = boto3.client("s3")
keys = []
for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
    for found in page.get("Contents", []):
        key = found["Key"].removeprefix(prefix).lstrip("/")
        path = pathlib.Path(folder, key)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(s3.get_object(Bucket=bucket, Key=found["Key"])["Body"].read())
        keys.append(key)
print(json.dumps(keys))
