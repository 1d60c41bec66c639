"""The results as tables for people. The same figures go to the JSON file."""

SYSTEMS = ("Gatewatch", "ClickHouse", "DuckDB")


def table(title: str, head: list[str], rows: list[list[str]]) -> str:
    """A table whose first column stands left and whose others stand right."""
    widths = [max(len(row[number]) for row in [head, *rows]) for number in range(len(head))]
    lines = [title]
    for row in [head, *rows]:
        cells = [cell.rjust(width) if number else cell.ljust(width) for number, (cell, width) in enumerate(zip(row, widths, strict=True))]
        lines.append("  " + "  ".join(cells))
    return "\n".join(lines) + "\n"


def figure(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 1 else f"{value:.2f}"


def ratio(row: dict, key: str) -> str:
    """How many times less Gatewatch takes than the better of the others."""
    others = [row[name][key] for name in SYSTEMS[1:] if name in row]
    if "Gatewatch" not in row or not others:
        return ""
    return f"{min(others) / max(row['Gatewatch'][key], 1e-9):.1f}x"


def questions_table(results: dict, title: str, section: str, keys: tuple[str, ...]) -> str:
    names = [name for name in SYSTEMS if any(name in row for row in results[section].values())]
    has_peers = len(names) > 1
    head = ["", *(f"{name} {key}" if len(keys) > 1 else name for name in names for key in keys), *(["ahead"] if has_peers else [])]
    rows = []
    for question, row in results[section].items():
        label = f"{question:5} {results['titles'].get(question, '')}"
        figures = [figure(row.get(name, {}).get(key)) for name in names for key in keys]
        rows.append([label, *figures, *([ratio(row, keys[-1])] if has_peers else [])])
    return table(title, head, rows)


SYSTEM_FIGURES = (
    ("bytes a record", "bytes_per_record", 1), ("start, ms", "start_ms", 1), ("resident after the start, MB", "idle_resident", 1e6),
    ("... of it not files, MB", "idle_own", 1e6), ("resident after the questions, MB", "used_resident", 1e6), ("... of it not files, MB", "used_own", 1e6),
    ("most resident, MB", "used_peak", 1e6), ("loading: CPU s per million records", "load_cpu_per_million", 1),
)


def systems_table(systems: dict) -> str:
    rows = []
    for label, key, scale in SYSTEM_FIGURES:
        if any(key in system for system in systems.values()):
            rows.append([label, *(figure(system[key] / scale) if key in system else "-" for system in systems.values())])
    return table("Size, start and memory", ["", *systems], rows)


def ingest_table(results: dict) -> str:
    title = f"Documents in batches of 5,000 into a fresh store, {results['sample']:,} records"
    rows = [[name, figure(row["records_per_second"]), f"{row['cpu_seconds_per_million']:.2f}", str(row["threads"])] for name, row in results["ingest"].items()]
    return table(title, ["", "records/s", "CPU s per million", "senders"], rows)


def agreement_table(agreement: dict) -> str:
    lines = [f"  {question:5} {name:12}{text}" for question, row in agreement.items() for name, text in row.items()]
    return "Agreement with the exact answers\n" + "\n".join(lines) + "\n"


def whole(results: dict) -> str:
    """All tables that there are figures for."""
    title = f"{results['dataset']['records']:,} records over {results['dataset']['days']} days; {results['versions']}; {results['machine']}\n"
    parts = [title, systems_table(results["systems"])]
    if "ingest" in results:
        parts.append(ingest_table(results))
    each = f"{results['clients']} clients at once, each asking one of the questions, ms"
    for section, title, keys in (
        ("warm", "Warm, ms: asked for the first time; CPU time and median of repetitions over ranges that move on", ("first", "CPU", "median")),
        ("cold", "Cold, ms: first question of a fresh process, its files not in memory", ("median",)),
        ("together", f"{results['clients']} clients at once, all asking this question, ms", ("p50", "p95")), ("mixed", each, ("p50", "p95")),
    ):
        if section in results:
            parts.append(questions_table(results, title, section, keys))
    if scan := results.get("warm", {}).get("scan"):
        rates = [f"{name} {results['dataset']['records'] / row['median'] / 1e3:,.0f}" for name, row in scan.items()]
        parts.append(f"Million records a second in the warm scan, all cores: {', '.join(rates)}\n")
    if "live" in results:
        live = results["live"] | {"titles": results["titles"]}
        title = f"Gatewatch while {live['records_per_second']:,.0f} records a second come in: warm, ms"
        parts.append(questions_table(live, title, "warm", ("first", "CPU", "median")))
        parts.append(questions_table(live, f"... and {each}", "mixed", ("p50", "p95")))
    if "agreement" in results:
        parts.append(agreement_table(results["agreement"]))
    return "\n".join(parts)
