"""A small runner for Elasticsearch's YAML REST tests (format: README.asciidoc in the suite's archive).

    suite = Suite.load(tests_archive, api_archive)
    for case in suite.cases: Run(suite, "127.0.0.1:9200", case).execute()

`execute` raises `Skipped` when the case asks for what this runner or this suite's version does not have, and `Failed`
with the step that failed. It does not clean up: give each case a fresh server.
"""

import dataclasses
import http.client
import json
import tarfile
import urllib.parse

import yaml

from es_yaml_assertions import ASSERTIONS, Failed, Stash, matches_regex, shown
from es_yaml_documents import completed

SUITE_VERSION = (7, 10, 0)  # the Elasticsearch release that the suite was written for
FEATURES = {"headers", "warnings", "allowed_warnings", "contains", "stash_in_path", "stash_in_key", "embedded_stash_key",
            "arbitrary_key", "default_shards", "no_xpack", "catch_unauthorized", "node_selector"}
STATUS_BY_CATCH = {"bad_request": 400, "unauthorized": 401, "forbidden": 403, "missing": 404, "request_timeout": 408,
                   "conflict": 409, "unavailable": 503}
COMMON_PARAMETERS = {"pretty", "human", "error_trace", "source", "filter_path", "format"}
REQUEST_SECONDS_MAX = 30


class Skipped(Exception):
    """The case does not apply; the text says why."""


@dataclasses.dataclass(frozen=True)
class Case:
    """One test section: `name` is `folder/file.yml::title`."""
    name: str
    setup: list
    steps: list
    teardown: list


@dataclasses.dataclass(frozen=True)
class Suite:
    cases: list[Case]
    apis: dict[str, dict]

    @staticmethod
    def load(tests_archive, api_archive) -> "Suite":
        cases = []
        for name, text in archive_files(tests_archive, ".yml"):
            sections = {}
            for document in yaml.load_all(text, Loader=yaml.CSafeLoader):
                sections |= document or {}
            setup, teardown = sections.pop("setup", None) or [], sections.pop("teardown", None) or []
            short = "/".join(name.split("/")[-2:])
            cases += [Case(f"{short}::{title.strip()}", setup, steps or [], teardown) for title, steps in sections.items()]
        apis = {}
        for _, text in archive_files(api_archive, ".json"):
            apis |= json.loads(text)
        return Suite(sorted(cases, key=lambda case: case.name), apis)


def archive_files(path, suffix: str) -> list[tuple[str, str]]:
    with tarfile.open(path) as archive:
        return [(member.name, archive.extractfile(member).read().decode())
                for member in archive if member.isfile() and member.name.endswith(suffix)]


@dataclasses.dataclass
class Answer:
    status: int
    warnings: list[str]
    text: str
    value: object  # the parsed JSON, the text where it is none, True or False for HEAD


class Run:
    """One case against one server."""

    def __init__(self, suite: Suite, address: str, case: Case):
        self.suite, self.address, self.case = suite, address, case
        self.stash, self.answer = Stash(), None

    def execute(self) -> None:
        for section in (self.case.setup, self.case.steps):
            for step in section:
                for kind, argument in step.items():
                    self.perform(kind, argument)

    def perform(self, kind: str, argument) -> None:
        if kind == "skip":
            self.check_skip(argument)
        elif kind == "do":
            self.do(argument)
        elif kind == "set":
            self.stash.keep(argument, self.answer)
        elif kind in ASSERTIONS:
            ASSERTIONS[kind](argument, self.answer, self.stash)
        else:
            raise Skipped(f"the runner does not know the operator {kind}")

    def check_skip(self, skip: dict) -> None:
        features = skip.get("features", [])
        unknown = set([features] if isinstance(features, str) else features) - FEATURES
        if unknown:
            raise Skipped(f"needs the runner's feature {', '.join(sorted(unknown))}")
        if "version" in skip and version_in(str(skip["version"])):
            raise Skipped(f"not for Elasticsearch 7.10: {skip.get('reason', 'no reason given')}")

    # --- do ---

    def do(self, argument: dict) -> None:
        argument = dict(argument)
        catch = argument.pop("catch", None)
        expected_warnings = argument.pop("warnings", None)
        argument.pop("allowed_warnings", None)
        headers = self.stash.fill(argument.pop("headers", {}))
        argument.pop("node_selector", None)
        (api, parameters), = argument.items()
        self.answer = self.call(api, self.stash.fill(parameters or {}), headers, catch)
        if self.answer is not None:
            self.stash.values["body"] = self.answer.value
            if expected_warnings is not None and not self.answer.warnings:
                raise Failed(f"{api}: no Warning header, expected {expected_warnings}")

    def call(self, api: str, parameters: dict, headers: dict, catch: str | None) -> Answer | None:
        """Performs one API call and checks its status against `catch`; nil when the client itself must refuse it."""
        if api not in self.suite.apis:
            raise Skipped(f"the suite describes no API {api}")
        ignored = parameters.pop("ignore", [])
        if parameters.get("body") is not None:
            parameters["body"] = completed(api, parameters["body"])
        request = build_request(self.suite.apis[api], parameters)
        if request is None:
            if catch == "param":
                return None
            raise Failed(f"{api}: no path for the parameters {sorted(parameters)}")
        method, path, body = request
        answer = send(self.address, method, path, body, headers)
        what = f"{method} {path} -> {answer.status} {answer.text[:400]}"
        if catch is None:
            accepted = [ignored] if isinstance(ignored, int) else [int(status) for status in ignored]
            if answer.status >= 400 and answer.status not in accepted and not (method == "HEAD" and answer.status == 404):
                raise Failed(what)
        elif catch == "param":
            raise Failed(f"{what}, expected the client to refuse")
        elif catch in STATUS_BY_CATCH:
            if answer.status != STATUS_BY_CATCH[catch]:
                raise Failed(f"{what}, expected {catch}")
        elif answer.status < 400 or (catch.startswith("/") and not matches_regex(catch, answer.text, flags=0)):
            raise Failed(f"{what}, expected {catch}")
        return answer


