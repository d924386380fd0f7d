#!/usr/bin/python3
"""fairlead-migrate lint side by side with squawk, on the migrations of real projects.

    script/bench migrate agree FOLDER... [--show RULE]  who tells what, per rule; a table in Markdown
    script/bench migrate django FOLDER... [--show CODE]  the same with django-migration-linter

Below FOLDER every *.up.sql, or up.sql with its down.sql, is a migration. Rules belong together where docs/migrate-rules.md
says so ("In squawk:"). Counted are findings of a file: both tell as many there, and what only one tells more. Each file is
taken to run in one transaction, on PostgreSQL 17. --show lists where only one tells it.

For django, folders are made by bench/migrate_django.py, which is run by the project's own Python: it says how. There counts
whether a migration has such a finding.

FAIRLEAD_BENCH_BIN  folder of the executables, default build/release/bin
FAIRLEAD_PEERS      folders with squawk, by ':'; else PATH's
"""
import collections
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
BIN = pathlib.Path(os.environ.get("FAIRLEAD_BENCH_BIN", ROOT / "build/release/bin")).resolve()
SQUAWK = shutil.which("squawk", path=os.environ.get("FAIRLEAD_PEERS", "") + ":" + os.environ.get("PATH", ""))


def pairs():
    """Of each of our rules squawk's names."""
    page = (ROOT / "docs" / "migrate-rules.md").read_text()
    for part in page.split("\n## ")[1:]:
        if told := re.search(r"^In squawk: (.*)\.$", part, re.M):
            yield part.split("\n")[0], told[1].split(", ")


def laid_out(folders, scratch):
    count = 0
    for folder in folders:
        for path in sorted(pathlib.Path(folder).rglob("*up.sql")):
            down = path.with_name(path.name[:-6] + "down.sql")
            name = f"{count:05}_{path.parent.name}"
            shutil.copy(path, scratch / f"{name}.up.sql")
            if down.exists():
                shutil.copy(down, scratch / f"{name}.down.sql")
            count += 1
    return count


def agree(folders, shown):
    if SQUAWK is None:
        print("squawk is not here (pip install squawk-cli); set FAIRLEAD_PEERS")
        return False
    with tempfile.TemporaryDirectory(prefix="fairlead migrate ") as scratch:
        scratch = pathlib.Path(scratch)
        count = laid_out(folders, scratch)
        names = sorted(path.name for path in scratch.glob("*.up.sql"))
        ours = subprocess.run([BIN / "fairlead-migrate", "lint", *names, "--transaction", "file", "--postgres", "17", "--format", "json"],
                              cwd=scratch, capture_output=True, text=True)
        theirs = subprocess.run([SQUAWK, "--assume-in-transaction", "--pg-version", "17.0", "--reporter", "Json", *names],
                                cwd=scratch, capture_output=True, text=True)
    mine, other = collections.defaultdict(collections.Counter), collections.defaultdict(collections.Counter)
    for one in json.loads(ours.stdout)["findings"]:
        mine[one["rule"]][one["file"]] += 1
    for one in json.loads(theirs.stdout):
        other[one["rule_name"]][one["file"]] += 1
    print(f"{count} migrations; {subprocess.run([SQUAWK, '--version'], capture_output=True, text=True).stdout.strip()}\n")
    print("| rule | squawk's | both | only ours | only squawk's |\n|---|---|---|---|---|")
    for rule, peers in pairs():
        told = mine[rule]
        peer = sum((other[name] for name in peers), collections.Counter())
        if told or peer:
            print(f"| {rule} | {', '.join(name for name in peers if other[name]) or peers[0]} | {sum((told & peer).values())} "
                  f"| {sum((told - peer).values())} | {sum((peer - told).values())} |")
        if rule == shown:
            for who, files in (("only ours", told - peer), ("only squawk's", peer - told)):
                for name, times in sorted(files.items()):
                    print(f"    {who}: {name}: {times}")
    known = {name for _, peers in pairs() for name in peers}
    print("\nOnly squawk has: " + ", ".join(f"{name} {sum(files.values())}" for name, files in sorted(other.items()) if name not in known))
    alone = [rule for rule in mine if rule not in dict(pairs())]
    print("Only we have: " + ", ".join(f"{rule} {sum(mine[rule].values())}" for rule in sorted(alone)))
    return True


# Of django-migration-linter's codes what we have for the same.
DJANGO = {"ADD_UNIQUE": ["mig-add-unique"], "ALTER_COLUMN": ["mig-change-type"],
          "CREATE_INDEX": ["mig-index-concurrently"], "CREATE_INDEX_EXCLUSIVE": ["mig-index-concurrently"],
          "DROP_COLUMN": ["mig-drop-column"], "DROP_INDEX": ["mig-index-drop-concurrently"], "DROP_TABLE": ["mig-drop-table"],
          "NOT_NULL": ["mig-add-required-column", "mig-set-not-null"], "REINDEX": ["mig-reindex-concurrently"],
          "RENAME_COLUMN": ["mig-rename-column"], "RENAME_TABLE": ["mig-rename-table"]}


def told_by_us(folder, names, transaction):
    if not names:
        return {}
    done = subprocess.run([BIN / "fairlead-migrate", "lint", *names, "--transaction", transaction, "--postgres", "17", "--format",
                           "json"], cwd=folder, capture_output=True, text=True)
    found = {name: set() for name in names}
    for one in json.loads(done.stdout)["findings"]:
        found[one["file"]].add(one["rule"])
    return found


def django(folders, shown):
    ours, theirs = {}, {}
    for folder in map(pathlib.Path, folders):
        told = json.loads((folder / "told.json").read_text())
        for transaction, atomic in (("file", True), ("none", False)):
            names = sorted(name for name in told if told[name]["atomic"] == atomic)
            ours |= {(folder.name, name): rules for name, rules in told_by_us(folder, names, transaction).items()}
        theirs |= {(folder.name, name): set(one["codes"]) for name, one in told.items()}
    print(f"{len(theirs)} migrations with SQL of {', '.join(pathlib.Path(one).name for one in folders)}\n")
    print("| code | ours | both | only ours | only its |\n|---|---|---|---|---|")
    for code, rules in DJANGO.items():
        mine = {name for name, found in ours.items() if found & set(rules)}
        its = {name for name, found in theirs.items() if code in found}
        if mine or its:
            print(f"| {code} | {', '.join(rules)} | {len(mine & its)} | {len(mine - its)} | {len(its - mine)} |")
        if code == shown:
            for who, names in (("only ours", mine - its), ("only its", its - mine)):
                for name in sorted(names):
                    print(f"    {who}: {'/'.join(name)}")
    return True


def main():
    words = sys.argv[1:]
    shown = words.pop(words.index("--show") + 1) if "--show" in words else ""
    folders = [word for word in words[1:] if word != "--show"]
    compare = {"agree": agree, "django": django}.get(words[0] if words else "")
    if compare is None or not folders:
        print(__doc__)
        return 2
    return 0 if compare(folders, shown) else 3


sys.exit(main())
