"""The rules that come with the program, judged by Prometheus's own tool."""

import shutil
import subprocess

import pytest
import yaml

from gatewatch_server import REPOSITORY

RULES = REPOSITORY / "rules"
RULE_FILES = sorted(path for path in RULES.glob("*.yaml") if path.name != "thresholds.yaml")
TEST_FILES = sorted((RULES / "tests").glob("*.yaml"))

needs_promtool = pytest.mark.skipif(shutil.which("promtool") is None, reason="needs promtool")


def rules_of(path):
    return [rule for group in yaml.safe_load(path.read_text())["groups"] for rule in group["rules"]]


ALERTS = {rule["alert"]: rule for path in RULE_FILES for rule in rules_of(path) if "alert" in rule}


def promtool(*arguments):
    return subprocess.run(["promtool", *map(str, arguments)], capture_output=True, text=True, timeout=300)


@needs_promtool
@pytest.mark.parametrize("path", RULE_FILES, ids=lambda path: path.name)
def test_a_prometheus_loads_the_file(path):
    answer = promtool("check", "rules", path)
    assert answer.returncode == 0, answer.stdout + answer.stderr


@needs_promtool
@pytest.mark.parametrize("path", TEST_FILES, ids=lambda path: path.name)
def test_unit_tests_pass(path):
    answer = promtool("test", "rules", path)
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_every_alert_is_tested_firing_and_not_firing():
    firing, silent = set(), set()
    for path in TEST_FILES:
        for case in yaml.safe_load(path.read_text())["tests"]:
            for question in case.get("alert_rule_test", []):
                (firing if question["exp_alerts"] else silent).add(question["alertname"])
    assert set(ALERTS) - firing == set(), "never seen firing"
    assert set(ALERTS) - silent == set(), "never seen not firing"


def test_names_are_unique_over_all_files():
    names = [rule["alert"] for path in RULE_FILES for rule in rules_of(path) if "alert" in rule]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("name", sorted(ALERTS))
def test_an_alert_says_how_bad_it_is_and_what_to_do(name):
    rule = ALERTS[name]
    assert rule["labels"]["severity"] in {"critical", "warning", "info"}
    assert {"summary", "description", "runbook_url"} <= set(rule["annotations"])
    assert rule["annotations"]["runbook_url"] == "{{ $externalURL }}/runbooks/" + name
