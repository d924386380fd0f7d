#!/usr/bin/python3
# needs: python3-jsonschema; takes: 51 s
"""schema_probes.py BIN: the schema and the parser say the same about a file.

From the rows that the schema holds, each key gets right and wrong values (by its type, quoted, empty, of a wrong shape),
alone, below an environment, with an unknown neighbour and with what it needs left out. `fairlead-X --explain-config`
(status 0 or 2) is compared with the verdict of the JSON schema.
"""
import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402

try:
    import jsonschema
    import yaml
    from validate import Loader
except ImportError as missing:
    counted.leave("python3-jsonschema", f"{missing.name} is not installed: apt-get install python3-jsonschema python3-yaml")

BIN = pathlib.Path(sys.argv[1]).resolve()
ROOT = pathlib.Path(__file__).resolve().parents[2]
SCHEMA = json.loads((ROOT / "schema" / "fairlead.schema.json").read_text())
VALIDATOR = jsonschema.Draft7Validator(SCHEMA)
TOOLS = sorted(name for name in SCHEMA["properties"] if f"whole-{name}" in SCHEMA["definitions"])

# What a schema can't say: why, and the keys. All else must be equal.
BEYOND = {
    "a limit says what it limits": {"gate.coverage.by_path", "gate.coverage.by_path.path", "gate.size", "gate.size.path", "gate.performance", "gate.performance.metric"},
    "an amount has a grammar of its own, and a report that is named is listed": {"gate.shards.expect.any.reports", "gate.performance.max", "gate.performance.min", "gate.performance.report", "gate.performance.than", "gate.performance.max_growth", "gate.size.max_growth"},
    "the limit may come from a flag": {"gate.baseline", "gate.coverage.diff", "gate.coverage.diff.min_lines", "gate.coverage.diff.unmeasured"},
    "PostgreSQL's major versions are known to the tool": {"migrate.postgres"},
    "environments are those of the file": {"migrate.seeds.any.environments"},
    "names of files, addresses of stores, ways to pack and keys of age have grammars of their own": {
        "backup.sources", "backup.sources.name", "backup.sources.exclude", "backup.sources.via", "backup.sources.stop", "backup.sources.jobs", "backup.sources.volume", "backup.stores", "backup.compress", "backup.encrypt",
        "backup.encrypt.to", "backup.verify.level", "backup.encrypt.passphrase_env"},
    "who signs sets names a key, in one of two ways": {"backup.sign", "backup.sign.trust"},
    "some keys of a source belong to pgBackRest, and are refused for another engine": {
        "backup.sources.stanza", "backup.sources.config", "backup.sources.passphrase_env", "backup.sources.full_every"},
    "a file that is named must be there": {"scan.rules", "smoke.setup", "smoke.teardown"},
    "a regular expression must compile": {"scan.allow", "smoke.checks.expect.header.any", "smoke.checks.expect.location",
                                          "smoke.checks.expect.body", "smoke.checks.expect.json.any", "smoke.ready.expect.header.any",
                                          "smoke.ready.expect.location", "smoke.ready.expect.body", "smoke.ready.expect.json.any"},
    "an assert has a grammar of its own": {"smoke.checks.expect.asserts", "smoke.ready.expect.asserts"},
    "compare needs two addresses that differ": {"smoke.compare", *(f"smoke.compare.{key}" for key in (
        "old", "new", "checks", "headers", "ignore", "unordered", "pairs", "slower", "level"))},
    "a check of a database is one question in SQL": {"backup.verify.queries", "migrate.verify", "migrate.verify.sql"},
    "rules are named by the tool": {"scan.only", "scan.skip"},
    "places in JSON have a grammar of their own": {"deploy.health.version.json", "smoke.ready.from",
                                                   "smoke.checks.expect.from", "smoke.checks.expect.json", "smoke.ready.expect.json"},
    "lists of image tags, labels and rules have a grammar of their own": {"tag.images", "tag.tags", "tag.flavor",
                                                                          "tag.labels", "tag.annotations", "tag.context",
                                                                          "tag.initial_version"},
    "an environment's report may have its path in the common section": {"gate.reports.any.format", "gate.reports.any.root",
                                                                        "gate.reports.any.optional",
                                                                        "gate.reports.any.min_files"},
    "a list that is written holds something": {"gate.shards.expect", "smoke.ready.status", "smoke.ready.expect.status", "smoke.retry.on", "smoke.checks.expect.status"},
    "files and variables must be there, addresses be URLs or paths below one": {
        "smoke.base", "smoke.ca_file", "smoke.bearer_env", "smoke.checks.get", "smoke.checks.head", "smoke.checks.post",
        "smoke.checks.put", "smoke.checks.delete", "smoke.ready.path"},
    "a check asks once, its words mean something": {"smoke.checks", "smoke.checks.expect", "smoke.ready.expect", "smoke.ready.expect.header", "smoke.retry.factor",
                                                    "smoke.checks.headers", "smoke.defaults.headers"},
    "steps ascend to 100, ratios and quantiles have their limits": {
        "deploy.strategy.canary.steps", "deploy.strategy.canary.errors.ratio", "deploy.strategy.canary.latency.quantile",
        "deploy.strategy.canary.latency.ratio", "deploy.strategy.canary.errors.points", "deploy.strategy.canary.max_p95",
        "deploy.strategy.canary.min_hold", "deploy.strategy.canary.step_deadline"},
    "a strategy with settings is one": {"deploy.strategy"},
    "components stand in a target's place, each with a file that is there": {
        "deploy.components", "deploy.components.any", "deploy.components.any.config", "deploy.components.any.needs"},
    "a hook runs one thing, a window has a grammar of its own, approvals need their keys": {
        "deploy.hooks.pre", "deploy.hooks.post", *(f"deploy.hooks.{when}.{key}" for when in ("pre", "post")
                                                  for key in ("name", "exec", "in", "timeout", "on_failure")),
        "deploy.hooks.pre.run", "deploy.hooks.post.run", "deploy.hooks.pre.checklist", "deploy.hooks.post.checklist", "deploy.windows.deny",
        "deploy.windows.allow", "deploy.approvals", "deploy.approvals.required", "deploy.approvals.from"},
    "a worker has a command": {"deploy.target.processes.any"},
    "a wait is longer than nothing": {"deploy.health.timeout", "deploy.health.deadline", "smoke.deadline",
                                      "smoke.defaults.timeout", "smoke.defaults.connect"},
}
BEYOND_KEYS = set().union(*BEYOND.values())

