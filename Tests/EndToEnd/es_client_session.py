"""What an application does with Elasticsearch's official client; run as a program of its own, once for each major version,
with that version's folder on PYTHONPATH. Prints what it got as one JSON object.

    es_client_session.py URL INDEX NDJSON-FILE
"""

import json
import sys
import time

import elasticsearch
from elasticsearch import helpers


def body_of(answer):
    """Version 7 answers plain dicts, 8 and 9 answer objects around them."""
    return getattr(answer, "body", answer)


def change_documents(client, major: int, index: str, entries: list[dict]) -> dict:
    """Overwrites, refuses and deletes documents under ids; the last state of each is asked for."""
    def document(entry: dict) -> dict:
        return {"body": entry} if major == 7 else {"document": entry}

    report = {"stored": [], "refused": None}
    for entry in entries[:3]:
        answer = body_of(client.index(index=index, id="one", **document(entry)))
        report["stored"].append([answer["result"], answer["_version"]])
    try:
        client.create(index=index, id="one", **document(entries[3]))
    except elasticsearch.ConflictError as error:
        report["refused"] = error.status_code if major == 7 else error.meta.status
    actions = [{"_op_type": "index", "_id": "two", "_source": entries[3]}, {"_op_type": "index", "_id": "two", "_source": entries[4]},
               {"_op_type": "delete", "_id": "one"}, {"_op_type": "create", "_id": "one", "_source": entries[5]},
               {"_op_type": "delete", "_id": "three"}]
    results = helpers.streaming_bulk(client, [{"_index": index, **action} for action in actions], raise_on_error=False)
    report["bulk"] = [[name, item["status"], item["result"]] for _, answer in results for name, item in answer.items()]
    report["kept"] = {key: body_of(client.get(index=index, id=key))["_source"]["start_time"] for key in ("one", "two")}
    report["count"] = body_of(client.count(index=index))["count"]
    report["deleted"] = body_of(client.delete(index=index, id="two"))["result"]
    report["by_query"] = body_of(client.delete_by_query(index=index, body={"query": {"match_all": {}}}))["deleted"]
    client.indices.delete(index=index)
    report["exists"] = bool(client.indices.exists(index=index))
    return report


def main(url: str, index: str, path: str) -> None:
    major = elasticsearch.__version__[0]
    client = elasticsearch.Elasticsearch(url, **({"timeout": 60} if major == 7 else {"request_timeout": 60}))
    report = {"client_version": ".".join(map(str, elasticsearch.__version__[:3]))}
    report["ping"] = client.ping()
    report["info"] = body_of(client.info())

    with open(path, "rb") as file:
        lines = file.read().splitlines()
    first = json.loads(lines[0])
    report["index"] = body_of(client.index(index=index, document=first) if major > 7 else client.index(index=index, body=first))

    # Entries are sent as the gateway wrote them; the client re-encodes them with its own serialiser.
    started = time.monotonic()
    stored, errors = helpers.bulk(client, ({"_index": index, "_source": json.loads(line)} for line in lines[1:]), chunk_size=1000)
    report["bulk"] = {"stored": stored, "errors": errors, "seconds": time.monotonic() - started}
    client.indices.refresh(index=index)

    report["count"] = body_of(client.count(index=index))["count"]
    report["exists"] = [bool(client.indices.exists(index=index)), bool(client.indices.exists(index="no-such-index"))]
    report["health"] = body_of(client.cluster.health())["status"]
    report["cat"] = body_of(client.cat.indices(format="json"))

    def search(query: dict, **options):
        if major == 7:
            return client.search(index=index, body={"query": query, "track_total_hits": True, **options})
        options = {("from_" if key == "from" else key): value for key, value in options.items()}
        return body_of(client.search(index=index, query=query, track_total_hits=True, **options))

    newest_first = [{"start_time": {"order": "desc"}}]
    report["searches"] = {
        "match_all": search({"match_all": {}}, size=0),
        "newest": search({"match_all": {}}, size=5, sort=newest_first),
        "next_page": search({"match_all": {}}, size=5, sort=newest_first, **{"from": 5}),
        "term": search({"term": {"llm_summary.model": "gpt-4o"}}, size=3),
        "term_keyword": search({"term": {"consumer.username.keyword": {"value": "team-search"}}}, size=0),
        "range": search({"range": {"response.status": {"gte": 500, "lt": 600}}}, size=0),
        "bool": search({"bool": {
            "must": [{"term": {"route_id": "chat-openai"}}],
            "filter": {"range": {"response.status": {"gte": 400}}},
            "must_not": [{"term": {"response.status": 429}}]}}, size=0),
        "nothing": search({"term": {"route_id": "no-such-route"}}, size=10),
    }
    try:
        client.search(index="no-such-index", **({"body": {}} if major == 7 else {}))
        report["missing_index"] = "no error"
    except elasticsearch.NotFoundError as error:
        report["missing_index"] = error.error if major == 7 else body_of(error)["error"]["type"]
    report["documents"] = change_documents(client, major, index + "-documents", [json.loads(line) for line in lines[:6]])
    json.dump(report, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
