#!/usr/bin/python3
"""Reads every #include below src/ and tools/ and keeps the dependencies pointing one way (see docs/house.md)."""
import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1])
LAYER = {"base": 0, "sys": 1, "report": 2, "config": 3}
DOMAIN, CLI = 4, 5  # neither includes the other
FREE = {"fmt/", "nlohmann/"}  # in any .cpp; in a header only below sys


def folder_of(path):
    parts = path.relative_to(ROOT).parts
    return parts[1] if parts[0] == "src" else "tools"


def complaints(path):
    here = folder_of(path)
    for number, line in enumerate(path.read_text().splitlines(), 1):
        own = re.match(r'\s*#\s*include\s+"([^"]+)"', line)
        foreign = re.match(r"\s*#\s*include\s+<([^>]+)>", line)
        place = f"{path.relative_to(ROOT)}:{number}"
        if own and here != "tools":
            there = own.group(1).split("/")[0]
            if there == here:
                continue
            mine = LAYER.get(here, CLI if here == "cli" else DOMAIN)
            other = LAYER.get(there, CLI if there == "cli" else DOMAIN)
            if other >= mine:
                yield f"{place}: {here} may not include {there}"
        if foreign and here not in ("sys", "base"):
            name = foreign.group(1)
            if name == "CLI/CLI.hpp" and here == "cli" and path.suffix == ".cpp":
                continue
            if any(name.startswith(f) for f in FREE):
                if path.suffix == ".h":
                    yield f"{place}: <{name}> in a header outside sys"
            elif "." in name or "/" in name:
                if name not in ("csignal",):
                    yield f"{place}: <{name}> belongs to src/sys"
        elif foreign and here == "base" and ("/" in foreign.group(1)) and not foreign.group(1).startswith("fmt/"):
            yield f"{place}: base includes nothing foreign but fmt"


files = [p for d in ("src", "tools") for p in sorted((ROOT / d).rglob("*")) if p.suffix in (".h", ".cpp")]
found = [c for f in files for c in complaints(f)]
print("\n".join(found))
print(f"{len(files) - len({c.split(':')[0] for c in found})} passed, {len(found)} failed, 0 skipped")
sys.exit(1 if found or not files else 0)
