"""Gatewatch's answers as tables of the form in which SQL gives them."""

from peers.questions import Part, Question


def gatewatch_tables(question: Question, document: dict) -> list[list[list]]:
    """A table for each part of the question, of rows of keys and measures."""
    if question.page is not None:
        return [[[record["request_id"]] for record in document["records"]]]
    results = document["results"] if len(question.parts) > 1 else [document]
    if problems := [result["error"] for result in results if "error" in result]:
        raise RuntimeError(f"{question.name}: {problems[0]}")
    return [part_table(part, result) for part, result in zip(question.parts, results, strict=True)]


def part_table(part: Part, result: dict) -> list[list]:
    classes = [number for number, column in enumerate(result["columns"]) if column["name"] == "status_class"]
    rows = [[int(value[0]) if number in classes and value else value for number, value in enumerate(row)] for row in result["rows"]]
    if part.is_wide:
        rows = [[*row[: part.keys - 1], number, value] for row in rows for number, value in enumerate(row[part.keys - 1 :])]
    # With buckets there is a row for every bucket and group; SQL has none where there are no records.
    return [row for row in rows if not part.keys or any(row[part.keys :])]
