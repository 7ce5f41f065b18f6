#!/usr/bin/env bash
# Holds the service at ENDPOINT against the OpenAPI document: the document's examples, what lies on and beyond its limits, and
# requests of all sorts are sent by schemathesis, and every answer must be one that the document names.
set -euo pipefail
cd "$(dirname "$0")/openapi"
notes=$(mktemp -d)
trap 'rm -rf "$notes"' EXIT
export ENDPOINT PYTHONPATH=$PWD PYTHONDONTWRITEBYTECODE=1 SCHEMATHESIS_HOOKS=hooks HYPOTHESIS_STORAGE_DIRECTORY=$notes
schemathesis --config-file schemathesis.toml run ../../../shared/docs/openapi.json --url "$ENDPOINT" --no-color
