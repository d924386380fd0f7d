#!/usr/bin/python3
# needs: x86-64; takes: 4 s; asan: too
"""Kernels and containers without seccomp or Landlock: each tool goes on, and -v says once what doesn't hold.

    confine.py BIN
A filter in front of the tool plays such a kernel (seccomp(2), Documentation/userspace-api/seccomp_filter.rst).
"""
import ctypes
import os
import pathlib
import platform
import re
import struct
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402

BIN = pathlib.Path(sys.argv[1]).resolve()
CALLS = {"x86_64": {"seccomp": 317, "prctl": 157}, "aarch64": {"seccomp": 277, "prctl": 167}}.get(platform.machine())
LANDLOCK = 444
PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP = 38, 22
ENOSYS, EPERM = 38, 1
LOAD, EQUAL, RETURN = 0x20, 0x15, 0x06  # BPF: of the call's number, a comparison, an answer
ALLOW, ERRNO = 0x7FFF0000, 0x00050000


def refuse(numbers, code):
    """In the child: these system calls answer `code` from now on; of prctl PR_SET_SECCOMP only, seccomp's old name."""
    lines = [(LOAD, 0, 0, 0)]
    for at, number in enumerate(numbers):
        lines.append((EQUAL, len(numbers) - at + 3, 0, number))
    lines += [(EQUAL, 0, 2, CALLS["prctl"] if CALLS["seccomp"] in numbers else -1 & 0xFFFFFFFF),
              (LOAD, 0, 0, 16), (EQUAL, 1, 0, PR_SET_SECCOMP), (RETURN, 0, 0, ALLOW), (RETURN, 0, 0, ERRNO | code)]
    code_of = b"".join(struct.pack("HBBI", *line) for line in lines)
    buffer = ctypes.create_string_buffer(code_of)

    class Program(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ushort), ("lines", ctypes.c_void_p)]

    program = Program(len(lines), ctypes.addressof(buffer))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or libc.prctl(PR_SET_SECCOMP, 2, ctypes.byref(program)):
        os._exit(99)


def run(words, folder, numbers=(), code=EPERM):
    return subprocess.run([BIN / words[0], *words[1:]], cwd=folder, capture_output=True, text=True,
                          env={"PATH": os.environ["PATH"], "HOME": str(folder)},
                          preexec_fn=(lambda: refuse(numbers, code)) if numbers else None)


passed = failed = 0


def check(name, true, shown=""):
    global passed, failed
    passed, failed = passed + bool(true), failed + (not true)
    if not true:
        print(f"FAILED  {name}\n{shown}")


if CALLS is None:
    counted.leave("x86-64", f"the numbers of the calls of {platform.machine()} are not written here")

with tempfile.TemporaryDirectory() as folder:
    (pathlib.Path(folder) / "report.xml").write_text("<testsuite><testcase name='a' classname='b'/></testsuite>")
    (pathlib.Path(folder) / "fairlead.yml").write_text("version: 1\nsmoke: {checks: [{get: 'http://127.0.0.1:9/'}]}\n")
    commands = [["fairlead-gate", "--report", "report.xml"], ["fairlead-scan"],
                ["fairlead-tag", "--ref", "refs/tags/v1.2.3", "--event", "push", "--images", "x",
                 "--tags", "type=semver,pattern={{version}}"],
                ["fairlead-smoke", "--deadline", "1s"]]
    for words in commands:
        words.append("-v")
        name = words[0]
        held = run(words, folder)
        check(f"{name} says nothing where all holds", "doesn't keep" not in held.stderr, held.stderr)
        without = run(words, folder, [CALLS["seccomp"]])
        check(f"{name} goes on without seccomp", without.returncode == held.returncode < 2,
              without.stderr)
        check(f"{name} says so once", without.stderr.count("seccomp:") == 1, without.stderr)
        without = run(words, folder, [LANDLOCK], ENOSYS)
        check(f"{name} goes on without Landlock", without.returncode == held.returncode < 2,
              without.stderr)
        check(f"{name} says so once", without.stderr.count("Landlock:") == 1, without.stderr)
        quiet = run([word for word in words if word != "-v"], folder, [CALLS["seccomp"], LANDLOCK])
        check(f"{name} says nothing without -v", "doesn't keep" not in quiet.stderr, quiet.stderr)

    # doctor tells it before, and counts none of it as missing.
    held = run(["fairlead", "doctor"], folder)
    check("doctor says what the kernel holds", re.search(r"^ok       kernel: .*\(seccomp, Landlock \d+\)$", held.stdout, re.M),
          held.stdout)
    without = run(["fairlead", "doctor"], folder, [LANDLOCK], ENOSYS)
    check("doctor misses Landlock", "(seccomp)\nabsent   Landlock: " in without.stdout and
          without.returncode == held.returncode, without.stdout)
    without = run(["fairlead", "doctor"], folder, [CALLS["seccomp"], LANDLOCK])
    check("doctor misses both", "absent   seccomp: " in without.stdout and "absent   Landlock: " in without.stdout and
          "kernel:" not in without.stdout and without.returncode == held.returncode, without.stdout)

counted.close(passed, failed)
