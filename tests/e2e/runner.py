#!/usr/bin/python3
"""Reads logs and output files as GitHub's runner does (actions/runner, ActionCommandManager and FileCommandManager).

    runner.py log FILE...                 the commands in these logs: `forged` ones make it fail
    runner.py outputs FILE NAME,NAME...   the pairs of a GITHUB_OUTPUT file: a foreign name (they may be globs) makes it fail
    runner.py check FOLDER                this reader against the cases of conformance/actions

A hostile text of the tests carries the word `forged`: where it is the data, a property or a name of a command, or the
name of an output, somebody else has spoken with our voice.
"""
import fnmatch
import json
import pathlib
import re
import sys

COMMANDS = {"set-env", "set-output", "save-state", "add-path", "add-mask", "add-matcher", "remove-matcher", "error",
            "warning", "notice", "debug", "group", "endgroup", "echo", "stop-commands", "internal-set-repo-path"}
OURS = {"error", "warning", "notice", "group", "endgroup", "stop-commands"}
# .NET trims white space, and its comparisons don't see characters without width.
BLANKS = "".join(chr(c) for c in range(0x3001) if chr(c).isspace() or c < 0x20) + "\u00ad\u200b\u200c\u200d\u2060\ufeff"


def unescape(text, pairs):
    for escaped, plain in pairs:
        text = text.replace(escaped, plain)
    return text


DATA = (("%0D", "\r"), ("%0A", "\n"), ("%25", "%"))
PROPERTY = (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%"))
OLD = (("%3B", ";"), ("%0D", "\r"), ("%0A", "\n"), ("%5D", "]"), ("%25", "%"))


def split_info(info, separator, escapes):
    name, _, rest = info.partition(" ")
    properties = {}
    for pair in rest.split(separator):
        key, _, value = pair.partition("=")
        if key.strip() and value:
            properties[key.strip()] = unescape(value, escapes)
    return name.lower(), properties


def command_in(line, stop_token=None):
    """(name, properties, data) of the command that the runner sees in a line, or None."""
    known = COMMANDS | ({stop_token.lower()} if stop_token else set())
    text = line.lstrip(BLANKS)
    if text.startswith("::") and "::" in text[2:]:
        info, _, data = text[2:].partition("::")
        name, properties = split_info(info, ",", PROPERTY)
        if name in known:
            return name, properties, unescape(data, DATA)
    start = line.find("##[")
    end = line.find("]", start)
    if start >= 0 and end >= 0:
        name, properties = split_info(line[start + 3:end], ";", OLD)
        if name in known:
            return name, properties, unescape(line[end + 1:], OLD)
    return None


def commands_of(text):
    """Those of a whole log; between stop-commands and its token nothing is one."""
    token = None
    for line in re.split(r"\r\n|\r|\n", text):
        found = command_in(line, token)
        if token:
            if found and found[0] == token.lower():
                token = None
            continue
        if found:
            yield line, *found
            if found[0] == "stop-commands":
                token = found[2]
    if token:
        yield "(end of the log)", "stop-commands", {}, f"{token} was never ended: the rest of the job is not read"


def is_forged(line, name, properties, data):
    if name not in OURS or not line.startswith("::"):
        return True
    if name == "stop-commands":
        return re.fullmatch(r"[0-9a-f]{32}", data) is None
    if properties.get("title", "forged") == "forged" and data.lstrip(BLANKS).startswith("forged"):
        return True
    # What our annotations carry; a place of somebody's choice is fine, another key is not.
    return not set(properties) <= {"file", "line", "endLine", "col", "endColumn", "title"}


def pairs_of(text):
    """(pairs, error) of a file in the key/value format."""
    lines = text.split("\n")
    if lines and lines[-1] == "":
        lines.pop()
    pairs, i = [], 0
    while i < len(lines):
        line = lines[i]
        i += 1
        if line == "":
            continue
        equals, heredoc = line.find("="), line.find("<<")
        if equals >= 0 and (heredoc < 0 or equals < heredoc):
            pairs.append([line[:equals], line[equals + 1:]])
        elif heredoc >= 0:
            name, delimiter = line[:heredoc], line[heredoc + 2:]
            if not name or not delimiter:
                return pairs, "invalid format"
            value = []
            while i < len(lines) and lines[i] != delimiter:
                value.append(lines[i])
                i += 1
            if i == len(lines):
                return pairs, "matching delimiter not found"
            i += 1
            pairs.append([name, "\n".join(value)])
        else:
            return pairs, "invalid format"
    return pairs, None


def read(path):
    with open(path, encoding="utf-8", errors="surrogateescape", newline="") as file:
        return file.read()


def check_logs(paths):
    total, forged, lines = 0, 0, 0
    for path in paths:
        text = read(path)
        lines += text.count("\n")
        for line, name, properties, data in commands_of(text):
            total += 1
            if is_forged(line, name, properties, data):
                forged += 1
                print(f"{path}: forged {name} {properties}: {line!r}".encode(errors="backslashreplace").decode())
    print(f"{lines} lines in {len(paths)} logs: {total} commands of ours, {forged} forged")
    return forged


def check_outputs(path, names):
    pairs, error = pairs_of(read(path))
    foreign = [name for name, _ in pairs if not any(fnmatch.fnmatchcase(name, one) for one in names)]
    for name in foreign:
        print(f"{path}: foreign output {name!r}")
    if error:
        print(f"{path}: {error}")
    print(f"{len(pairs)} outputs, {len(foreign)} foreign")
    return len(foreign) + (error is not None)


def check_cases(folder):
    wrong = 0
    for case in json.loads((folder / "commands.json").read_text())["cases"]:
        found = command_in(case["line"])
        expected = case["command"] and (case["command"], case["properties"], case["data"])
        if found != expected:
            wrong += 1
            print(f"{case['line']!r}: {found}, expected {expected}")
    for case in json.loads((folder / "env-file.json").read_text())["cases"]:
        pairs, error = pairs_of(case["file"])
        if pairs != case["github"]["pairs"] or (error is None) != ("error" not in case["github"]):
            wrong += 1
            print(f"{case['name']}: {pairs} {error}, expected {case['github']}")
    print(f"{wrong} cases are read differently")
    return wrong


def main():
    what, *rest = sys.argv[1:]
    if what == "log":
        return check_logs(rest)
    if what == "outputs":
        return check_outputs(rest[0], set(rest[1].split(",")))
    return check_cases(pathlib.Path(rest[0]))


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
