"""Exported Grafana dashboards, looked through: their panels, their queries, and these as Grafana sends them."""

import json
import pathlib
import re
from dataclasses import dataclass

RANGE_SECONDS = 6 * 3600
STEP_SECONDS = 60
# What Grafana puts in before it asks; longest names first.
MACROS = {"$__rate_interval": "5m", "$__interval_ms": str(STEP_SECONDS * 1000), "$__interval": f"{STEP_SECONDS}s", "$__range_s": str(RANGE_SECONDS), "$__range": f"{RANGE_SECONDS}s"}


@dataclass
class Query:
    dashboard: str
    panel: str
    expression: str
    is_instant: bool

    @property
    def name(self) -> str:
        return f"{self.dashboard}/{self.panel}"


def panels(dashboard: dict):
    for panel in dashboard["panels"]:
        yield panel
        yield from panel.get("panels", [])


def asked(expression: str, variables: list[str]) -> str:
    """The expression with all values of every variable chosen."""
    for macro, text in MACROS.items():
        expression = expression.replace(macro, text)
    for name in variables:
        expression = re.sub(rf"\$\{{{name}\}}|\${name}\b", ".*", expression)
    return expression


def queries(path: pathlib.Path) -> list[Query]:
    dashboard = json.loads(path.read_text())
    variables = [variable["name"] for variable in dashboard["templating"]["list"]]
    return [
        Query(path.stem, panel["title"], asked(target["expr"], variables), target["instant"])
        for panel in panels(dashboard) for target in panel.get("targets", [])
    ]
