#!/usr/bin/python3
"""validate.py FILE SCHEMA: checks a JSON or YAML file against a JSON schema.

Exit status 0: valid; 1: not, one line per problem on stdout; 77: python3-jsonschema or python3-yaml is missing.
"""
import json
import re
import sys

try:
    import jsonschema
    import yaml
except ImportError as missing:
    print(f"{missing.name} is not installed: apt-get install python3-jsonschema python3-yaml")
    sys.exit(77)


class Loader(yaml.SafeLoader):
    """YAML 1.2 as GitHub reads it: `on` is a word, not true; dates are text."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith((":bool", ":timestamp"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Loader.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile("^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF")
)


def main(path, schema_path):
    with open(schema_path, encoding="utf-8") as file:
        schema = json.load(file)
    with open(path, encoding="utf-8") as file:
        value = yaml.load(file, Loader) if path.endswith((".yml", ".yaml")) else json.load(file)
    validator = jsonschema.validators.validator_for(schema)(schema)
    problems = sorted(validator.iter_errors(value), key=lambda problem: list(map(str, problem.absolute_path)))
    for problem in problems:
        where = "/".join(map(str, problem.absolute_path))
        print(f"{path}: /{where}: {problem.message[:300]}")
    return 1 if problems else 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
