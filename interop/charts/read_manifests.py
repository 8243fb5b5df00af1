"""Reads files of Kubernetes documents; prints them as JSON, each with what Kubernetes' schemas find wrong with it.

usage: read_manifests.py VERSION,... FILE...
"""

import json
import sys

import kubernetes_validate
import yaml


def fault(document, version):
    try:
        kubernetes_validate.validate(document, version, strict=True)
    except kubernetes_validate.ValidationError as error:
        return f"Kubernetes {version}: {'.'.join(map(str, error.path))}: {error.message}"
    except kubernetes_validate.SchemaNotFoundError as error:
        return error.message
    return None


def read(path, versions):
    with open(path, encoding="utf-8") as file:
        documents = [document for document in yaml.safe_load_all(file) if document is not None]
    return [
        {"document": document, "faults": [found for found in (fault(document, version) for version in versions) if found]}
        for document in documents
    ]


def main():
    versions, *paths = sys.argv[1:]
    json.dump({path: read(path, versions.split(",") if versions else []) for path in paths}, sys.stdout)


main()
