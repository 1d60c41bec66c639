"""Checks JSON answers against the definitions of a Swagger 2 document: as much of it as Alertmanager's uses."""

import re

DATE_TIME = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$")
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int, "number": (int, float)}


class Swagger:
    def __init__(self, document: dict):
        self.document = document

    def problems(self, value, schema: dict, place: str = "") -> list[str]:
        """What is wrong with a value, each with its place; empty when nothing is."""
        if "$ref" in schema:
            target = self.document
            for part in schema["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            return self.problems(value, target, place)
        found = []
        for part in schema.get("allOf", []):
            found += self.problems(value, part, place)
        kind = schema.get("type")
        if kind and not isinstance(value, TYPES[kind]):
            return found + [f"{place}: {value!r} is no {kind}"]
        if kind == "object":
            found += [f"{place}: {name} is missing" for name in schema.get("required", []) if name not in value]
            for name, part in schema.get("properties", {}).items():
                if name in value:
                    found += self.problems(value[name], part, f"{place}.{name}")
            extra = schema.get("additionalProperties")
            if isinstance(extra, dict):
                for name, part in value.items():
                    found += self.problems(part, extra, f"{place}.{name}")
        if kind == "array":
            for index, part in enumerate(value):
                found += self.problems(part, schema["items"], f"{place}[{index}]")
        if "enum" in schema and value not in schema["enum"]:
            found.append(f"{place}: {value!r} is none of {schema['enum']}")
        if schema.get("format") == "date-time" and not DATE_TIME.match(value):
            found.append(f"{place}: {value!r} is no time")
        return found

    def answer_problems(self, path: str, method: str, status: int, value) -> list[str]:
        """What is wrong with the answer of an operation."""
        response = self.document["paths"][path][method]["responses"].get(str(status))
        if response is None:
            return [f"{method} {path} has no answer {status}"]
        while "$ref" in response:
            name = response["$ref"].split("/")[-1]
            response = self.document["responses"][name]
        return self.problems(value, response["schema"], path) if "schema" in response else []
