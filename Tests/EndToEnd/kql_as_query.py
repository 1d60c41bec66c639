"""KQL, as far as exported dashboards write it, as a query of Elasticsearch: a second reading of the filters, made from the grammar of the language.

https://www.elastic.co/docs/explore-analyze/query-filter/languages/kql
"""

import re

TOKEN = re.compile(r'\s*(?:(?P<punctuation>[():]|<=|>=|<|>)|"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<word>(?:[^\s():<>"\\]|\\.)+))')


class Word(str):
    """An unquoted value: wildcards count."""


def tokens(text: str) -> list:
    found, position = [], 0
    while position < len(text.rstrip()):
        match = TOKEN.match(text, position)
        assert match, f"{text!r} at {position}"
        if match["punctuation"]:
            found.append((match["punctuation"], None))
        elif match["quoted"] is not None:
            found.append(("value", re.sub(r"\\(.)", r"\1", match["quoted"])))
        else:
            found.append(("word", Word(match["word"])))
        position = match.end()
    return found + [("end", None)]


class Reader:
    def __init__(self, text: str):
        self.tokens = tokens(text)
        self.position = 0

    @property
    def kind(self):
        return self.tokens[self.position][0]

    def take(self):
        token = self.tokens[self.position]
        self.position += 1
        return token

    def keyword(self, word: str) -> bool:
        kind, value = self.tokens[self.position]
        if kind == "word" and value.lower() == word and self.tokens[self.position + 1][0] not in (":", "<", ">", "<=", ">="):
            self.position += 1
            return True
        return False

    def disjunction(self, leaf) -> dict:
        parts = [self.conjunction(leaf)]
        while self.keyword("or"):
            parts.append(self.conjunction(leaf))
        return parts[0] if len(parts) == 1 else {"bool": {"should": parts, "minimum_should_match": 1}}

    def conjunction(self, leaf) -> dict:
        parts = [self.negation(leaf)]
        while self.keyword("and"):
            parts.append(self.negation(leaf))
        return parts[0] if len(parts) == 1 else {"bool": {"filter": parts}}

    def negation(self, leaf) -> dict:
        if self.keyword("not"):
            return {"bool": {"must_not": [self.negation(leaf)]}}
        if self.kind == "(":
            self.take()
            inner = self.disjunction(leaf)
            assert self.take()[0] == ")"
            return inner
        return leaf()

    def condition(self) -> dict:
        kind, field = self.take()
        assert kind == "word", f"a field was expected, not {kind} {field}"
        comparison = self.take()[0]
        if comparison != ":":
            name = {"<": "lt", "<=": "lte", ">": "gt", ">=": "gte"}[comparison]
            return {"range": {field: {name: number_or_text(self.take()[1])}}}
        return self.negation(lambda: self.value(field)) if self.kind == "(" else self.value(field)

    def value(self, field: str) -> dict:
        _, value = self.take()
        if not isinstance(value, Word):
            return {"term": {field: value}}
        if value == "*":
            return {"exists": {"field": field}}
        pieces = re.split(r"(?<!\\)\*", value)
        if len(pieces) > 1:
            return {"wildcard": {field: {"value": "*".join(re.sub(r"\\(.)", r"\1", piece) for piece in pieces)}}}
        return {"term": {field: number_or_text(re.sub(r"\\(.)", r"\1", value))}}


def number_or_text(text: str):
    if text in ("true", "false"):
        return text == "true"
    try:
        return float(text) if "." in text else int(text)
    except ValueError:
        return str(text)


def query(kql: str) -> dict:
    """The query that finds what `kql` finds; of an empty text everything."""
    if not kql:
        return {"match_all": {}}
    reader = Reader(kql)
    found = reader.disjunction(reader.condition)
    assert reader.kind == "end", f"{kql!r} goes on at {reader.tokens[reader.position]}"
    return found
