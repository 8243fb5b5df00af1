"""AWS's X-Ray SDK for Python: what its recorder sends over UDP, and its sampler asking for rules and quotas."""

import json
import sys
import time

import boto3
from aws_xray_sdk.core import xray_recorder
from checks import check, equal, eventually, new_id

ENDPOINT = sys.argv[1]
# The sampler reports every ten seconds.
REPORT_SECONDS_MAX = 25

keys = {"aws_access_key_id": "interop", "aws_secret_access_key": "interop"}
xray = boto3.client("xray", endpoint_url=ENDPOINT, region_name="us-west-2", **keys)
xray_recorder.configure(service="python-worker", context_missing="RUNTIME_ERROR")


def record(work):
    """Runs `work` in a segment of its own that is sampled for certain, and gives the trace's id."""
    segment = xray_recorder.begin_segment("python-worker", sampling=1)
    try:
        work(segment)
    finally:
        xray_recorder.end_segment()
    return segment.trace_id


def read(trace_id):
    """The trace's segment as the server has it."""

    def attempt():
        [trace] = xray.batch_get_traces(TraceIds=[trace_id])["Traces"]
        documents = [json.loads(segment["Document"]) for segment in trace["Segments"]]
        [worker] = [one for one in documents if one["name"] == "python-worker"]
        return worker

    return eventually(attempt)


with check("annotations, metadata and user of every type"):

    def annotate(segment):
        segment.set_user("bo")
        segment.put_annotation("text", "täxt")
        segment.put_annotation("number", 2.5)
        segment.put_annotation("flag", True)
        segment.put_metadata("deep", {"list": [1, None, {"a": "b"}]}, "worker")

    kept = read(record(annotate))
    equal(kept["annotations"], {"text": "täxt", "number": 2.5, "flag": True})
    equal(kept["metadata"]["worker"]["deep"], {"list": [1, None, {"a": "b"}]})
    equal(kept["user"], "bo")

with check("nested subsegments, and the exception of the innermost"):

    def fail(_segment):
        try:
            with xray_recorder.in_subsegment("outer"), xray_recorder.in_subsegment("inner"):
                raise KeyError("missing")
        except KeyError:
            pass

    [outer] = read(record(fail))["subsegments"]
    [inner] = outer["subsegments"]
    equal((outer["name"], inner["name"], outer["fault"], inner["fault"]), ("outer", "inner", True, True))
    [exception] = inner["cause"]["exceptions"]
    equal(exception["type"], "KeyError")
    assert outer["cause"] == exception["id"] or outer["cause"]["exceptions"], outer["cause"]

with check("subsegments that were streamed come back under their parent"):
    count = 150

    def stream(_segment):
        with xray_recorder.in_subsegment("batch"):
            for number in range(count):
                with xray_recorder.in_subsegment(f"step {number}"):
                    pass

    streamed = record(stream)

    def all_steps():
        [batch] = read(streamed)["subsegments"]
        equal({step["name"] for step in batch["subsegments"]}, {f"step {number}" for number in range(count)})

    eventually(all_steps)

with check("the sampler fetches the server's rules"):
    sampler = xray_recorder.sampler
    sampler.should_trace()
    eventually(lambda: equal([rule.name for rule in sampler._cache.rules], ["Default"]))
    [rule] = sampler._cache.rules
    equal(rule.rate, 1.0)

with check("a segment it sampled names the rule"):
    name = f"python-sampled-{new_id(4)}"
    segment = xray_recorder.begin_segment(name)
    xray_recorder.end_segment()
    equal(segment.sampled, True)
    equal(sampler.should_trace({"method": "GET", "path": "/", "host": "a", "service": name}), "Default")

with check("the sampler reports its counts and takes a quota from the answer"):
    end = time.monotonic() + REPORT_SECONDS_MAX
    while rule.reservoir.quota is None and time.monotonic() < end:
        sampler.should_trace({"method": "GET", "path": "/", "host": "a", "service": "python-worker"})
        time.sleep(0.5)
    assert rule.reservoir.quota is not None, "no quota came"
    assert rule.reservoir.TTL > time.time(), "the quota has expired already"
