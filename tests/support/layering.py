#!/usr/bin/python3
"""Reads every #include below src/ and tools/ and keeps the dependencies pointing one way; and keeps unit tests
beside their sources.

The rules are those of CONTRIBUTING.md, "Where a line of code belongs".
"""
import pathlib
import re
import sys

import counted

ROOT = pathlib.Path(sys.argv[1])
LAYER = {"base": 0, "sys": 1, "report": 2, "config": 3, "ledger": 4, "attest": 4, "read": 4, "project": 5, "cli": 7}
DOMAIN = 6  # every other folder; domains don't know each other, nor cli them or what they stand on
ANYWHERE = ("fmt/", "nlohmann/")  # in any .cpp; in a header only below sys
CLI11 = "CLI/CLI.hpp"  # 2 s to parse: in one file
JSON, NAMED = "nlohmann/json.hpp", ("nlohmann/json.hpp", "sys/data/json.h")  # 1 s: only in units that name it
SYSTEM = pathlib.Path("/usr/include")
MOST, OF_ROWS = 24, ("preflight/rules", "gate/formats")  # folders with a file for each row of a table
INCLUDE = re.compile(r'^\s*#\s*include\s+["<]([^">]+)[">]', re.M)


def folder_of(path):
    parts = path.relative_to(ROOT).parts
    return parts[1] if parts[0] == "src" else "tools"


def own_include(here, name):
    there = name.split("/")[0]
    if here in ("tools", there):
        return None
    mine, other = LAYER.get(here, DOMAIN), LAYER.get(there, DOMAIN)
    if other >= mine or (here == "cli" and other >= LAYER["ledger"] and there != "attest"):  # which signs for all tools
        return f"{here} may not include {there}"
    return None


def foreign_include(here, path, name):
    if not re.search("[./]", name):  # the standard library
        return None
    if here == "base":
        return None if name.startswith("fmt/") and path.suffix == ".cpp" else f"base may not include <{name}>"
    if here == "sys":
        return f"<{CLI11}> belongs to src/cli/words.cpp" if name == CLI11 else None
    if name == CLI11 and path == ROOT / "src/cli/words.cpp":
        return None
    if name.startswith(ANYWHERE):
        return f"<{name}> in a header outside sys" if path.suffix == ".h" else None
    return f"<{name}> belongs to src/sys"


def complaints(path):
    here = folder_of(path)
    # src/ is searched first: on ARM64 <csignal> includes the system's <sys/user.h>, and got one of ours.
    if here != "tools" and any(SYSTEM.glob(f"*-linux-gnu/{path.relative_to(ROOT / 'src')}")):
        yield f"{path.relative_to(ROOT)}:1: the system's headers include one of this name; take another"
    for number, line in enumerate(path.read_text().splitlines(), 1):
        own = re.match(r'\s*#\s*include\s+"([^"]+)"', line)
        foreign = re.match(r"\s*#\s*include\s+<([^>]+)>", line)
        fault = own_include(here, own.group(1)) if own else foreign_include(here, path, foreign.group(1)) if foreign else None
        if fault:
            yield f"{path.relative_to(ROOT)}:{number}: {fault}"


def way_to_json(path, seen):
    """The headers that lead from the file to nlohmann/json.hpp, or nothing."""
    for name in INCLUDE.findall(path.read_text()):
        if name == JSON:
            return [name]
        header = ROOT / "src" / name
        if header in seen or not header.exists():
            continue
        seen.add(header)
        if way := way_to_json(header, seen):
            return [name, *way]
    return []


def unnamed_json(path):
    if any(name in NAMED for name in INCLUDE.findall(path.read_text())) or path == ROOT / "src/sys/data/json.h":
        return
    if way := way_to_json(path, set()):
        yield f"{path.relative_to(ROOT)}:1: it reaches <{JSON}> by {', '.join(way[:-1])}; include sys/data/json_fwd.h there"


def rooms():
    """Which folder below src/ includes which of its siblings; one and its parent may know each other."""
    arrows = {}
    for path in (ROOT / "src").rglob("*"):
        here = path.relative_to(ROOT / "src").parts[:-1]
        if path.suffix not in (".h", ".cpp") or len(here) < 2:
            continue
        for name in INCLUDE.findall(path.read_text()):
            there = tuple(name.split("/")[:-1])
            same = next((i for i, (a, b) in enumerate(zip(here, there)) if a != b), 0)
            if same:
                arrows.setdefault("/".join(here[:same + 1]), set()).add("/".join(there[:same + 1]))
    return arrows


def circles():
    arrows = rooms()

    def ways(room, way):
        for other in sorted(arrows.get(room, ())):
            if other in way:
                yield [*way[way.index(other):], other]
            else:
                yield from ways(other, [*way, other])
    for room in sorted(arrows):
        for way in ways(room, [room]):
            if way[0] == min(way):
                yield "a circle of folders: " + " -> ".join(way)


def crowds():
    """Folders of more than about twenty things; x.h and x.cpp are one."""
    for folder in sorted(path for path in (ROOT / "src").rglob("*") if path.is_dir()):
        name = folder.relative_to(ROOT / "src").as_posix()
        count = len({path.stem for path in folder.iterdir() if path.suffix in (".h", ".cpp")})
        if count > MOST and name not in OF_ROWS:
            yield f"src/{name}: {count} things in one folder, at most {MOST}; make subfolders"


def misnamed(test):
    """A unit test lies where its source does and has its name, or that and more behind '_'."""
    room = ROOT / "src" / test.parent.relative_to(ROOT / "tests/unit")
    stems = {path.stem for path in room.glob("*") if path.suffix in (".h", ".cpp")}
    helps = test.with_suffix(".h").exists()  # what several tests share
    if helps or test.stem == "docs" or test.stem in stems or any(test.stem.startswith(stem + "_") for stem in stems):
        return
    yield f"{test.relative_to(ROOT)}: {room.relative_to(ROOT)} has no {test.stem}.cpp or .h; a test has its source's name"


files = [p for d in ("src", "tools") for p in sorted((ROOT / d).rglob("*")) if p.suffix in (".h", ".cpp")]
found = {path: [*complaints(path), *unnamed_json(path)] for path in files}
found |= {path: [*misnamed(path)] for path in sorted((ROOT / "tests/unit").rglob("*.cpp"))}
found["circles"] = sorted(set(circles()))
found["crowds"] = [*crowds()]
for faults in found.values():
    for fault in faults:
        print(fault)
failed = sum(bool(faults) for faults in found.values())
counted.close(len(found) - failed, failed)
