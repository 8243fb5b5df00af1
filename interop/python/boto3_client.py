"""X-Ray's operations through boto3, with what Python adds to them: datetimes, paginators, exception classes."""

import json
import sys
import time
from datetime import datetime, timedelta, timezone

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from checks import check, equal, eventually, new_id, new_trace_id

ENDPOINT = sys.argv[1]
TRACES = 230


def client(**more):
    return boto3.client("xray", endpoint_url=ENDPOINT, region_name="us-west-2", **more)


xray = client(aws_access_key_id="interop", aws_secret_access_key="interop")


def document(trace_id, kind, **more):
    start = time.time() - 1
    return {
        "trace_id": trace_id,
        "id": new_id(),
        "name": "boto3-shop",
        "start_time": start,
        "end_time": start + 0.125,
        "annotations": {"kind": kind},
        **more,
    }


def put(*documents):
    return xray.put_trace_segments(TraceSegmentDocuments=[json.dumps(one) for one in documents])


def around_now(zone=timezone.utc):
    now = datetime.now(zone)
    return {"StartTime": now - timedelta(minutes=5), "EndTime": now + timedelta(minutes=1)}


def find(kind, times=None):
    answer = xray.get_trace_summaries(**(times or around_now()), FilterExpression=f'annotation.kind = "{kind}"')
    return [summary["Id"] for summary in answer["TraceSummaries"]]


def expect_found(kind, trace_id, times=None):
    eventually(lambda: equal(find(kind, times), [trace_id]))


kind = f"one-{new_id(4)}"
trace_id = new_trace_id()
call_id = new_id()
root = document(trace_id, kind, user="ann", http={"response": {"status": 429}}, throttle=True, error=True)
root["subsegments"] = [
    {
        "id": call_id,
        "name": "DynamoDB",
        "namespace": "aws",
        "start_time": root["start_time"],
        "end_time": root["end_time"],
        "aws": {"operation": "GetItem", "table_name": "boto3-table"},
    }
]

with check("put_trace_segments: all taken, and the answer has a request id"):
    answer = put(root)
    equal(answer["UnprocessedTraceSegments"], [])
    equal(answer["ResponseMetadata"]["HTTPStatusCode"], 200)
    assert answer["ResponseMetadata"]["RequestId"], "no request id"

with check("put_trace_segments: one bad document does not cost the others"):
    good = document(new_trace_id(), f"{kind}-beside")
    bad = {**document(new_trace_id(), kind), "start_time": "soon"}
    refused = put(good, bad)["UnprocessedTraceSegments"]
    equal([one["Id"] for one in refused], [bad["id"]])
    expect_found(f"{kind}-beside", good["trace_id"])

with check("get_trace_summaries: a datetime in UTC"):
    expect_found(kind, trace_id)

with check("get_trace_summaries: a datetime in another zone"):
    expect_found(kind, trace_id, around_now(timezone(timedelta(hours=-7))))

with check("get_trace_summaries: seconds since 1970, as int and as text"):
    now = int(time.time())
    expect_found(kind, trace_id, {"StartTime": now - 300, "EndTime": str(now + 60)})

with check("get_trace_summaries: the summary's fields have their types"):
    answer = xray.get_trace_summaries(**around_now(), FilterExpression=f'annotation.kind = "{kind}"')
    [summary] = answer["TraceSummaries"]
    assert isinstance(answer["ApproximateTime"], datetime), "ApproximateTime is not a time"
    assert abs(summary["StartTime"].timestamp() - root["start_time"]) < 1, "StartTime is off"
    assert abs(summary["Duration"] - 0.125) < 0.001, summary["Duration"]
    equal((summary["HasThrottle"], summary["HasError"], summary["HasFault"]), (True, True, False))
    equal([user["UserName"] for user in summary["Users"]], ["ann"])
    equal(summary["Annotations"]["kind"][0]["AnnotationValue"], {"StringValue": kind})

