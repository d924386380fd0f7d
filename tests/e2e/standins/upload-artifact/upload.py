#!/usr/bin/env python3
"""What the action puts into an artifact: paths are kept from the deepest folder that all searched paths share."""
import glob
import os
import pathlib
import shutil
import sys

to = pathlib.Path(os.environ["STANDIN_STORE"], os.environ["GITHUB_RUN_ID"], os.environ["NAME"])
bases, found = [], set()
for line in os.environ["FILES"].split("\n"):
    line = line.strip()
    if not line:
        continue
    path = pathlib.Path(line)
    base = path
    while glob.has_magic(str(base)):
        base = base.parent
    bases.append(str((base if base.is_dir() else base.parent).resolve()))
    for match in glob.glob(line, recursive=True, include_hidden=True) if sys.version_info >= (3, 11) else glob.glob(line, recursive=True):
        inside = pathlib.Path(match)
        found |= {p.resolve() for p in (inside.rglob("*") if inside.is_dir() else [inside]) if p.is_file()}
root = pathlib.Path(os.path.commonpath(bases))
if os.environ["HIDDEN"] != "true":
    found = {p for p in found if not any(part.startswith(".") for part in p.relative_to(os.getcwd() if p.is_relative_to(os.getcwd()) else root).parts)}
if not found:
    print(f"::{'error' if os.environ['NONE'] == 'error' else 'warning'}::No files were found with the provided path: {os.environ['FILES']}. No artifacts will be uploaded.")
    sys.exit(os.environ["NONE"] == "error")
for file in sorted(found):
    target = to / file.relative_to(root)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(file, target)
    print(f"uploaded {file.relative_to(root)}")
