"""The shop's recommender in Python: Flask, requests and AWS's X-Ray SDK, used as their users do.

Prints where it listens; the first line of standard input says where the catalogue is.
"""

import random
import sys
import threading
import time

import requests
from aws_xray_sdk.core import patch, xray_recorder
from aws_xray_sdk.ext.flask.middleware import XRayMiddleware
from flask import Flask, jsonify, request
from werkzeug.serving import make_server

# How long a model is kept. Short, so that the slow path shows again and again.
MODEL_KEPT_SECONDS = 20
PICKS_MAX = 3
ANSWER_SECONDS_MAX = 5

app = Flask(__name__)
xray_recorder.configure(service="recommender")
XRayMiddleware(app, xray_recorder)
patch(["requests"])

loaded_until = {}
catalog = {}


@app.get("/recommendations/<category>")
def recommendations(category):
    is_loaded = time.monotonic() < loaded_until.get(category, 0)
    segment = xray_recorder.current_segment()
    segment.put_annotation("category", category)
    segment.put_annotation("model_loaded", is_loaded)
    if not is_loaded:
        load_model(category)
    answer = requests.get(f"{catalog['url']}/products", {"category": category}, timeout=ANSWER_SECONDS_MAX)
    answer.raise_for_status()
    return jsonify(picks=rank(answer.json(), category)[:PICKS_MAX])


@xray_recorder.capture("load model")
def load_model(category):
    time.sleep(random.uniform(0.3, 0.6))
    loaded_until[category] = time.monotonic() + MODEL_KEPT_SECONDS


@xray_recorder.capture("rank products")
def rank(products, category):
    if not products:
        raise ValueError(f"nothing to rank in {category}")
    ranked = [product["id"] for product in products if product["id"] != request.args.get("not")]
    random.shuffle(ranked)
    xray_recorder.current_subsegment().put_metadata("ranked", ranked, "recommender")
    return ranked


def main():
    server = make_server("127.0.0.1", 0, app, threaded=True)
    print(f"listening on http://127.0.0.1:{server.port}", flush=True)
    catalog["url"] = sys.stdin.readline().strip()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    # The end of standard input is the end of whoever started this.
    sys.stdin.read()


main()
