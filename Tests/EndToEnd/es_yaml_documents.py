"""Makes request records of the suite's documents.

The suite stores documents such as `{"foo": "bar"}`; Gatewatch keeps request records and refuses anything else. What most
of the cases are about is not the document but the protocol around it: ids, versions, results, conflicts, counts. So each
document gets the members that make it an APISIX entry, beside its own. Cases that want their own members back fail, and
es_yaml_expectations.json says so.
"""

import json
import time

WRITING_APIS = {"index", "create"}


def record_members() -> dict:
    return {"request": {"method": "GET", "uri": "/suite", "headers": {}, "size": 1}, "response": {"status": 200, "headers": {}, "size": 1},
            "start_time": int(time.time() * 1000) - 5, "latency": 1}


def completed(api: str, body):
    """The body of an API call with its documents completed."""
    if api in WRITING_APIS and isinstance(body, dict):
        return record_members() | body
    if api in WRITING_APIS and isinstance(body, str):
        return completed_text(body)
    if api == "bulk":
        return completed_bulk(body.splitlines() if isinstance(body, str) else body)
    return body


def completed_text(text: str) -> str:
    try:
        document = json.loads(text)
    except ValueError:
        return text  # broken on purpose
    return json.dumps(record_members() | document) if isinstance(document, dict) else text


def completed_bulk(lines: list) -> list:
    """Completes the line after each `index` or `create` action; `update` and `delete` stay as they are."""
    result, is_document = [], False
    for line in lines:
        value = line
        if isinstance(line, str):
            try:
                value = json.loads(line)
            except ValueError:
                value = None
        if is_document and isinstance(value, dict):
            result.append(json.dumps(record_members() | value, default=str))
            is_document = False
        else:
            result.append(line)
            is_document = isinstance(value, dict) and len(value) == 1 and next(iter(value)) in ("index", "create")
    return result
