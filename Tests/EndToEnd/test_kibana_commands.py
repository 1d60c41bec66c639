"""The commands that an export for Kibana writes down: they are run as they stand there, against a server that notes what it is sent."""

import http.server
import json
import os
import re
import shutil
import subprocess
import threading

import pytest

from gatewatch_server import BINARY

SECONDS_MAX = 120


@pytest.fixture
def recorder():
    """Stands in for Elasticsearch and Kibana: takes everything, and keeps method, path, headers and body."""
    seen = []

    class Taker(http.server.BaseHTTPRequestHandler):
        def take(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            seen.append((self.command, self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        do_PUT = do_POST = take

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Taker)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}", seen
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("source", ["gatewatch", "apisix", "noveum"])
@pytest.mark.skipif(not (shutil.which("curl") and shutil.which("jq")), reason="the commands need curl and jq")
def test_the_commands_of_the_readme_send_every_file(tmp_path, recorder, source):
    address, seen = recorder
    folder = tmp_path / "kibana"
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GATEWATCH_")}
    exported = subprocess.run(
        [BINARY, "dashboards", "export", "kibana", "--all", "--source", source, "--output", folder, "--data", tmp_path / "data"], env=clean, capture_output=True, timeout=SECONDS_MAX)
    assert exported.returncode == 0, exported.stderr
    commands = re.findall(r"```sh\n(.*?)```", (folder / "README.md").read_text(), re.DOTALL)
    assert len(commands) == 3
    # As people paste them: no state of the shell but the two addresses.
    environment = clean | {"ELASTICSEARCH": f"{address}/es", "KIBANA": f"{address}/kb", "no_proxy": "127.0.0.1"}
    for command in commands:
        done = subprocess.run(["sh", "-eu"], input=command, env=environment, cwd=folder, capture_output=True, text=True, timeout=SECONDS_MAX)
        assert done.returncode == 0 and not done.stderr, (command, done.stderr)
    written = {path: [body for _, at, _, body in seen if at == path] for path in {at for _, at, _, _ in seen}}
    name = json.loads((folder / "index-template.json").read_text())["index_patterns"][0].rstrip("*")
    assert json.loads(written[f"/es/_ilm/policy/{name}"][0]) == json.loads((folder / "lifecycle-policy.json").read_text())
    assert json.loads(written[f"/es/_index_template/{name}"][0]) == json.loads((folder / "index-template.json").read_text())
    assert json.loads(written[f"/es/{name}-000001"][0]) == {"aliases": {name: {"is_write_index": True}}}
    # Each dashboard once, as a file of a form, with the header that Kibana asks of every change.
    imports = written["/kb/api/saved_objects/_import?overwrite=true"]
    files = sorted(folder.glob("*.ndjson"))
    assert len(imports) == len(files) > 0
    for path in files:
        assert sum(f'filename="{path.name}"'.encode() in body and path.read_bytes() in body for body in imports) == 1, path
    assert all(headers.get("kbn-xsrf") == "true" for _, at, headers, _ in seen if at.startswith("/kb/"))
    rules = [json.loads(line) for line in (folder / "alert-rules.jsonl").read_text().splitlines()]
    assert len(rules) >= 6
    for rule in rules:
        assert [json.loads(body) for body in written[f"/kb/api/alerting/rule/{rule['id']}"]] == [rule["rule"]]
    assert len(seen) == 3 + len(files) + len(rules)
