"""The assertions of Elasticsearch's YAML REST tests, and the values that a test keeps between its steps."""

import json
import math
import re


class Failed(Exception):
    """An assertion that does not hold; the text names path, value and expectation."""


MISSING = object()


def shown(value) -> str:
    """A value as JSON; YAML's dates become strings."""
    return json.dumps(value, default=str, ensure_ascii=False)


class Stash:
    """Values kept by `set`, and their use as `$name` or `${name}` in later steps."""

    def __init__(self):
        self.values: dict = {}

    def fill(self, value):
        """The value with every stashed name replaced, in keys too."""
        if isinstance(value, dict):
            return {self.fill(key): self.fill(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.fill(item) for item in value]
        if not isinstance(value, str):
            return value
        if value.startswith("$") and value[1:].strip("{}") in self.values:
            return self.values[value[1:].strip("{}")]
        return re.sub(r"\$\{(\w+)\}", lambda found: str(self.values.get(found[1], found[0])), value)

    def keep(self, names: dict, answer) -> None:
        for path, name in names.items():
            self.values[name] = look_up(path, answer, self)


def look_up(path: str, answer, stash: Stash):
    """The value at a dotted path of the answer; MISSING where there is none."""
    if path == "$body":
        return answer.text if not isinstance(answer.value, (dict, list)) else answer.value
    value = answer.value
    if path == "":
        return value
    for part in re.split(r"(?<!\\)\.", str(path)):
        part = str(stash.fill(part.replace("\\.", ".")))
        if part == "_arbitrary_key_" and isinstance(value, dict) and value:
            return next(iter(value))
        if isinstance(value, dict) and part in value:
            value = value[part]
        elif isinstance(value, list) and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
        else:
            return MISSING
    return value


def matches_regex(pattern: str, text: str, flags=re.VERBOSE) -> bool:
    """`/pattern/` against a text; `match` ignores white space in the pattern, `catch` (flags 0) does not."""
    return re.search(pattern.strip()[1:-1], text, flags) is not None


def equal(expected, got) -> bool:
    """Equality of JSON values in which 1 equals 1.0 but not true and not "1"."""
    if isinstance(expected, bool) or isinstance(got, bool):
        return expected is got
    if isinstance(expected, (int, float)) and isinstance(got, (int, float)):
        return math.isclose(expected, got, rel_tol=1e-9)
    if isinstance(expected, dict) and isinstance(got, dict):
        return expected.keys() == got.keys() and all(equal(expected[key], got[key]) for key in expected)
    if isinstance(expected, list) and isinstance(got, list):
        return len(expected) == len(got) and all(map(equal, expected, got))
    return expected == got


def is_regex(value) -> bool:
    return isinstance(value, str) and len(value.strip()) > 1 and value.strip().startswith("/") and value.strip().endswith("/")


def assert_match(argument: dict, answer, stash: Stash) -> None:
    for path, expected in argument.items():
        expected = stash.fill(expected)
        got = look_up(path, answer, stash)
        if is_regex(expected):
            text = answer.text if path == "$body" else shown(got) if isinstance(got, (dict, list)) else str(got)
            good = got is not MISSING and matches_regex(expected, text)
        else:
            good = (expected is None and got is MISSING) or (got is not MISSING and equal(expected, got))
        require(good, f"match {path!r}", got, expected)


def is_true(path: str, answer, stash: Stash) -> None:
    got = look_up(path, answer, stash)
    require(truthy(got), f"is_true {path!r}", got, "a true value")


def is_false(path: str, answer, stash: Stash) -> None:
    got = look_up(path, answer, stash)
    require(not truthy(got), f"is_false {path!r}", got, "no true value")


def truthy(value) -> bool:
    return value is not MISSING and value not in (None, False, 0, "", "false", "0")


def comparison(name: str, holds):
    def check(argument: dict, answer, stash: Stash) -> None:
        for path, limit in argument.items():
            got, limit = look_up(path, answer, stash), stash.fill(limit)
            numbers = isinstance(got, (int, float)) and isinstance(limit, (int, float))
            require(numbers and holds(got, limit), f"{name} {path!r}", got, limit)
    return check


def assert_length(argument: dict, answer, stash: Stash) -> None:
    for path, expected in argument.items():
        got = look_up(path, answer, stash)
        require(isinstance(got, (str, list, dict)) and len(got) == stash.fill(expected), f"length {path!r}", got, expected)


def assert_contains(argument: dict, answer, stash: Stash) -> None:
    for path, expected in argument.items():
        expected, got = stash.fill(expected), look_up(path, answer, stash)
        found = isinstance(got, list) and any(
            all(equal(value, item.get(key)) for key, value in expected.items()) if isinstance(expected, dict) and isinstance(item, dict)
            else equal(expected, item) for item in got)
        require(found, f"contains {path!r}", got, expected)


def require(good: bool, what: str, got, expected) -> None:
    if not good:
        got = "nothing" if got is MISSING else shown(got)[:300]
        raise Failed(f"{what}: got {got}, expected {shown(expected)[:300]}")


ASSERTIONS = {
    "match": assert_match, "is_true": is_true, "is_false": is_false, "length": assert_length, "contains": assert_contains,
    "lt": comparison("lt", lambda a, b: a < b), "lte": comparison("lte", lambda a, b: a <= b),
    "gt": comparison("gt", lambda a, b: a > b), "gte": comparison("gte", lambda a, b: a >= b),
}
