"""The rules that come with the program, judged by Prometheus's own tool."""

import re
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


THRESHOLDS = yaml.safe_load((RULES / "thresholds.yaml").read_text())["thresholds"]
RECORDED = {rule["record"]: rule["expr"] for path in RULE_FILES for rule in rules_of(path) if "record" in rule}
# Two states of one thing, each compared with its own 0: there is no number to choose.
WITHOUT_THRESHOLD = {"ElasticsearchUnreachable"}
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


def outermost_number(expression):
    """The number of the outermost comparison: the last one outside of all parentheses before an `and`, `or` or `unless`."""
    depth, outer = 0, []
    for piece in re.findall(r'"[^"]*"|[()\[\]{}]|[^()\[\]{}"]+', expression):
        if piece in "([{":
            depth += 1
        elif piece in ")]}":
            depth -= 1
        elif depth == 0:
            outer.append(piece)
    decisive = re.split(r"\b(?:and|or|unless)\b", " ".join(outer))[0]
    return float(re.findall(r"[<>=!]=?\s*([-+0-9.e]+)", decisive)[-1])


def test_the_table_of_thresholds_is_what_the_files_say():
    said = {name: outermost_number(rule["expr"]) for name, rule in ALERTS.items() if name not in WITHOUT_THRESHOLD}
    said |= {name: float(match[1]) for name, text in RECORDED.items() if (match := re.fullmatch(r"vector\(([-+0-9.e]+)\)", text))}
    assert {name: float(row["limit"]) for name, row in THRESHOLDS.items()} == said
    for name, row in THRESHOLDS.items():
        assert row["unit"] and row["meaning"] and row["requirement"], name


def test_no_text_of_an_alert_repeats_its_threshold():
    """A text that names the number would be wrong where the table names another."""
    for name, rule in ALERTS.items():
        for text in rule["annotations"].values():
            assert not re.search(r"limit \d", text), name