def version_in(text: str) -> bool:
    """Whether the suite's version lies in a range such as `7.1.0 - 7.3.99`, ` - 6.9.99`, `all`, or in one of several."""
    def parts(version: str, default: tuple) -> tuple:
        numbers = [part for part in version.strip().split(".")[:3] if part.isdigit()]
        return tuple(map(int, numbers)) if numbers else default

    if text.strip() == "all":
        return True
    for span in text.split(","):
        low, _, high = span.partition("-")
        if parts(low, (0,)) <= SUITE_VERSION <= parts(high, (999,)):
            return True
    return False


# --- requests ---------------------------------------------------------------------------------------------------------

def build_request(description: dict, parameters: dict) -> tuple[str, str, bytes | None] | None:
    """Method, path with query, and body; None where no path takes the parameters."""
    parameters = dict(parameters)
    body = parameters.pop("body", None)
    paths = description["url"]["paths"]
    known = set(description.get("params", {})) | COMMON_PARAMETERS
    fitting = [entry for entry in paths
               if set(entry.get("parts", {})) <= set(parameters) and set(parameters) - set(entry.get("parts", {})) <= known]
    if not fitting:
        return None
    entry = max(fitting, key=lambda entry: len(entry.get("parts", {})))
    path = entry["path"]
    for part in entry.get("parts", {}):
        path = path.replace("{" + part + "}", urllib.parse.quote(query_text(parameters.pop(part)), safe=",*"))
    query = urllib.parse.urlencode({name: query_text(value) for name, value in parameters.items()})
    methods = entry["methods"]
    method = "POST" if body is not None and "POST" in methods and "GET" in methods else methods[0]
    return method, path + ("?" + query if query else ""), encode_body(body, description.get("body", {}).get("serialize") == "bulk")


def query_text(value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return ",".join(map(query_text, value)) if isinstance(value, list) else str(value)


def encode_body(body, bulk: bool) -> bytes | None:
    if body is None:
        return None
    if isinstance(body, str):
        return (body if not bulk or body.endswith("\n") else body + "\n").encode()
    if bulk and isinstance(body, list):
        return "".join((line if isinstance(line, str) else shown(line)).strip("\n") + "\n" for line in body).encode()
    return shown(body).encode()


def send(address: str, method: str, path: str, body: bytes | None, headers: dict) -> Answer:
    connection = http.client.HTTPConnection(address, timeout=REQUEST_SECONDS_MAX)
    try:
        sent = {"Content-Type": "application/json", **headers} if body is not None else headers
        connection.request(method, path, body=body, headers=sent)
        answer = connection.getresponse()
        text = answer.read().decode()
        value = text
        if method == "HEAD":
            value = answer.status < 300
        elif "json" in (answer.getheader("Content-Type") or ""):
            value = json.loads(text) if text else None
        return Answer(answer.status, answer.headers.get_all("Warning") or [], text, value)
    finally:
        connection.close()
