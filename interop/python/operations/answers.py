"""What an answer must be: what AWS's own model says of its shape, and what a case expects of its values."""

import re

# AWS's built-in rule reads back a priority that its model does not allow.
BEYOND_LIMITS = {("Priority", 10000)}
JSON_TYPES = {
    "string": str,
    "boolean": bool,
    "integer": int,
    "long": int,
    "double": (int, float),
    "float": (int, float),
    "timestamp": (int, float),
    "list": list,
    "map": dict,
    "structure": dict,
}


def match(actual, expected, at="answer"):
    """A dict must have at least the expected members, a list the same length; a function says whether it agrees."""
    if callable(expected):
        if not expected(actual):
            raise AssertionError(f"{at} is {actual!r}")
    elif isinstance(expected, dict):
        for key, value in expected.items():
            if key not in actual:
                raise AssertionError(f"{at} has no {key}: {actual!r}")
            match(actual[key], value, f"{at}.{key}")
    elif isinstance(expected, list):
        if len(actual) != len(expected):
            raise AssertionError(f"{at} has {len(actual)} items, not {len(expected)}: {actual!r}")
        for index, value in enumerate(expected):
            match(actual[index], value, f"{at}[{index}]")
    elif actual != expected:
        raise AssertionError(f"{at} is {actual!r}, not {expected!r}")


def check_shape(value, shape, at="answer"):
    """Raises unless `value`, as it stood in the JSON, is what the model's shape says: members, types, limits, enums."""
    kind = JSON_TYPES[shape.type_name]
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise AssertionError(f"{at} is no {shape.type_name}: {value!r}")
    check_limits(value, shape, at)
    if shape.type_name == "structure":
        check_members(value, shape, at)
    elif shape.type_name == "list":
        for index, item in enumerate(value):
            check_shape(item, shape.member, f"{at}[{index}]")
    elif shape.type_name == "map":
        for key, item in value.items():
            check_shape(item, shape.value, f"{at}.{key}")


def check_members(value, shape, at):
    unknown = value.keys() - shape.members.keys()
    if unknown:
        raise AssertionError(f"{at} has members that are not in the model: {sorted(unknown)}")
    missing = set(shape.required_members) - value.keys()
    if missing:
        raise AssertionError(f"{at} lacks {sorted(missing)}")
    for name, member in value.items():
        check_shape(member, shape.members[name], f"{at}.{name}")


def check_limits(value, shape, at):
    if shape.type_name == "integer" and (shape.name, value) in BEYOND_LIMITS:
        return
    size = len(value) if hasattr(value, "__len__") else value
    limits = shape.metadata
    if "enum" in limits and value not in limits["enum"]:
        raise AssertionError(f"{at} is {value!r}, not one of {limits['enum']}")
    if "pattern" in limits and not re.fullmatch(limits["pattern"], value):
        raise AssertionError(f"{at} is {value!r}, not of the pattern {limits['pattern']}")
    if shape.type_name not in ("timestamp", "boolean", "structure", "map"):
        if size < limits.get("min", size) or size > limits.get("max", size):
            raise AssertionError(f"{at} is out of its limits {limits}: {value!r}")
