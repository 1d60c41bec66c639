"""The command line: help, exit statuses, the configuration's table in the documentation, import and query against a real store."""

import gzip
import json
import os
import subprocess
import time

from apisix_entries import EntryGenerator
from gatewatch_server import BINARY, REPOSITORY


def entries_of_the_last_hour(seed, count):
    now = int(time.time() * 1000)
    return EntryGenerator(seed, now - 3_600_000, now - 1_000).entries(count)


def run(*arguments, **options):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GATEWATCH_")}
    environment.update(options.pop("environment", {}))
    return subprocess.run([str(BINARY), *map(str, arguments)], capture_output=True, timeout=60, env=environment, **options)


def test_documented_settings_are_the_programs():
    rows = json.loads(run("config", "--json").stdout)
    text = (REPOSITORY / "docs/reference/configuration.md").read_text()
    for row in rows:
        assert f"| `{row['name']}` |" in text and row["summary"] in text, row
    assert text.count("\n| `") == len(rows), "docs/reference/configuration.md lists settings that do not exist"


def test_every_command_explains_itself():
    for command in ["serve", "demo", "import", "query", "promql", "series", "backup", "restore", "store", "config", "version"]:
        help_text = run(command, "--help")
        assert help_text.returncode == 0 and b"USAGE" in help_text.stdout, command


def test_wrong_configuration_names_the_place_and_exits_78(tmp_path):
    file = tmp_path / "gatewatch.yaml"
    file.write_text("storage:\n  retention_dayz: 3\n")
    answer = run("serve", "--config", file, cwd=tmp_path)
    assert answer.returncode == 78
    assert b"line 2" in answer.stderr and b"retention_dayz" in answer.stderr
    assert run("serve", "--listen", "0.0.0.0:7600", cwd=tmp_path).returncode == 78
    assert run("config", "--check", environment={"GATEWATCH_STORAGE_RETENTION_DAYS": "0"}, cwd=tmp_path).returncode == 78
    assert run("nonsense").returncode == 64


def test_secrets_are_not_printed(tmp_path):
    answer = run("config", environment={"GATEWATCH_AUTH_USERNAME": "elastic", "GATEWATCH_AUTH_PASSWORD": "hunter2-hunter2"}, cwd=tmp_path)
    assert answer.returncode == 0 and b"hunter2" not in answer.stdout and b"elastic" in answer.stdout


def test_import_stores_the_good_and_reports_the_bad(tmp_path):
    entries = [json.dumps(entry) for entry in entries_of_the_last_hour(3, 1_000)]
    file = tmp_path / "entries.ndjson.gz"
    file.write_bytes(gzip.compress("\n".join(entries[:500] + ['{"broken": '] + entries[500:]).encode()))
    answer = run("import", file, "--data", tmp_path / "data", "--json", cwd=tmp_path)
    summary = json.loads(answer.stdout)
    assert answer.returncode == 2, answer
    assert (summary["received"], summary["stored"], summary["rejected"]) == (1_001, 1_000, 1)
    assert summary["reasons"] == {"broken_json": 1}
    text = run("import", file, "--data", tmp_path / "other", cwd=tmp_path)
    assert b"line 501" in text.stdout, text


def test_a_folder_in_use_is_refused_with_its_holder(server):
    answer = run("import", "-", "--data", server.data, input=b"")
    assert answer.returncode == 75 and b"in use" in answer.stderr, answer


def test_query_prints_a_table(server):
    entries = entries_of_the_last_hour(4, 200)
    server.bulk("".join('{"index":{"_index":"apisix"}}\n' + json.dumps(entry) + "\n" for entry in entries).encode())
    answer = run("query", "--server", server.url, "--from", "now-3h", "--measures", "count, p95(duration)", "--by", "status")
    assert answer.returncode == 0, answer
    assert b"status" in answer.stdout and b"p95(duration) [s]" in answer.stdout
    wrong = run("query", "--server", server.url, "--where", "provdier: x")
    assert wrong.returncode == 1 and b"did you mean 'provider'" in wrong.stderr


def test_promql_scripts_pass_and_fail_with_lines(tmp_path):
    good = tmp_path / "good.test"
    good.write_text("load 1m\n  up 1 2 3\n\neval instant at 1m up\n  up 2\n")
    bad = tmp_path / "bad.test"
    bad.write_text("load 1m\n  up 1 2 3\n\neval instant at 1m up\n  up 3\n\neval instant at 1m sum(up)\n  {} 2\n")
    broken = tmp_path / "broken.test"
    broken.write_text("load 1m\n  up 1 2 3\n\neval instant at 1m up{\n")
    answer = run("promql", "test", good)
    assert answer.returncode == 0 and answer.stdout.decode() == f"{good}: 1 passed, 0 failed\n", answer
    answer = run("promql", "test", good, bad)
    assert answer.returncode == 1 and f"{bad}: 1 passed, 1 failed\n  line 4: up\n    expected 3" in answer.stdout.decode(), answer
    answer = run("promql", "test", broken, good)
    assert answer.returncode == 2 and f"{broken}:4: ".encode() in answer.stderr and b"1 passed" in answer.stdout, answer
