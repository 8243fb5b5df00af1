"""boto3 and the AWS CLI behind one call, so that both can be sent the same list."""

import contextlib
import io
import json
import os
import re
from dataclasses import dataclass

import boto3
from awscli.clidriver import create_clidriver
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError

REGION = "eu-central-1"
KEYS = {"AWS_ACCESS_KEY_ID": "interop", "AWS_SECRET_ACCESS_KEY": "interop", "AWS_DEFAULT_REGION": REGION}
CLI_ERROR = re.compile(r"An error occurred \((\w+)\) when calling the (\w+) operation[^:]*: (.*)", re.DOTALL)
BROKEN_BODY = b'{"broken":'


@dataclass(frozen=True)
class Outcome:
    """`answer` as the client gives it, None for a refusal; `status` and `body` as they came."""

    status: int
    body: object
    answer: dict | None = None
    code: str | None = None
    message: str | None = None


class Wire:
    """Sees the answers a client gets, and breaks the body of a request when asked to."""

    def __init__(self, events):
        self.seen = None
        self.breaks = False
        events.register("before-sign.xray", self._on_request)
        events.register("response-received.xray", self._on_response)

    def _on_request(self, request, **_kwargs):
        if self.breaks:
            request.data = BROKEN_BODY

    def _on_response(self, response_dict, **_kwargs):
        self.seen = response_dict

    def outcome(self, **more):
        text = self.seen["body"].decode()
        return Outcome(status=self.seen["status_code"], body=json.loads(text) if text else {}, **more)


class Boto3:
    name = "boto3"

    def __init__(self, endpoint):
        self._client = boto3.client(
            "xray",
            endpoint_url=endpoint,
            region_name=REGION,
            aws_access_key_id="interop",
            aws_secret_access_key="interop",
            config=Config(retries={"total_max_attempts": 1}),
        )
        self._wire = Wire(self._client.meta.events)
        self.model = self._client.meta.service_model

    def call(self, operation, members, breaks=False):
        self._wire.breaks = breaks
        try:
            answer = getattr(self._client, xform_name(operation))(**members)
        except ClientError as error:
            code, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
            # The class that Python programs catch.
            if type(error).__name__ != code:
                raise AssertionError(f"raised {type(error).__name__} for {code}") from error
            return self._wire.outcome(code=code, message=message)
        return self._wire.outcome(answer=answer)


class AwsCli:
    """The CLI's own main in this process: a process for each of a hundred calls would take a minute or two."""

    name = "aws-cli"

    def __init__(self, endpoint):
        os.environ.update(KEYS)
        self._endpoint = endpoint
        self._driver = create_clidriver()
        self._wire = Wire(self._driver.session)

    def call(self, operation, members, breaks=False):
        self._wire.breaks = breaks
        out, err = io.StringIO(), io.StringIO()
        command = ["xray", xform_name(operation, "-"), "--endpoint-url", self._endpoint, "--output", "json"]
        if members:
            command += ["--cli-input-json", json.dumps(members)]
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            exit_code = self._driver.main(command)
        if exit_code == 0:
            return self._wire.outcome(answer=json.loads(out.getvalue() or "{}"))
        found = CLI_ERROR.search(err.getvalue())
        if found is None or found[2] != operation:
            raise AssertionError(f"ended with {exit_code}: {err.getvalue().strip()}")
        return self._wire.outcome(code=found[1], message=found[3].strip())
