"""Every X-Ray operation, taken and refused, in the order they are sent: the one list for boto3 and the AWS CLI.

A case is sent by each client with a `Scene` of its own. `send` makes the input from the scene, `expect` what the answer
must hold (see `answers.match`); with `keep` the answer is remembered under that name for later cases.
"""

import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from checks import new_id, new_trace_id

CUSTOM_RULES_MAX = 25
POLICIES_MAX = 5
TAGS_MAX = 50
TRACES_PER_CALL = 5
NEXT_TOKEN_MAX = 100
UNKNOWN_INSIGHT = "01234567-89ab-4cde-8123-456789abcdef"
# Insights are found in hours of traffic, and one cannot be asked for before there is one.
ONLY_REFUSED = {"GetInsight", "GetInsightEvents", "GetInsightImpactGraph"}


class Scene:
    """What one client's cases are about: names of its own, a trace, and what was answered so far."""

    def __init__(self, client_name):
        self.tag = f"{client_name}-{secrets.token_hex(3)}"
        self.now = int(time.time())
        self.trace_id = new_trace_id()
        self.segment_id = new_id()
        self.answers = {}

    @property
    def around(self):
        return {"StartTime": self.now - 300, "EndTime": self.now + 300}

    def document(self, **more):
        times = {"start_time": self.now - 1.5, "end_time": self.now - 1.25}
        call = {"id": new_id(), "name": f"{self.tag}-stock", "namespace": "remote", **times}
        return json.dumps(
            {
                "trace_id": self.trace_id,
                "id": self.segment_id,
                "name": self.tag,
                "origin": "AWS::ECS::Container",
                "annotations": {"tag": self.tag},
                "http": {"request": {"method": "GET", "url": "http://shop/"}, "response": {"status": 500}},
                "fault": True,
                **times,
                "subsegments": [call],
                **more,
            }
        )

    def rule(self, name=None, **more):
        stars = {field: "*" for field in ("ResourceARN", "ServiceType", "Host", "HTTPMethod", "URLPath")}
        return {
            "RuleName": name or self.tag,
            **stars,
            "ServiceName": self.tag,
            "Priority": 9000,
            "FixedRate": 0.25,
            "ReservoirSize": 4,
            "Version": 1,
            **more,
        }

    def statistics(self, rule_name):
        counts = {"RequestCount": 10, "SampledCount": 2, "BorrowCount": 1}
        return {"RuleName": rule_name, "ClientID": "0123456789abcdef01234567", "Timestamp": self.now, **counts}

    def group_arn(self):
        return self.answers["group"]["Group"]["GroupARN"]

    def rule_arn(self):
        return self.answers["rule"]["SamplingRuleRecord"]["SamplingRule"]["RuleARN"]

    def token(self):
        return {"RetrievalToken": self.answers["retrieval"]["RetrievalToken"]}


@dataclass(frozen=True)
class Taken:
    operation: str
    send: Callable
    expect: Callable
    keep: str | None = None


@dataclass(frozen=True)
class Refused:
    """`before` are calls that bring the server to where it refuses, `after` what takes them back."""

    operation: str
    send: Callable
    code: str
    before: Callable = field(default=lambda _scene: [])
    after: Callable = field(default=lambda _scene: [])
    broken_body: bool = False


