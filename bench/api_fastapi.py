"""FastAPI with uvicorn, httptools and uvloop on given bodies. Usage: api_fastapi.py PORT BODIES.json ready|made
BODIES.json: {path: body}. ready: each body is bytes that were made before; made: an object that FastAPI makes JSON of, as routes usually do."""
import json
import os
import sys
import threading

import uvicorn
from fastapi import FastAPI, Query, Response

port, file, how = sys.argv[1:]
with open(file) as text:
    bodies = json.load(text)
packed = {path: json.dumps(body, separators=(",", ":")).encode() for path, body in bodies.items()}
app = FastAPI()


def answer(path: str):
    return Response(packed[path], media_type="application/json") if how == "ready" else bodies[path]


@app.get("/health")
async def health():
    return answer("/health")


@app.get("/quotes/{ticker}")
async def quotes(ticker: str):
    return answer(f"/quotes/{ticker}")


@app.get("/aggregations/{ticker}")
async def aggregations(ticker: str):
    return answer(f"/aggregations/{ticker}")


@app.get("/features/{ticker}")
async def features(ticker: str):
    return answer(f"/features/{ticker}")


@app.get("/sentiment/{ticker}")
async def sentiment(ticker: str, hours: int = Query(24, ge=1, le=168)):
    return answer(f"/sentiment/{ticker}")


@app.get("/windows/{product}")
async def windows(product: str, length: int = Query(60, ge=1), limit: int = Query(60, ge=1, le=400)):
    return answer(f"/windows/{product}")


def end_with_parent():
    sys.stdin.read()
    os._exit(0)


threading.Thread(target=end_with_parent, daemon=True).start()
uvicorn.run(app, host="127.0.0.1", port=int(port), loop="uvloop", http="httptools", access_log=False, log_level="error")
