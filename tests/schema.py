"""As much of JSON Schema (draft 2020-12) as actcli's schemas use; anything else in a schema is refused."""

import json
from importlib.resources import files

_ANNOTATIONS = {"$schema", "$id", "title", "description", "$defs", "$comment", "examples"}
_TYPES = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "null": type(None),
    "number": (int, float),
    "integer": int,
}


def schema_of(report):
    """Return the schema that comes with actcli for the JSON of this report."""
    return json.loads(files("actcli").joinpath(f"schemas/{report}.json").read_text(encoding="utf-8"))


def problems(value, schema, root=None, path="$"):
    """Return every way in which `value` breaks `schema`, in words; an empty list where it does not."""
    root = root or schema
    found = []
    for keyword, rule in schema.items():
        if keyword not in _ANNOTATIONS:
            found += _RULES[keyword](value, rule, root, path, schema)
    return found


def _type(value, rule, root, path, schema):
    names = [rule] if isinstance(rule, str) else rule
    fits = any(
        isinstance(value, _TYPES[name]) and (name == "boolean" or not isinstance(value, bool))
        for name in names
    )
    return [] if fits else [f"{path} is {value!r}, not {' or '.join(names)}"]


def _required(value, rule, root, path, schema):
    return [f"{path} lacks {key}" for key in rule if isinstance(value, dict) and key not in value]


def _properties(value, rule, root, path, schema):
    if not isinstance(value, dict):
        return []
    inside = ((key, part) for key, part in rule.items() if key in value)
    return [line for key, part in inside for line in problems(value[key], part, root, f"{path}.{key}")]


def _additional(value, rule, root, path, schema):
    if not isinstance(value, dict) or rule is True:
        return []
    others = {key: each for key, each in value.items() if key not in schema.get("properties", {})}
    if rule is False:
        return [f"{path} has the unknown key {key}" for key in others]
    return [line for key, each in others.items() for line in problems(each, rule, root, f"{path}.{key}")]


def _items(value, rule, root, path, schema):
    if not isinstance(value, list):
        return []
    return [line for i, each in enumerate(value) for line in problems(each, rule, root, f"{path}[{i}]")]


def _any_of(value, rule, root, path, schema):
    tried = [problems(value, part, root, path) for part in rule]
    return [] if any(not lines for lines in tried) else [f"{path} fits none of its forms: {tried}"]


def _one_of(value, rule, root, path, schema):
    fitting = sum(not problems(value, part, root, path) for part in rule)
    return [] if fitting == 1 else [f"{path} fits {fitting} of its forms, not one"]


def _reference(value, rule, root, path, schema):
    part = root
    for step in rule.removeprefix("#/").split("/"):
        part = part[step]
    return problems(value, part, root, path)


def _number(compare, words):
    def check(value, rule, root, path, schema):
        counts = isinstance(value, int | float) and not isinstance(value, bool)
        return [f"{path} is {value}, {words} {rule}"] if counts and not compare(value, rule) else []

    return check


def _length(compare, words):
    def check(value, rule, root, path, schema):
        return (
            [f"{path} has {words} {rule} items"]
            if isinstance(value, list) and not compare(len(value), rule)
            else []
        )

    return check


_RULES = {
    "type": _type,
    "required": _required,
    "properties": _properties,
    "additionalProperties": _additional,
    "items": _items,
    "anyOf": _any_of,
    "oneOf": _one_of,
    "$ref": _reference,
    "const": lambda value, rule, root, path, schema: (
        [] if value == rule else [f"{path} is {value!r}, not {rule!r}"]
    ),
    "enum": lambda value, rule, root, path, schema: (
        [] if value in rule else [f"{path} is {value!r}, not in {rule}"]
    ),
    "minimum": _number(lambda a, b: a >= b, "less than"),
    "maximum": _number(lambda a, b: a <= b, "more than"),
    "exclusiveMinimum": _number(lambda a, b: a > b, "not more than"),
    "minItems": _length(lambda a, b: a >= b, "less than"),
    "maxItems": _length(lambda a, b: a <= b, "more than"),
}
