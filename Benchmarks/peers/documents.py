"""How Gatewatch is told to read the documents that all three systems get."""

import pathlib

# The keys that are not Gatewatch's own, and how long records are kept: longer than the dataset, so that a kept folder can be asked weeks later.
SETTINGS = """storage:
  retention_days: 400
prices:
  file: {prices}
apisix:
  fields:
    duration_ms: duration:ms
    ttft_ms: ttft:ms
    upstream_ms: upstream_duration:ms
"""


def settings_text(prices: pathlib.Path) -> str:
    """The configuration file; `prices` is the price list that makes Gatewatch's costs those of the documents."""
    return SETTINGS.format(prices=prices)
