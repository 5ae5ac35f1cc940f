"""Reading what was published as others read it: JSON by its schema, pages as a browser takes them."""
import html.parser
import re

# As much of JSON Schema 2020-12 as verdict.schema.json uses.
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None), "integer": int}


def is_type(value, name):
    return isinstance(value, TYPES[name]) and not (name == "integer" and isinstance(value, bool))


def wrong(schema, value, root, path="$"):
    """The first thing that is wrong with a value, or None."""
    if "$ref" in schema:
        return wrong(root["$defs"][schema["$ref"].rsplit("/", 1)[1]], value, root, path)
    types = schema.get("type", [])
    types = [types] if isinstance(types, str) else types
    if types and not any(is_type(value, t) for t in types):
        return f"{path}: {value!r} is not {types}"
    if "enum" in schema and value not in schema["enum"]:
        return f"{path}: {value!r} is not one of {schema['enum']}"
    if "const" in schema and value != schema["const"]:
        return f"{path}: {value!r} is not {schema['const']}"
    if isinstance(value, str):
        if "pattern" in schema and not re.search(schema["pattern"], value):
            return f"{path}: {value!r} does not match {schema['pattern']}"
        if len(value) < schema.get("minLength", 0):
            return f"{path}: too short"
    if isinstance(value, int) and not isinstance(value, bool) and value < schema.get("minimum", value):
        return f"{path}: {value} is too small"
    if isinstance(value, dict):
        for key in schema.get("required", []):
            if key not in value:
                return f"{path}: no {key}"
        for key, item in value.items():
            if key in schema.get("properties", {}):
                found = wrong(schema["properties"][key], item, root, f"{path}.{key}")
                if found:
                    return found
            elif schema.get("properties"):
                return f"{path}.{key}: not in the schema"
    if isinstance(value, list) and "items" in schema:
        for i, item in enumerate(value):
            found = wrong(schema["items"], item, root, f"{path}[{i}]")
            if found:
                return found
    if "oneOf" in schema and sum(wrong(s, value, root, path) is None for s in schema["oneOf"]) != 1:
        return f"{path}: not exactly one of the alternatives"
    return None


class Page(html.parser.HTMLParser):
    """Tags in balance, headings in order, and what a page may not have."""

    VOID = {"meta", "br", "path", "circle"}

    def __init__(self):
        super().__init__()
        self.open, self.faults, self.levels, self.tags, self.attrs = [], [], [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attrs += [(tag, k, v) for k, v in attrs]
        if re.fullmatch("h[1-6]", tag):
            self.levels.append(int(tag[1]))
        if tag == "th" and dict(attrs).get("scope") not in ("row", "col"):
            self.faults.append("a th without scope")
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> closes something else")