# What a tool needs to have anything to do, from the side that isn't probed: the environment's, or the common one.
NEEDED = {
    "deploy": "{target: {kind: direct, root: srv, command: [serve]}}",
    "gate": "{reports: {base: {path: a.xml}}}",
    "smoke": "{base: 'http://127.0.0.1:1', checks: [{get: /}]}",
}

# What each value is written as in the file; the comment is what it stands for.
VALUES = ["word", '""', "3", '"3"', "0", "-1", "1000", '"1001"', "2.5", '"2.5"', "true", '"true"', "30s", '"1h30m"', "30m1h",
          "10MiB", "5%", '"79.5%"', "101%", "200", '"200"', "2xx", "200-299", "99-100", "/up", "https://app.example.org",
          '"http://"', "2026-03-31", "null", "[]", "[word]", "[[word]]", "[null]", "{}", "{word: 1}", "[{}]", '"${HOME}"', "SIGFOO"]


def resolve(schema):
    while "$ref" in schema:
        schema = SCHEMA["definitions"][schema["$ref"].rsplit("/", 1)[1]]
    return schema


def variants(schema):
    schema = resolve(schema)
    for key in ("anyOf", "allOf"):
        if key in schema:
            for one in schema[key]:
                yield from variants(one)
            return
    yield schema


def is_scalar(schema):
    return any("enum" in one or one.get("type") not in (None, "object", "array", "null") for one in variants(schema))


def rows(schema, path=()):
    """Each key below, as a path; open maps get a name, lists of maps an item."""
    for one in variants(schema):
        for name, value in one.get("properties", {}).items():
            if value is False:
                continue
            yield path + (name,), one.get("required", []), value
            yield from rows(value, path + (name,))
        if isinstance(one.get("additionalProperties"), dict):
            yield path + ("any",), [], one["additionalProperties"]
            yield from rows(one["additionalProperties"], path + ("any",))
        if isinstance(one.get("items"), dict):
            yield from rows(one["items"], path + (0,))


