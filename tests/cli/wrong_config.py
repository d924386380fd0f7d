#!/usr/bin/python3
# needs: deploy; takes: 3 s
"""wrong_config.py BIN: wrong fairlead.yml files, each refused by one error with its place and the way out.

Prints a table: exit status, wall time, peak memory, the error. Each must exit 2 in less than 1 s and 200 MB.
"""
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402

BIN = pathlib.Path(sys.argv[1]).resolve()
PROGRAM = next((p for p in (BIN / "fairlead-deploy", BIN / "fairlead-gate") if p.exists()), None)
TOOL = PROGRAM.name.split("-")[1]
BOMB = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}, *a{n - 1}]\n" for n in range(1, 40))

# name, content (None: no file is written), what the error must begin with and hold
CASES = [
    ("unknown key", "app: shop\nenvironmets: {}\n", "fairlead.yml:2:1: ", "did you mean 'environments'?"),
    ("wrong type", "app: shop\nmax_waiver_days: many\n", "fairlead.yml:2:18: ", "'many' is not a whole number that is 1 or more; expected e.g. 3"),
    ("bad YAML", "app: shop\nenvironments: {a: [1, 2}\n", "fairlead.yml:2:", "bad YAML"),
    ("duplicate key", "app: shop\napp: shop2\n", "fairlead.yml:2:1: ", "key 'app' is written twice; remove one of the two"),
    ("missing", None, "fairlead.yml: ", "there is no such file; name the configuration"),
    ("a directory", "DIRECTORY", "fairlead.yml: ", "is a folder; name the file in it"),
    ("50 MB", "50 MB", "fairlead.yml: ", "is larger than 1 MiB"),
    ("alias bomb", BOMB, "fairlead.yml:1:", "not supported; write the value out"),
    ("binary", b"\x7fELF\x02\x01\x01\0\0\0\xff\xfe" * 50, "fairlead.yml:1:", "it is binary; expected YAML in UTF-8"),
    ("UTF-16", "app: shop\n".encode("utf-16"), "fairlead.yml:1:1: ", "is UTF-16; save it as UTF-8"),
    ("bad duration", "app: shop\ndeploy:\n  bake: 30\n", "fairlead.yml:3:9: ", "has no unit; expected e.g. 500ms"),
    ("unset variable", "app: ${NOT_SET_ANYWHERE}\nenv: {variables: [NOT_SET_ANYWHERE]}\n", "fairlead.yml:1:6: ",
     "is not set; set it, or write ${NOT_SET_ANYWHERE:-default}"),
    ("undeclared variable", "app: ${NOT_DECLARED:-shop}\n", "fairlead.yml:1:6: ",
     "variable NOT_DECLARED is not declared, so this file may not use it; write env: {variables: [NOT_DECLARED]} at the top of the file"),
    ("variable of the runner", "app: shop\nenv: {variables: [GITHUB_TOKEN]}\n", "fairlead.yml:2:19: ", "GITHUB_TOKEN belongs to the job's runner"),
    ("not UTF-8", b"app: caf\xe9\n", "fairlead.yml:1:9: ", "is not valid UTF-8; save it as UTF-8"),
    ("merge key", "a: {<<: {b: 1}}\n", "fairlead.yml:1:", "merge keys ('<<') are not supported"),
    ("a list", "- app\n", "fairlead.yml:1:1: ", "expected a map of keys"),
    ("a device", "DEVICE", "fairlead.yml: ", "leads out of the tree"),
    ("deep nesting", "app: " + "{a: " * 5000 + "\n", "fairlead.yml:1:", "nested deeper than"),
]


def write(path, content):
    if content == "DIRECTORY":
        path.mkdir()
    elif content == "DEVICE":
        path.symlink_to("/dev/zero")
    elif content == "50 MB":
        path.write_bytes(b"app: shop\n" + b"# filler\n" * 5_500_000)
    elif content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


def run(folder):
    """Status, seconds, MiB at peak and both streams of one run, as time(1) measures it."""
    env = {k: v for k, v in os.environ.items() if k.endswith("SAN_OPTIONS")} | {"PATH": os.environ["PATH"], "HOME": str(folder)}
    done = subprocess.run(["/usr/bin/time", "-q", "-f", "%e %M", "-o", "measured", PROGRAM, "--config", "fairlead.yml"],
                          cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    seconds, kibibytes = (folder / "measured").read_text().split()
    return done.returncode, float(seconds), int(kibibytes) / 1024, done.stdout.decode(), done.stderr.decode(errors="replace")


def problems(name, content, begins, holds):
    with tempfile.TemporaryDirectory(prefix="fairlead config ") as scratch:
        folder = pathlib.Path(scratch)
        write(folder / "fairlead.yml", content)
        status, seconds, memory, out, err = min((run(folder) for _ in range(3)), key=lambda ran: ran[1])
    lines = err.splitlines() or [""]
    print(f"{name:15} {status:4} {seconds * 1000:7.0f} ms {memory:6.1f} MiB  {lines[0][:110]}")
    if status != 2 or out:
        yield f"exit status {status}, stdout {out!r}"
    if seconds >= 1 or memory >= 200:
        yield f"took {seconds:.2f} s and {memory:.0f} MiB"
    if not lines[0].startswith(begins) or holds not in lines[0]:
        yield f"expected '{begins}…{holds}'\n{err}"
    if len(lines) not in (1, 3) or (len(lines) == 3 and not lines[2].strip() == "^"):
        yield f"more than one error, its line and a caret:\n{err}"


passed = failed = 0
print(f"{'case':15} exit    time    memory  error")
for case in CASES:
    if case[0] == "bad duration" and TOOL != "deploy":
        counted.skip("deploy", case[0], "fairlead-deploy is not built")
        continue
    found = list(problems(*case))
    for problem in found:
        print(f"  {case[0]}: {problem}")
    failed += bool(found)
    passed += not found
counted.close(passed, failed)
