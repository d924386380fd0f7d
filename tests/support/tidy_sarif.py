#!/usr/bin/python3
"""tidy_sarif.py <LOG: what clang-tidy printed, as SARIF 2.1.0 with paths from the current folder. A log without findings is a report without results."""
import json
import os
import re
import sys

FINDING = re.compile(r"^(?P<file>[^\s:][^:]*):(?P<line>\d+):(?P<column>\d+): (?P<level>error|warning): (?P<text>.*?)(?: \[(?P<rule>[\w.,-]+)\])?$")


def result(found):
    path = os.path.relpath(found["file"]) if os.path.isabs(found["file"]) else found["file"]
    rule = (found["rule"] or "clang").split(",")[0]  # ",-warnings-as-errors" follows
    region = {"startLine": int(found["line"]), "startColumn": int(found["column"])}
    return {"ruleId": rule, "level": found["level"], "message": {"text": found["text"]},
            "locations": [{"physicalLocation": {"artifactLocation": {"uri": path}, "region": region}}]}


def sarif(log):
    found = {line: match for line in log if (match := FINDING.match(line.rstrip("\n")))}  # a header's is printed for each file
    run = {"tool": {"driver": {"name": "clang-tidy"}}, "invocations": [{"executionSuccessful": True}],
           "results": [result(match) for match in found.values()]}
    return {"version": "2.1.0", "$schema": "https://json.schemastore.org/sarif-2.1.0.json", "runs": [run]}


if __name__ == "__main__":
    json.dump(sarif(sys.stdin), sys.stdout, indent=1)
