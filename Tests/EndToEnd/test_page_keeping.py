"""Annotations, links and snapshots over the whole program: what was acknowledged is there after kill -9."""

import json

import pytest


def kept(server) -> tuple:
    return (server.get("/api/v1/annotations").json(), server.get("/api/annotations").json(), server.get("/api/v1/snapshots").json())


def test_what_was_acknowledged_survives_a_kill(server):
    for number in range(30):
        assert server.post("/api/v1/annotations", {"title": f"deployment {number}", "kind": "deployment", "time": 1_772_712_000 + number, "tags": ["é", str(number)]}).status == 201
    assert server.post("/api/annotations", {"text": "from a script", "time": 1_772_712_000_000, "tags": ["deploy"]}).json() == {"message": "Annotation added", "id": 31}
    assert server.request("DELETE", "/api/v1/annotations/7").status == 204
    link = server.post("/api/v1/links", {"search": "?page=overview&from=now-1h"}).json()
    answers = {"errors": [{"rows": [[index, index / 7] for index in range(5_000)]}]}
    snapshot = server.post("/api/v1/snapshots", {"title": "the fire", "search": "?page=overview", "dashboard": {"id": "overview"}, "answers": answers}).json()
    gone = server.post("/api/v1/snapshots", {"title": "by mistake", "dashboard": {}, "answers": {}}).json()
    assert server.request("DELETE", f"/api/v1/snapshots/{gone['id']}").status == 204
    before = kept(server)
    assert len(before[0]["annotations"]) == 30
    server.kill()
    server.start()
    assert kept(server) == before
    followed = server.get(link["url"])
    assert (followed.status, followed.headers["location"]) == (302, "/?page=overview&from=now-1h")
    found = server.get(f"/api/v1/snapshots/{snapshot['id']}")
    assert found.headers["content-type"] == "application/json" and found.json()["answers"] == answers
    assert server.get(f"/api/v1/snapshots/{gone['id']}").status == 404
    assert server.post("/api/v1/annotations", {"title": "later"}).json()["id"] == "32"
    assert sorted(path.name for path in (server.data / "snapshots").glob("*.json")) == [f"{snapshot['id']}.json"]


def test_a_damaged_journal_costs_only_what_it_held(server):
    assert server.post("/api/v1/annotations", {"title": "lost"}).status == 201
    server.kill()
    journal = max((server.data / "annotations").iterdir(), key=lambda path: path.stat().st_size)
    content = bytearray(journal.read_bytes())
    content[-3] ^= 0xFF
    journal.write_bytes(content)
    server.start()
    assert server.post("/api/v1/annotations", {"title": "new"}).status == 201
    assert [annotation["title"] for annotation in server.get("/api/v1/annotations").json()["annotations"]] == ["new"]


@pytest.mark.parametrize("body", [b"", b"[]", b'{"title":"\xff"}', json.dumps({"title": "x" * 201}).encode(), b'{"title":"a","time":' + b"9" * 400 + b"}"])
def test_bad_bodies_cost_only_themselves(module_server, body):
    for path in ["/api/v1/annotations", "/api/annotations", "/api/v1/links", "/api/v1/snapshots", "/api/v1/changes"]:
        assert module_server.post(path, body).status == 400
    module_server.assert_alive()
