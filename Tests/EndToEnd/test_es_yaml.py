"""Elasticsearch 7.10's own YAML REST tests against the Elasticsearch door.

Gatewatch keeps request records, not arbitrary documents: what lies outside is skipped or expected to fail, each for a
reason in es_yaml_expectations.json, which lists under each reason `folder/file.yml::title` with `*` and `?` as wildcards.
A skip goes before an expected failure. A case that is listed as failing and passes fails the run, and so does one that is
not listed and fails. The outcome of every case is written to test-artefacts/es_yaml.txt.
"""

import fnmatch
import json
import os
import pathlib

import pytest

from conftest import SHARED
from es_yaml_runner import Failed, Run, Skipped, Suite
from gatewatch_server import GatewatchServer

EXPECTATIONS = json.loads((pathlib.Path(__file__).parent / "es_yaml_expectations.json").read_text())
ARCHIVES = [SHARED / "data/suites/elasticsearch" / name for name in ("es710_yaml_rest_dev.tar.gz", "es710_rest_api_spec.tar.gz")]
SUITE = Suite.load(*ARCHIVES) if all(archive.exists() for archive in ARCHIVES) else Suite([], {})

pytestmark = pytest.mark.needs_shared


def expectation(kind: str, name: str) -> str | None:
    return next((reason for reason, patterns in EXPECTATIONS[kind].items() if any(matches(name, pattern) for pattern in patterns)), None)


def matches(name: str, pattern: str) -> bool:
    return fnmatch.fnmatchcase(name, pattern.replace("[", "[[]"))


@pytest.fixture(scope="module")
def outcomes(artefacts):
    lines = []
    yield lines
    (artefacts / "es_yaml.txt").write_text("".join(sorted(lines)))


@pytest.mark.parametrize("case", SUITE.cases, ids=lambda case: case.name)
def test_elasticsearch_suite(case, tmp_path, outcomes):
    skip, fail = expectation("skip", case.name), expectation("fail", case.name)
    if skip:
        outcomes.append(f"skip  {case.name}  ({skip})\n")
        pytest.skip(skip)
    server = GatewatchServer(tmp_path / "data")
    try:
        server.start()
        Run(SUITE, server.address, case).execute()
        server.assert_alive()
    except Skipped as reason:
        outcomes.append(f"skip  {case.name}  ({' '.join(str(reason).split())})\n")
        pytest.skip(str(reason))
    except Failed as failure:
        outcomes.append(f"fail  {case.name}  ({' '.join(str(fail or failure).split())})\n")
        if fail and not os.environ.get("GATEWATCH_YAML_STRICT"):
            pytest.xfail(fail)
        pytest.fail(str(failure), pytrace=False)
    finally:
        server.abandon()
    outcomes.append(f"pass  {case.name}\n")
    assert not fail, f"passes now, though es_yaml_expectations.json expects a failure: {fail}"


def test_expectations_name_cases_that_exist():
    stale = [pattern for kind in ("skip", "fail") for patterns in EXPECTATIONS[kind].values() for pattern in patterns
             if not any(matches(case.name, pattern) for case in SUITE.cases)]
    assert not stale, f"es_yaml_expectations.json names unknown cases: {stale}"
