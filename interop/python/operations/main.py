"""Sends every case to the server by boto3, then by the AWS CLI, and holds each answer against AWS's model."""

import sys

from checks import check, equal, eventually

from answers import check_shape, match
from cases import CASES, ONLY_REFUSED, Refused, Scene, Taken
from clients import AwsCli, Boto3

ENDPOINT = sys.argv[1]
DEFAULT_ERROR_STATUS = 400
# What AWS's own model has and a server that is not overloaded never answers.
NEVER_ANSWERED = {"ThrottledException"}


def main():
    boto3_client = Boto3(ENDPOINT)
    model = boto3_client.model
    check_list(model)
    for client in (boto3_client, AwsCli(ENDPOINT)):
        scene = Scene(client.name)
        for case in CASES:
            run = run_taken if isinstance(case, Taken) else run_refused
            title = "taken" if isinstance(case, Taken) else f"refused with {case.code}"
            with check(f"{client.name} {case.operation}: {title}"):
                run(client, model.operation_model(case.operation), case, scene, boto3_client)


def check_list(model):
    """An operation or an error that nobody thought of fails here."""
    taken = {case.operation for case in CASES if isinstance(case, Taken)}
    refused = {case.operation for case in CASES if isinstance(case, Refused)}
    with check(f"the list has each of the model's {len(model.operation_names)} operations"):
        equal(set(model.operation_names) - taken, ONLY_REFUSED)
        equal(set(model.operation_names) - refused, set())
    with check("the list has each of the model's errors"):
        equal(
            {shape.name for shape in model.error_shapes} - {case.code for case in CASES if isinstance(case, Refused)},
            NEVER_ANSWERED,
        )


def run_taken(client, operation, case, scene, _helper):
    members = case.send(scene)

    def attempt():
        outcome = client.call(operation.name, members)
        equal((outcome.status, outcome.code, outcome.message), (200, None, None))
        if operation.output_shape is not None:
            check_shape(outcome.body, operation.output_shape)
        match(outcome.answer, case.expect(scene))
        return outcome

    outcome = eventually(attempt) if operation.name.startswith(("Get", "Batch", "List")) else attempt()
    if case.keep is not None:
        scene.answers[case.keep] = outcome.answer


def run_refused(client, operation, case, scene, helper):
    for name, members in case.before(scene):
        equal(helper.call(name, members).code, None)
    try:
        outcome = client.call(operation.name, case.send(scene), breaks=case.broken_body)
    finally:
        for name, members in case.after(scene):
            helper.call(name, members)
    [error] = [shape for shape in operation.error_shapes if shape.name == case.code] or [None]
    if error is None:
        raise AssertionError(f"the model has no {case.code} for {operation.name}")
    equal(
        (outcome.code, outcome.status),
        (case.code, error.metadata.get("error", {}).get("httpStatusCode", DEFAULT_ERROR_STATUS)),
    )
    assert outcome.message, "no message"
    # Beside the model's members stand those that say which error it is.
    members = {name: value for name, value in outcome.body.items() if name in error.members}
    equal(members.keys(), error.members.keys())
    check_shape(members, error)


main()