with check("get_trace_summaries: the paginator gives each trace once"):
    many = f"many-{new_id(4)}"
    documents = [document(new_trace_id(), many) for _ in range(TRACES)]
    for start in range(0, TRACES, 50):
        put(*documents[start : start + 50])
    pages = xray.get_paginator("get_trace_summaries")

    def all_found():
        result = pages.paginate(**around_now(), FilterExpression=f'annotation.kind = "{many}"')
        found = [summary["Id"] for page in result for summary in page["TraceSummaries"]]
        equal(len(found), TRACES)
        equal(sorted(found), sorted(one["trace_id"] for one in documents))

    eventually(all_found)

with check("batch_get_traces: the document comes back, with the table it called as an inferred segment"):
    [trace] = xray.batch_get_traces(TraceIds=[trace_id])["Traces"]
    segments = [json.loads(segment["Document"]) for segment in trace["Segments"]]
    [kept] = [one for one in segments if one["id"] == root["id"]]
    equal(kept["annotations"], root["annotations"])
    equal(kept["subsegments"][0]["aws"]["table_name"], "boto3-table")
    [inferred] = [one for one in segments if one.get("inferred")]
    equal((inferred["parent_id"], inferred["origin"]), (call_id, "AWS::DynamoDB::Table"))

with check("get_trace_graph and get_service_graph: the table is a node with an edge to it"):
    traced = xray.get_trace_graph(TraceIds=[trace_id])["Services"]
    whole = xray.get_service_graph(**around_now())
    assert isinstance(whole["StartTime"], datetime), "StartTime is not a time"
    for services in (traced, whole["Services"]):
        [table] = [one for one in services if one["Name"] == "boto3-table"]
        equal(table["Type"], "AWS::DynamoDB::Table")
        [shop] = [one for one in services if one["Name"] == "boto3-shop" and one.get("Type") != "client"]
        assert table["ReferenceId"] in [edge["ReferenceId"] for edge in shop["Edges"]], "no edge"
        assert isinstance(shop["StartTime"], datetime), "a node's StartTime is not a time"

with check("get_sampling_rules: the paginator, and the Default rule's dates"):
    pages = xray.get_paginator("get_sampling_rules").paginate()
    records = [record for page in pages for record in page["SamplingRuleRecords"]]
    [default] = [one for one in records if one["SamplingRule"]["RuleName"] == "Default"]
    equal(default["SamplingRule"]["Priority"], 10000)
    equal(default["SamplingRule"]["FixedRate"], 1.0)
    assert isinstance(default["ModifiedAt"], datetime), "ModifiedAt is not a time"

with check("get_sampling_targets: quota and times"):
    statistics = {
        "RuleName": "Default",
        "ClientID": new_id(12),
        "Timestamp": datetime.now(timezone.utc),
        "RequestCount": 10,
        "SampledCount": 1,
        "BorrowCount": 0,
    }
    answer = xray.get_sampling_targets(SamplingStatisticsDocuments=[statistics])
    [target] = answer["SamplingTargetDocuments"]
    equal((target["RuleName"], target["FixedRate"]), ("Default", 1.0))
    assert isinstance(answer["LastRuleModification"], datetime), "LastRuleModification is not a time"

with check("put_telemetry_records: taken"):
    record = {"Timestamp": datetime.now(timezone.utc), "SegmentsReceivedCount": 7, "SegmentsSpilloverCount": 1}
    xray.put_telemetry_records(TelemetryRecords=[record], EC2InstanceId="i-0", Hostname="interop")

with check("a bad request raises the client's own exception class"):
    try:
        xray.get_trace_summaries(**around_now(), FilterExpression="responsetime >")
    except xray.exceptions.InvalidRequestException as error:
        equal(error.response["ResponseMetadata"]["HTTPStatusCode"], 400)
        assert error.response["Error"]["Message"], "no message"
    else:
        raise AssertionError("it was accepted")

with check("a client that does not sign is served on loopback"):
    unsigned = client(config=Config(signature_version=UNSIGNED))
    equal(unsigned.put_trace_segments(TraceSegmentDocuments=[])["UnprocessedTraceSegments"], [])
