"""The YAML runner itself, against a server that answers from a list: a wrong answer must fail, or the suite proves nothing."""

import http.server
import json
import threading

import pytest
import yaml

from es_yaml_runner import Case, Failed, Run, Skipped, Suite, build_request, version_in

APIS = {
    "search": {"url": {"paths": [{"path": "/_search", "methods": ["GET", "POST"]},
                                 {"path": "/{index}/_search", "methods": ["GET", "POST"], "parts": {"index": {}}}]}, "params": {"size": {}}, "body": {}},
    "bulk": {"url": {"paths": [{"path": "/_bulk", "methods": ["POST", "PUT"]}]}, "params": {"refresh": {}}, "body": {"serialize": "bulk"}},
}


@pytest.fixture
def answers():
    """A server whose answers a test appends as (status, body); it keeps the requests it got."""
    class Server(http.server.ThreadingHTTPServer):
        pending, seen = [], []

    class Handler(http.server.BaseHTTPRequestHandler):
        def answer(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            self.server.seen.append((self.command, self.path, body))
            status, value = self.server.pending.pop(0)
            data = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = answer

        def log_message(self, *_):
            pass

    server = Server(("127.0.0.1", 0), Handler)
    server.pending, server.seen = [], []
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def run(server, steps: str) -> None:
    case = Case("folder/file.yml::title", [], yaml.safe_load(steps), [])
    Run(Suite([case], APIS), f"127.0.0.1:{server.server_address[1]}", case).execute()


ANSWER = (200, {"hits": {"total": 2, "hits": [{"_id": "a.b"}, {"_id": "2"}]}, "x.y": 1.0, "flag": False})


@pytest.mark.parametrize("assertion", [
    "match: {hits.total: 2}", "match: {hits.hits.1._id: '2'}", "match: {'x\\.y': 1}", "match: {hits.hits.0._id: '/^a\\.b$/'}",
    "length: {hits.hits: 2}", "gt: {hits.total: 1}", "lte: {hits.total: 2}", "is_false: flag", "is_false: absent", "is_true: hits",
    "contains: {hits.hits: {_id: '2'}}"])
def test_true_assertion_passes(answers, assertion):
    answers.pending.append(ANSWER)
    run(answers, f"- do: {{search: {{index: i, body: {{}}}}}}\n- {assertion}")
    assert answers.seen == [("POST", "/i/_search", "{}")]


@pytest.mark.parametrize("assertion", [
    "match: {hits.total: 3}", "match: {hits.total: '2'}", "match: {absent: 2}", "match: {hits.hits.0._id: '/^c/'}", "length: {hits.hits: 1}",
    "gt: {hits.total: 2}", "lt: {absent: 2}", "is_false: hits", "is_true: flag", "is_true: absent", "contains: {hits.hits: {_id: '3'}}"])
def test_false_assertion_fails(answers, assertion):
    answers.pending.append(ANSWER)
    with pytest.raises(Failed):
        run(answers, f"- do: {{search: {{}}}}\n- {assertion}")


@pytest.mark.parametrize("status, catch, good", [
    (404, "missing", True), (400, "bad_request", True), (500, "request", True), (400, "/no such thing/", True),
    (200, "missing", False), (400, "missing", False), (200, "request", False), (400, "/other/", False), (404, None, False)])
def test_catch_decides_by_status_or_text(answers, status, catch, good):
    answers.pending.append((status, {"error": "no such thing"}))
    steps = f"- do: {{{f'catch: {catch}, ' if catch else ''}search: {{}}}}"
    if good:
        run(answers, steps)
    else:
        with pytest.raises(Failed):
            run(answers, steps)


def test_kept_value_is_used_in_the_next_request(answers):
    answers.pending += [ANSWER, ANSWER]
    run(answers, "- do: {search: {}}\n- set: {hits.hits.0._id: name}\n- do: {search: {index: $name}}\n- match: {hits.hits.0._id: $name}")
    assert answers.seen[1][1] == "/a.b/_search"


def test_bulk_body_becomes_lines(answers):
    answers.pending.append((200, {}))
    run(answers, '- do: {bulk: {refresh: true, body: [{index: {_id: 1}}, \'{"f": 1}\', {f: 2}]}}')
    method, path, body = answers.seen[0]
    action, document, stray = map(json.loads, body.splitlines())
    assert (method, path) == ("POST", "/_bulk?refresh=true") and body.endswith("\n")
    # The document became a request record, what is no document stayed as it was.
    assert action == {"index": {"_id": 1}} and document["f"] == 1 and document["response"]["status"] == 200 and stray == {"f": 2}


def test_unknown_parameter_is_refused_by_the_client(answers):
    run(answers, "- do: {catch: param, search: {nonsense: 1}}")
    assert answers.seen == [] and build_request(APIS["search"], {"nonsense": 1}) is None


def test_unknown_feature_skips(answers):
    with pytest.raises(Skipped):
        run(answers, "- skip: {features: time_travel}")


@pytest.mark.parametrize("text, contained", [
    ("all", True), (" - 7.9.99", False), ("7.0.0 - 7.10.99", True), ("7.11.0 - ", False), ("8.0.0 -", False), (" - 6.8.0, 7.10.0 - 7.10.0", True)])
def test_version_ranges(text, contained):
    assert version_in(text) is contained
