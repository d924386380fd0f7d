#!/usr/bin/python3
r"""Runs tests/cli/<tool>/*.txtar: one behaviour per file.

    cli.py BIN FOLDER [--update] [name…]

A file is a txtar archive: a comment (what must hold), then `-- name --` parts.
  -- cmd --      one or more lines, each run by sh in a scratch folder, with BIN first in PATH; the last one is judged,
                 those before it must succeed. $WORK is the folder. A line that ends in `\` goes on in the next one, behind its
                 blanks; none is longer than 200 letters.
  -- env --      NAME=value lines; the environment is otherwise empty but for PATH, HOME, LANG, TMPDIR, WORK
  -- stdout --, -- stderr --   what is expected; absent: anything. Lines may hold {{*}} for "whatever" and a whole
                 line `...` for any lines.
  -- status --   expected exit status, default 0
  A file expects at least one of stdout, stderr, status and `after`; --update writes the first where there is none.
  -- NAME --     any other part is a file of the scratch folder, a minute old; `-- after NAME --` is its content afterwards
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

import counted

SPECIAL = {"cmd", "env", "stdout", "stderr", "status"}


def parse(text):
    parts, name = {}, None
    for line in text.splitlines(keepends=True):
        head = re.match(r"^-- (.+) --$", line.rstrip("\n"))
        if head:
            name = head.group(1)
            parts[name] = ""
        elif name is not None:
            parts[name] += line
    return parts


def matches(expected, actual):
    pattern = ""
    for line in expected.splitlines(keepends=True):
        if line.strip() == "...":
            pattern += r"(?:.*\n)*?"
        else:
            pattern += ".*?".join(re.escape(piece) for piece in line.split("{{*}}"))
    return re.fullmatch(pattern, actual) is not None


def run(path, bin_folder, update):
    text = path.read_text()
    parts = parse(text)
    problems, replaced = [], {}
    with tempfile.TemporaryDirectory(prefix="fairlead cli ") as scratch:
        work = pathlib.Path(scratch).resolve() / "w"  # so that ../x is the case's own, too
        work.parent.chmod(0o755)
        work.mkdir(0o700)
        temporary = work.parent / "t"
        temporary.mkdir()
        temporary.chmod(0o1777)
        written = time.time() - 60  # so that what a case hands over is older than what its commands write
        for name, content in parts.items():
            if name not in SPECIAL and not name.startswith("after "):
                target = work / name
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(content)
                os.utime(target, (written, written))
        env = {"PATH": f"{bin_folder}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "HOME": str(work), "LANG": "C.UTF-8",
               "TMPDIR": str(temporary), "WORK": str(work), "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.org",
               "GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@example.org", "GIT_CONFIG_NOSYSTEM": "1"}
        for key in ("ASAN_OPTIONS", "LSAN_OPTIONS", "UBSAN_OPTIONS", "LD_LIBRARY_PATH"):
            if key in os.environ:
                env[key] = os.environ[key]
        for line in parts.get("env", "").splitlines():
            if line.strip():
                key, _, value = line.partition("=")
                env[key] = value.replace("$WORK", str(work))
        commands = [c for c in re.sub(r"\\\n[ \t]*", "", parts.get("cmd", "")).splitlines() if c.strip()]
        if not commands:
            return ["it has no command"], None
        for number, command in enumerate(commands):
            try:
                done = subprocess.run(["sh", "-c", command], cwd=work, env=env, stdin=subprocess.DEVNULL,
                                      stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
            except subprocess.TimeoutExpired:
                return [f"`{command}` takes longer than two minutes"], None
            if number + 1 < len(commands) and done.returncode != 0:
                return [f"`{command}` gave {done.returncode}: {done.stderr.decode(errors='replace')}"], None
        # clang's leak checker can't start its symbolizer in a tool that holds itself; it names the suppressed leak all the same.
        noise = rb"==\d+==WARNING: (external|Can't (read|write)|Failed to use)[^\n]*symbolizer[^\n]*\n\n?"
        waited = rb"( port \d+ after )\d+( ms)"  # libcurl's own count, which a busy machine changes
        actual = {name: re.sub(waited, rb"\g<1>0\2", re.sub(noise, b"", stream)).decode(errors="replace").replace(str(work), "$WORK")
                  for name, stream in (("stdout", done.stdout), ("stderr", done.stderr))}
        for name, got in actual.items():
            if name in parts and not matches(parts[name], got):
                problems.append(f"{name} differs:\n--- expected\n{parts[name]}--- got\n{got}")
                replaced[name] = got
        if not any(name in ("stdout", "stderr", "status") or name.startswith("after ") for name in parts):
            problems.append("it expects nothing: write `-- stdout --`, `-- stderr --`, `-- status --` or `-- after NAME --`")
            replaced["stdout"] = actual["stdout"]
        status = int(parts.get("status", "0"))
        if done.returncode != status:
            problems.append(f"exit status {done.returncode}, expected {status}\n{actual['stderr']}{actual['stdout']}")
            replaced["status"] = f"{done.returncode}\n"
        for name, content in parts.items():
            if name.startswith("after "):
                file = work / name[6:]
                got = file.read_text() if file.exists() else "(absent)\n"
                if not matches(content, got):
                    problems.append(f"{name} differs:\n--- expected\n{content}--- got\n{got}")
                    replaced[name] = got
    if update and replaced:
        for name, got in replaced.items():
            head = f"-- {name} --\n"
            if head in text:
                start = text.index(head) + len(head)
                following = re.search(r"^-- .+ --$", text[start:], re.M)
                end = start + following.start() if following else len(text)
                text = text[:start] + got + text[end:]
            else:
                text += head + got
        path.write_text(text)
    return problems, replaced


def main():
    arguments = [a for a in sys.argv[1:] if a != "--update"]
    update = len(arguments) != len(sys.argv) - 1
    bin_folder, folder, names = os.path.abspath(arguments[0]), pathlib.Path(arguments[1]), arguments[2:]
    files = sorted(f for f in folder.glob("*.txtar") if not names or f.stem in names)
    unknown = sorted(set(names) - {file.stem for file in files})
    for name in unknown:
        print(f"{folder / name}.txtar is not there")
    counted.close(*tried(files, bin_folder, update, len(unknown)))


def tried(files, bin_folder, update=False, failed=0):
    """Runs the files; how many passed, and how many failed with those that failed before."""
    passed = 0
    for path in files:
        start = time.monotonic()
        problems, _ = run(path, bin_folder, update)
        for problem in problems:
            print(f"{path}: {problem}")
        passed += not problems
        failed += bool(problems)
        if "FAIRLEAD_CASES" in os.environ:  # as tests/support/main.cpp does
            print(f"CASE {'failed' if problems else 'passed'} {time.monotonic() - start:.3f} {path}:1 {path.stem}")
    return passed, failed


if __name__ == "__main__":
    main()
