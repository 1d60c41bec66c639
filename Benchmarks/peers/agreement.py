"""Compares answers with the exact ones: counts and sums to the last digit, percentiles by their relative difference."""

import dataclasses
import datetime
import math
import re
import statistics

from peers.questions import Part, Question

PERCENTILE_TOLERANCE = 0.01
MILLISECONDS = 1000


@dataclasses.dataclass
class Agreement:
    """`figures` and `wrong` count what must be equal; `differences` are the percentiles' relative ones."""

    figures: int = 0
    wrong: int = 0
    first_wrong: str = ""
    differences: list[float] = dataclasses.field(default_factory=list)

    def mismatch(self, text: str) -> None:
        self.wrong += 1
        self.first_wrong = self.first_wrong or text

    @property
    def within(self) -> float:
        """The share of percentiles that are right within the tolerance."""
        return sum(difference <= PERCENTILE_TOLERANCE for difference in self.differences) / len(self.differences)

    @property
    def text(self) -> str:
        parts = []
        if self.figures:
            parts.append(f"{self.figures:,} equal" if self.wrong == 0 else f"{self.wrong:,} of {self.figures:,} WRONG ({self.first_wrong})")
        if self.differences:
            parts.append(f"{self.within:.1%} of {len(self.differences):,} percentiles within 1 %, median {statistics.median(self.differences):.2%}, "
                         f"worst {max(self.differences):.2%}")
        return "; ".join(parts)


def compare(question: Question, expected: list[list[list]], found: list[list[list]], is_gatewatch: bool) -> Agreement:
    """How the tables that were found agree with the expected ones."""
    agreement = Agreement()
    for part, right, other in zip(question.parts, expected, found, strict=True):
        compare_tables(agreement, part, right, other, is_gatewatch)
    return agreement


def compare_tables(agreement: Agreement, part: Part, expected: list[list], found: list[list], is_gatewatch: bool) -> None:
    if part.measures == "i":
        expected, found = ([str(row[-1]).replace("-", "") for row in rows] for rows in (expected, found))
        agreement.figures += len(expected)
        if expected != found:
            agreement.mismatch(f"{len(found)} records, or others, or in another order")
        return
    rights, others = by_key(part, expected), by_key(part, found)
    for key in rights.keys() ^ others.keys():
        agreement.figures += 1
        agreement.mismatch(f"row {key} is only {'expected' if key in rights else 'found'}")
    for key in rights.keys() & others.keys():
        for kind, right, other in zip(part.measures, rights[key], others[key], strict=True):
            compare_figures(agreement, kind, right, other, is_gatewatch, key)


def compare_figures(agreement: Agreement, kind: str, right, other, is_gatewatch: bool, key: tuple) -> None:
    right, other = (None if value is None or (isinstance(value, float) and math.isnan(value)) else float(value) for value in (right, other))
    if right is None or other is None or kind != "p":
        agreement.figures += 1
        if is_gatewatch and kind == "$" and other is not None:
            other = float(round(other * 1e9))
        # A group whose calls all failed has no tokens; ClickHouse, which has no NULL here, says 0.
        if (right or 0.0) != (other or 0.0) and not (kind == "r" and math.isclose(right or 0.0, other or 0.0, rel_tol=1e-9)):
            agreement.mismatch(f"{key}: {other} instead of {right}")
        return
    other = other * MILLISECONDS if is_gatewatch else other
    agreement.differences.append(abs(other - right) / right if right else abs(other))


def by_key(part: Part, rows: list[list]) -> dict[tuple, list]:
    """Measures by key; lists of percentiles become measures of their own, and an absent group is None everywhere."""
    table = {}
    for row in rows:
        values = []
        for value in row[part.keys :]:
            values += value if isinstance(value, list) else [value]
        table[tuple(key_value(value) for value in row[: part.keys])] = values
    return table


def key_value(value):
    """A time is milliseconds since 1970, whether it came as such, as text or as a date."""
    if value is None or value == "":
        return None
    text = str(value)
    if re.match(r"\d{4}-\d\d-\d\d", text):
        return int(datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.UTC).timestamp() * 1000)
    return int(text) if text.isdigit() else text