def nested(path, value):
    """The path as YAML in flow style; a number is an item of a list."""
    text = value
    for step in reversed(path):
        text = f"[{text}]" if step == 0 else f"{{{step}: {text}}}"
    return text


def file_of(path, value, environment):
    tool, text = path[0], nested(path[1:], value)
    needed = NEEDED.get(tool, "{}")
    below, above = (needed, text) if environment else (text, needed)
    return f"version: 1\napp: shop\n{tool}: {below}\nenvironments: {{staging: {{url: 'http://127.0.0.1:1', {tool}: {above}}}}}\n"


def spelled(path):
    return ".".join(str(step) for step in path if step != 0)


def siblings(path, value, required):
    """The value with what its neighbours need, so that a missing key isn't the only thing told."""
    others = [key for key in required if key != path[-1]]
    if not others:
        return path, value
    filled = ", ".join(f"{key}: {GOOD[key]}" for key in others if key in GOOD)
    return path[:-1], "{" + f"{path[-1]}: {value}, {filled}" + "}"


FEW = ["3", "{unknown: 1}"]
SHAPES = ["", "word", "3", "[]", "[word]", "[{}]", "{}", "{unknown: 1}"]
GOOD = {"id": "W9", "rule": "gate/tests-failed", "owner": "ada", "reason": "known", "expires": "2026-01-01", "path": "a.xml",
        "name": "one", "get": "/", "kind": "direct", "root": "srv", "command": "[serve]"}


def probes():
    """All values for the first key of each type; for its further keys some."""
    asked, typed = set(), set()
    for tool in TOOLS:
        for path, required, schema in rows({"$ref": f"#/definitions/whole-{tool}"}, (tool,)):
            if path in asked or spelled(path) in BEYOND_KEYS:
                continue
            asked.add(path)
            kind = json.dumps({key: value for key, value in schema.items() if key != "description"}, sort_keys=True)
            for value in FEW[len(asked) % 2:][:1] if kind in typed else VALUES if is_scalar(schema) else SHAPES:
                yield tool, file_of(*siblings(path, value, required), False)
            if "checks" not in path:  # a list replaces the common one, and must be whole by itself
                yield tool, file_of(*siblings(path, FEW[0], required), True)
            typed.add(kind)
            if required:
                yield tool, file_of(path[:-1], "{}", False)
        for value in ("", "[]", "word", "{unknown: 1}", "{}"):
            yield tool, file_of((tool,), value, False)
            yield tool, file_of((tool,), value, True)


def parser_says(case):
    number, (tool, text) = case
    folder = SCRATCH / str(number)
    folder.mkdir()
    (folder / "fairlead.yml").write_text(text)
    env = {k: v for k, v in os.environ.items() if k.endswith("SAN_OPTIONS")} | {"PATH": os.environ["PATH"], "HOME": str(folder)}
    command = [BIN / f"fairlead-{tool}", "--env", "staging", "--explain-config"]
    done = subprocess.run(command, cwd=folder, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    return done.returncode, done.stderr


def schema_says(text):
    return next((problem.message for problem in VALIDATOR.iter_errors(yaml.load(text, Loader))), "")


def equal(text, status, problem, error):
    # Only the parser knows what a variable holds, and which environments and files there are.
    if "${" in text or "of promote_from is unknown" in error or "which is not a file" in error:
        return not (status == 0 and problem)
    return status in (0, 2) and (status == 2) == bool(problem)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="fairlead probes ") as scratch:
        SCRATCH = pathlib.Path(scratch)
        cases = list(probes())
        if "asan" in BIN.parts:  # ten times as slow
            cases = cases[::5]
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            answers = list(pool.map(parser_says, enumerate(cases)))
        failed = 0
        for (tool, text), (status, error) in zip(cases, answers):
            problem = schema_says(text)
            if equal(text, status, problem, error):
                continue
            failed += 1
            first = (error.splitlines() or ["accepted"])[0]
            print(f"{tool}: {text.splitlines()[2]} {text.splitlines()[3]}\n    parser {status}: {first}\n    schema: {problem[:150] or 'accepted'}")
    print(f"{len(cases)} probes of schema against parser: {failed} differ")
    counted.close(len(cases) - failed, failed)