def policy(effect="Allow", principal=None, action="xray:PutTraceSegments"):
    principal = principal or {"Service": "sns.amazonaws.com"}
    statement = {"Effect": effect, "Principal": principal, "Action": action, "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def number(value):
    return isinstance(value, int | float) and not isinstance(value, bool)


def some(items):
    return len(items) > 0


def of_rule(scene, **members):
    return {"SamplingRuleRecord": {"SamplingRule": {"RuleName": scene.tag, **members}}}


def numbered(scene, count):
    return [f"{scene.tag}-{index}" for index in range(count)]


INVALID = "InvalidRequestException"
NOT_FOUND = "ResourceNotFoundException"
NOTHING = lambda _scene: {}  # noqa: E731

CASES = [
    # The write path
    Taken(
        "PutTraceSegments",
        lambda s: {"TraceSegmentDocuments": [s.document()]},
        lambda _: {"UnprocessedTraceSegments": []},
    ),
    Taken(
        "PutTraceSegments",
        lambda s: {"TraceSegmentDocuments": [s.document(trace_id="1-2-3")]},
        lambda s: {"UnprocessedTraceSegments": [{"Id": s.segment_id, "ErrorCode": "InvalidTraceId", "Message": some}]},
    ),
    Refused("PutTraceSegments", lambda _: {"TraceSegmentDocuments": []}, INVALID, broken_body=True),
    Taken(
        "PutTelemetryRecords",
        lambda s: {
            "TelemetryRecords": [
                {"Timestamp": s.now, "SegmentsReceivedCount": 2, "BackendConnectionErrors": {"HTTPCode5XXCount": 1}}
            ],
            "Hostname": s.tag,
        },
        NOTHING,
    ),
    Refused("PutTelemetryRecords", lambda s: {"TelemetryRecords": [], "Hostname": "h" * 256}, INVALID),
    # The read path
    Taken(
        "GetTraceSummaries",
        lambda s: {**s.around, "FilterExpression": f'annotation.tag = "{s.tag}"'},
        lambda s: {
            "TraceSummaries": [
                {
                    "Id": s.trace_id,
                    "HasFault": True,
                    "Duration": 0.25,
                    "Http": {"HttpStatus": 500},
                    "EntryPoint": {"Name": s.tag, "Type": "AWS::ECS::Container"},
                    "Annotations": {"tag": [{"AnnotationValue": {"StringValue": s.tag}}]},
                }
            ],
            "TracesProcessedCount": number,
        },
    ),
    Refused("GetTraceSummaries", lambda s: {**s.around, "FilterExpression": "service( AND"}, INVALID),
    Taken(
        "BatchGetTraces",
        lambda s: {"TraceIds": [s.trace_id]},
        lambda s: {"Traces": [{"Id": s.trace_id, "Duration": 0.25, "Segments": some}], "UnprocessedTraceIds": []},
    ),
    Refused("BatchGetTraces", lambda s: {"TraceIds": [s.trace_id] * (TRACES_PER_CALL + 1)}, INVALID),
    Taken(
        "GetServiceGraph",
        lambda s: s.around,
        lambda s: {
            "Services": lambda services: s.tag in [one["Name"] for one in services],
            "ContainsOldGroupVersions": False,
        },
    ),
    Refused("GetServiceGraph", lambda s: {"StartTime": s.now, "EndTime": s.now - 60}, INVALID),
    Taken(
        "GetTraceGraph",
        lambda s: {"TraceIds": [s.trace_id]},
        lambda s: {"Services": lambda services: {s.tag, f"{s.tag}-stock"} <= {one["Name"] for one in services}},
    ),
    Refused("GetTraceGraph", lambda s: {"TraceIds": [s.trace_id], "NextToken": "of-nobody"}, INVALID),
    Taken(
        "GetTimeSeriesServiceStatistics",
        lambda s: {**s.around, "EntitySelectorExpression": f'service("{s.tag}")', "Period": 60},
        lambda _: {
            "TimeSeriesServiceStatistics": [
                {"ServiceSummaryStatistics": {"TotalCount": 1, "FaultStatistics": {"TotalCount": 1}}}
            ]
        },
    ),
    Refused("GetTimeSeriesServiceStatistics", lambda s: {**s.around, "Period": 7}, INVALID),
    # Groups
    Taken(
        "CreateGroup",
        lambda s: {
            "GroupName": s.tag,
            "FilterExpression": "fault",
            "InsightsConfiguration": {"InsightsEnabled": True, "NotificationsEnabled": False},
            "Tags": [{"Key": "team", "Value": "shop"}],
        },
        lambda s: {
            "Group": {
                "GroupName": s.tag,
                "FilterExpression": "fault",
                "InsightsConfiguration": {"InsightsEnabled": True},
            }
        },
        keep="group",
    ),
    Refused("CreateGroup", lambda s: {"GroupName": s.tag}, INVALID),
    Taken("GetGroup", lambda s: {"GroupARN": s.group_arn()}, lambda s: {"Group": {"GroupName": s.tag}}),
    Refused("GetGroup", lambda s: {"GroupName": f"{s.tag}-no"}, INVALID),
    Taken(
        "GetGroups",
        NOTHING,
        lambda s: {"Groups": lambda groups: {"Default", s.tag} <= {one["GroupName"] for one in groups}},
    ),
    Refused("GetGroups", lambda _: {"NextToken": "t" * (NEXT_TOKEN_MAX + 1)}, INVALID),
    Taken(
        "UpdateGroup",
        lambda s: {"GroupName": s.tag, "FilterExpression": "error"},
        lambda s: {"Group": {"GroupName": s.tag, "FilterExpression": "error"}},
    ),
    Refused("UpdateGroup", lambda s: {"GroupName": s.tag, "FilterExpression": "fault AND"}, INVALID),
    # Sampling
    Taken(
        "CreateSamplingRule",
        lambda s: {"SamplingRule": s.rule(Attributes={"tier": "gold"})},
        lambda s: of_rule(s, FixedRate=0.25, ReservoirSize=4, Priority=9000, Attributes={"tier": "gold"}, Version=1),
        keep="rule",
    ),
    Refused("CreateSamplingRule", lambda s: {"SamplingRule": s.rule()}, INVALID),
    Refused(
        "CreateSamplingRule",
        lambda s: {"SamplingRule": s.rule(f"{s.tag}-more")},
        "RuleLimitExceededException",
        before=lambda s: [
            ("CreateSamplingRule", {"SamplingRule": s.rule(name)}) for name in numbered(s, CUSTOM_RULES_MAX - 1)
        ],
        after=lambda s: [("DeleteSamplingRule", {"RuleName": name}) for name in numbered(s, CUSTOM_RULES_MAX - 1)],
    ),
    Taken(
        "UpdateSamplingRule",
        lambda s: {"SamplingRuleUpdate": {"RuleARN": s.rule_arn(), "FixedRate": 0.5}},
        lambda s: of_rule(s, FixedRate=0.5, ReservoirSize=4),
    ),
    Refused("UpdateSamplingRule", lambda s: {"SamplingRuleUpdate": {"RuleName": s.tag, "FixedRate": 1.5}}, INVALID),
    Taken(
        "GetSamplingRules",
        NOTHING,
        lambda s: {
            "SamplingRuleRecords": lambda records: {s.tag, "Default"}
            <= {one["SamplingRule"]["RuleName"] for one in records}
        },
    ),
    Refused("GetSamplingRules", NOTHING, INVALID, broken_body=True),
    Taken(
        "GetSamplingTargets",
        lambda s: {"SamplingStatisticsDocuments": [s.statistics(s.tag), s.statistics(f"{s.tag}-no")]},
        lambda s: {
            "SamplingTargetDocuments": [{"RuleName": s.tag, "FixedRate": 0.5, "ReservoirQuota": 4, "Interval": number}],
            "UnprocessedStatistics": [{"RuleName": f"{s.tag}-no", "ErrorCode": "RuleNotFound", "Message": some}],
        },
    ),
    Refused("GetSamplingTargets", lambda s: {"SamplingStatisticsDocuments": [s.statistics(s.tag)] * 26}, INVALID),
    Taken(
        "GetSamplingStatisticSummaries",
        NOTHING,
        lambda s: {
            "SamplingStatisticSummaries": lambda summaries: [
                (one["RequestCount"], one["SampledCount"], one["BorrowCount"])
                for one in summaries
                if one["RuleName"] == s.tag
            ]
            == [(10, 2, 1)]
        },
    ),
    Refused("GetSamplingStatisticSummaries", lambda _: {"NextToken": "of-nobody"}, INVALID),
    # Tags
    Taken(
        "TagResource",
        lambda s: {"ResourceARN": s.rule_arn(), "Tags": [{"Key": "a", "Value": ""}, {"Key": "b", "Value": "c"}]},
        NOTHING,
    ),
    Refused(
        "TagResource", lambda s: {"ResourceARN": f"{s.rule_arn()}-no", "Tags": [{"Key": "a", "Value": ""}]}, NOT_FOUND
    ),
    Refused(
        "TagResource",
        lambda s: {"ResourceARN": s.rule_arn(), "Tags": [{"Key": f"k{n}", "Value": ""} for n in range(TAGS_MAX)]},
        "TooManyTagsException",
    ),
    Taken("UntagResource", lambda s: {"ResourceARN": s.rule_arn(), "TagKeys": ["a"]}, NOTHING),
    Refused("UntagResource", lambda s: {"ResourceARN": "arn:of:nothing", "TagKeys": ["a"]}, NOT_FOUND),
    Taken(
        "ListTagsForResource", lambda s: {"ResourceARN": s.rule_arn()}, lambda _: {"Tags": [{"Key": "b", "Value": "c"}]}
    ),
    Refused("ListTagsForResource", lambda s: {"ResourceARN": "arn:of:nothing"}, NOT_FOUND),
    # Insights
    Taken(
        "GetInsightSummaries",
        lambda s: {**s.around, "GroupName": s.tag, "States": ["ACTIVE"]},
        lambda _: {"InsightSummaries": []},
    ),
    Refused("GetInsightSummaries", lambda s: {**s.around, "GroupName": f"{s.tag}-no"}, INVALID),
    Refused("GetInsight", lambda _: {"InsightId": UNKNOWN_INSIGHT}, INVALID),
    Refused("GetInsightEvents", lambda _: {"InsightId": UNKNOWN_INSIGHT, "MaxResults": 50}, INVALID),
    Refused("GetInsightImpactGraph", lambda s: {"InsightId": UNKNOWN_INSIGHT, **s.around}, INVALID),
    # Encryption
    Taken(
        "PutEncryptionConfig",
        lambda _: {"Type": "NONE"},
        lambda _: {"EncryptionConfig": {"Type": "NONE", "Status": "ACTIVE"}},
    ),
    Refused("PutEncryptionConfig", lambda _: {"Type": "KMS"}, INVALID),
    Taken("GetEncryptionConfig", NOTHING, lambda _: {"EncryptionConfig": {"Type": "NONE", "Status": "ACTIVE"}}),
    Refused("GetEncryptionConfig", NOTHING, INVALID, broken_body=True),
    # Resource policies
    Taken(
        "PutResourcePolicy",
        lambda s: {"PolicyName": s.tag, "PolicyDocument": policy(), "PolicyRevisionId": "0"},
        lambda s: {"ResourcePolicy": {"PolicyName": s.tag, "PolicyDocument": policy(), "PolicyRevisionId": some}},
        keep="policy",
    ),
    *(
        Refused(
            "PutResourcePolicy", lambda s, more=more: {"PolicyName": s.tag, "PolicyDocument": policy(), **more}, code
        )
        for code, more in {
            "InvalidPolicyRevisionIdException": {"PolicyRevisionId": "0"},
            "MalformedPolicyDocumentException": {"PolicyDocument": "{}"},
            "PolicySizeLimitExceededException": {"PolicyDocument": "x" * 6_000},
            "LockoutPreventionException": {"PolicyDocument": policy("Deny", "*", "*")},
        }.items()
    ),
    Refused(
        "PutResourcePolicy",
        lambda s: {"PolicyName": f"{s.tag}-more", "PolicyDocument": policy()},
        "PolicyCountLimitExceededException",
        before=lambda s: [
            ("PutResourcePolicy", {"PolicyName": name, "PolicyDocument": policy()})
            for name in numbered(s, POLICIES_MAX - 1)
        ],
        after=lambda s: [("DeleteResourcePolicy", {"PolicyName": name}) for name in numbered(s, POLICIES_MAX - 1)],
    ),
    Taken("ListResourcePolicies", NOTHING, lambda s: {"ResourcePolicies": [{"PolicyName": s.tag}]}),
    Refused("ListResourcePolicies", lambda _: {"NextToken": "t" * (NEXT_TOKEN_MAX + 1)}, INVALID),
    Refused(
        "DeleteResourcePolicy",
        lambda s: {"PolicyName": s.tag, "PolicyRevisionId": "7"},
        "InvalidPolicyRevisionIdException",
    ),
    Taken(
        "DeleteResourcePolicy",
        lambda s: {
            "PolicyName": s.tag,
            "PolicyRevisionId": s.answers["policy"]["ResourcePolicy"]["PolicyRevisionId"],
        },
        NOTHING,
    ),
    # Transaction Search
    Taken(
        "UpdateTraceSegmentDestination",
        lambda _: {"Destination": "XRay"},
        lambda _: {"Destination": "XRay", "Status": "ACTIVE"},
    ),
    Refused(
        "UpdateTraceSegmentDestination",
        lambda _: {"Destination": "XRay", "CloudWatchLogsConfiguration": {"SpansLogGroupKmsKeyId": "arn:key"}},
        INVALID,
    ),
    Taken("GetTraceSegmentDestination", NOTHING, lambda _: {"Destination": "XRay", "Status": "ACTIVE"}),
    Refused("GetTraceSegmentDestination", NOTHING, INVALID, broken_body=True),
    Taken(
        "UpdateIndexingRule",
        lambda _: {"Name": "Default", "Rule": {"Probabilistic": {"DesiredSamplingPercentage": 12.5}}},
        lambda _: {"IndexingRule": {"Name": "Default", "Rule": {"Probabilistic": {"DesiredSamplingPercentage": 12.5}}}},
    ),
    Refused(
        "UpdateIndexingRule",
        lambda s: {"Name": s.tag, "Rule": {"Probabilistic": {"DesiredSamplingPercentage": 1}}},
        NOT_FOUND,
    ),
    Taken(
        "GetIndexingRules",
        NOTHING,
        lambda _: {
            "IndexingRules": [{"Name": "Default", "Rule": {"Probabilistic": {"DesiredSamplingPercentage": 12.5}}}]
        },
    ),
    Refused("GetIndexingRules", NOTHING, INVALID, broken_body=True),
    Taken(
        "StartTraceRetrieval",
        lambda s: {**s.around, "TraceIds": [s.trace_id]},
        lambda _: {"RetrievalToken": some},
        keep="retrieval",
    ),
    Refused(
        "StartTraceRetrieval", lambda s: {"StartTime": s.now, "EndTime": s.now - 1, "TraceIds": [s.trace_id]}, INVALID
    ),
    Taken(
        "ListRetrievedTraces",
        lambda s: {**s.token(), "TraceFormat": "XRAY"},
        lambda s: {"RetrievalStatus": "COMPLETE", "TraceFormat": "XRAY", "Traces": [{"Id": s.trace_id, "Spans": some}]},
    ),
    Refused("ListRetrievedTraces", lambda _: {"RetrievalToken": "of-nobody"}, NOT_FOUND),
    Taken(
        "GetRetrievedTracesGraph",
        lambda s: s.token(),
        lambda s: {
            "RetrievalStatus": "COMPLETE",
            "Services": lambda services: s.tag in [one["Service"]["Name"] for one in services],
        },
    ),
    Refused("GetRetrievedTracesGraph", lambda _: {"RetrievalToken": "of-nobody"}, NOT_FOUND),
    Taken("CancelTraceRetrieval", lambda s: s.token(), NOTHING),
    Taken("ListRetrievedTraces", lambda s: s.token(), lambda _: {"RetrievalStatus": "CANCELLED", "Traces": []}),
    Refused("CancelTraceRetrieval", lambda _: {"RetrievalToken": "of-nobody"}, NOT_FOUND),
    # What was made goes
    Refused("DeleteSamplingRule", lambda _: {"RuleName": "Default"}, INVALID),
    Taken("DeleteSamplingRule", lambda s: {"RuleName": s.tag}, lambda s: of_rule(s, FixedRate=0.5)),
    Refused("DeleteGroup", lambda _: {"GroupName": "Default"}, INVALID),
    Taken("DeleteGroup", lambda s: {"GroupName": s.tag}, NOTHING),
]
