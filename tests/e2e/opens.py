#!/usr/bin/python3
"""Each tool over a hostile work tree, under strace: what it and its children opened, changed, started and connected to.

    opens.py BIN [-v] [NAME...]

Nothing outside of the tree is opened but what ALLOWED names (libraries, certificates, the system's own settings, the
tool's scratch folder and HOME), nothing at all beside the tree where what the links lead to lies, and nothing is made,
replaced or removed there. STARTED and CONNECTED say which programs and addresses a tool may turn to.
Ends with `N passed, N failed, N skipped`; skipped where there is no strace.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402

SECRET = "root:$6$salt$hash:19000:0:99999:7:::"
OPENING = {"open", "openat", "openat2", "creat"}
CHANGING = {"rename", "renameat", "renameat2", "unlink", "unlinkat", "mkdir", "mkdirat", "rmdir", "symlink", "symlinkat",
            "link", "linkat", "truncate", "chmod", "fchmodat", "chown", "lchown", "fchownat", "mknod", "mknodat"}
ALLOWED = ["/usr/", "/lib/", "/lib64/", "/bin/", "/etc/ld.so.", "/etc/ssl/", "/etc/localtime", "/etc/gitconfig",
           "/etc/passwd", "/etc/group", "/etc/nsswitch.conf", "/etc/resolv.conf", "/etc/hosts", "/etc/host.conf",
           "/etc/gai.conf", "/etc/nginx/", "/etc/ca-certificates", "/proc/self", "/proc/sys/", "/proc/filesystems",
           "/proc/cpuinfo", "/proc/meminfo", "/proc/mounts", "/sys/fs/cgroup", "/sys/devices/system/", "/dev/null",
           "/dev/urandom", "/dev/tty", "/var/lib/ca-certificates", "/var/lib/fairlead", "/var/cache/", "pipe:", "socket:", "anon_inode:"]
STARTED = {"scan": {"git"}, "gate": {"git"}, "tag": {"git", "fairlead-tag"}, "smoke": {"git"},
           "deploy": {"git", "nginx", "fairlead-deploy"}, "fairlead": None}
CONNECTED = {"smoke": {"127.0.0.1"}, "deploy": {"127.0.0.1"}}

CONFIGURATION = """version: 1
gate:
  reports:
    link: {path: reports/link.xml, optional: true}
    folder: {path: "reports/*.xml"}
scan: {exclude: ["docs/**"]}
smoke: {base: "http://127.0.0.1:9", ready: {path: /}, deadline: 2s}
environments:
  staging:
    url: http://127.0.0.1:8099
    env: {file: .env.link}
    deploy: {target: {kind: direct, root: @HOST@/srv, command: [/bin/true]}}
"""


def git(tree, *words):
    settings = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *settings, *words], cwd=tree, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def make_tree(scratch, name, configuration, left_out=()):
    """A repository whose author wants to have read and written what lies beside it, by each tool and command."""
    tree, outside = scratch / name, scratch / "outside"
    (tree / "reports/deep").mkdir(parents=True)
    (tree / "src").mkdir()
    (tree / "src/a.py").write_text("print('hello')\n")
    (tree / "reports/good.xml").write_text('<testsuite name="x"><testcase name="a"/></testsuite>')
    links = {"reports/link.xml": outside / "secret", "reports/deep/link.xml": "../../../outside/secret",
             "reports/environ.xml": "/proc/self/environ", "reports/root.xml": "/proc/self/root/etc/shadow",
             ".gitleaksignore": "../outside/secret", ".gitignore": "../outside/secret", ".env.link": "../outside/env",
             ".gitattributes": "../outside/secret", ".mailmap": "../outside/secret", ".fairlead": "../outside/state",
             "Makefile": "../outside/secret", "app.py": "../outside/secret", "docs": "../outside", ".github": "../outside",
             "src/odd\nname\x1b[31m": "../../outside/secret", "package.json": "/etc/shadow", "loop": "loop",
             "Procfile": ".git/config", "VERSION": "../outside/secret", "fairlead-scan": "../outside/program"}
    for link in left_out:
        del links[link]
    for link, target in links.items():
        (tree / link).symlink_to(target)
    if configuration is None:
        (tree / "fairlead.yml").symlink_to("../outside/fairlead.yml")
    else:
        (tree / "fairlead.yml").write_text(configuration)
    os.mkfifo(tree / "pipe")
    git(tree, "init", "-q", "-b", "main", ".")
    git(tree, "add", "src/a.py")
    git(tree, "commit", "-qm", "first")
    git(tree, "add", *(name for name in links), "src")
    git(tree, "commit", "-qm", "second")
    git(tree, "tag", "v1.0.0")
    git(tree, "add", "-N", "fairlead.yml")
    return tree


COMMANDS = [
    ("scan", "tree"), ("scan", "tree docs/secret"), ("scan", "staged"), ("scan", "range HEAD~1..HEAD"),
    ("scan", "tree --write-baseline"), ("scan", "--output json:.fairlead/out/scan.json -q"),
    ("gate", ""), ("gate", "--report reports/**/*.xml"), ("gate", "--report docs/*.xml"),
    ("gate", "--output sarif:docs/x.sarif"), ("tag", ""), ("tag", "next-version"), ("tag", "changelog"),
    ("smoke", "--explain-config"), ("smoke", ""), ("deploy", "plan --env staging"), ("deploy", "status --env staging"),
    ("fairlead", "doctor"), ("fairlead", "run --only scan"), ("fairlead", "init --force"), ("fairlead", "help"),
]

CALL = re.compile(r"^(?:\[pid +\d+\] )?(?:\d+ +)?(\w+)\((.*)\) += (-?\d+)(?:<(.*)>)?(.*)$")


def places(arguments):
    """The paths of a call's arguments, absolute: each string after the descriptor that stands before it."""
    found, folder = [], "/"
    for at, text in re.findall(r'(?:AT_FDCWD|\d+)<((?:[^>\\]|\\.)*)>|"((?:[^"\\]|\\.)*)"', arguments):
        if at:
            folder = at
        else:
            found.append(os.path.normpath(os.path.join(folder, text)))
    return found


def judge(trace, tool, tree, scratch, home, temporary, bin_folder):
    allowed = [*ALLOWED, f"{tree}/", f"{home}/", f"{temporary}/", f"{bin_folder}/", f"{scratch}/host/"]
    # On the way down owners and modes are looked at, folder by folder: of what is allowed, and of root's state.
    exact = {"/", "/proc", "/etc", "/dev", "/var", "/var/lib"}
    for start in allowed:
        exact.update(str(above) for above in [pathlib.Path(start), *pathlib.Path(start).parents])
    outside = f"{scratch}/outside"
    wrong, opened = [], 0
    for line in trace.splitlines():
        call = CALL.match(line)
        if not call:
            continue
        name, arguments, result, path, _ = call.groups()
        if name in OPENING and int(result) >= 0 and path:
            opened += 1
            path = path.removesuffix("(deleted)")
            good = path in exact or any(path.startswith(start) for start in allowed) or re.match(r"/proc/\d+/", path)
            if path.startswith(outside) or not good:
                wrong.append(f"opened: {line[:300]}")
        elif name in CHANGING and int(result) == 0:
            if any(place.startswith(outside) or not any(place.startswith(start) for start in allowed if start.startswith(str(scratch)))
                   for place in places(arguments)[-1:]):
                wrong.append(f"changed: {line[:300]}")
        elif name == "execve" and int(result) == 0:
            program = os.path.basename(places(arguments)[0])
            if STARTED[tool] is not None and program not in STARTED[tool] | {f"fairlead-{tool}"}:
                wrong.append(f"started: {line[:300]}")
        elif name in ("connect", "sendto") and "sin" in arguments:
            address = re.search(r'inet_(?:addr|pton)\((?:AF_INET6, )?"([^"]+)"', arguments)
            if address and address.group(1) not in CONNECTED.get(tool, set()):
                wrong.append(f"connected: {line[:300]}")
    return opened, wrong


def listing(folder):
    return sorted((str(path.relative_to(folder)), path.read_bytes() if path.is_file() else b"") for path in folder.rglob("*"))


def main():
    bin_folder = pathlib.Path(sys.argv[1]).resolve()
    wanted = sys.argv[2:]
    if not shutil.which("strace") or subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True).returncode != 0:
        counted.leave("strace", "there is no strace, or nothing may be traced here")
    passed = failed = total = 0
    with tempfile.TemporaryDirectory(prefix="fairlead-strace-") as folder:
        scratch = pathlib.Path(folder).resolve()
        outside, home, temporary = scratch / "outside", scratch / "home", scratch / "temporary"
        for made in (outside / "state", home, temporary, scratch / "host"):
            made.mkdir(parents=True)
        for name in ("secret", "env", "state/scan.jsonl", "fairlead.yml", "one.xml"):
            (outside / name).write_text(SECRET + "\n")
        (outside / "program").write_text("#!/bin/sh\ntouch started\n")
        (outside / "program").chmod(0o755)
        before = listing(outside)
        told = CONFIGURATION.replace("@HOST@", str(scratch / "host"))
        # Its policy files end a scan early, so another tree does without them.
        trees = {"hostile": told, "walked": told, "linked": None, "unversioned": told}
        for number, (kind, configuration) in enumerate(trees.items()):
            for tool, words in COMMANDS:
                name = f"{kind}: {tool} {words}".strip()
                if any(wanted) and not any(word in name for word in wanted if word != "-v") and wanted != ["-v"]:
                    continue
                tree = make_tree(scratch, f"tree{number}", configuration,
                                 (".gitleaksignore", ".fairlead", ".env.link") if kind == "walked" else ())
                if kind == "unversioned":
                    shutil.rmtree(tree / ".git")
                log = scratch / "trace"
                program = bin_folder / (tool if tool == "fairlead" else f"fairlead-{tool}")
                env = {"PATH": f"{bin_folder}:/usr/bin:/bin:/usr/sbin", "HOME": str(home), "TMPDIR": str(temporary),
                       "LANG": "C.UTF-8", "GIT_CONFIG_NOSYSTEM": "1"}
                done = subprocess.run(["strace", "-f", "-y", "-s", "4096", "-e", "trace=%file,connect,sendto", "-o", log,
                                       program, *words.split()], cwd=tree, env=env, stdin=subprocess.DEVNULL,
                                      capture_output=True, timeout=120)
                opened, wrong = judge(log.read_text(errors="replace"), tool, tree, scratch, home, temporary, bin_folder)
                total += opened
                said = done.stdout + done.stderr
                if b"$6$" in said:
                    wrong.append("told: " + said.decode(errors="replace")[:300])
                if listing(outside) != before:
                    wrong.append("what lies beside the tree was changed")
                if done.returncode not in (0, 1, 2, 3):
                    wrong.append(f"status {done.returncode}: {said.decode(errors='replace')[:300]}")
                if opened == 0:
                    wrong.append("nothing was traced: " + said.decode(errors="replace")[:300])
                passed, failed = passed + (not wrong), failed + bool(wrong)
                print(f"ok      {name} ({opened} opens)" if not wrong else f"FAILED  {name}")
                if "-v" in wanted:
                    print("        : " + said.decode(errors="replace").strip().replace("\n", " / ")[:200])
                for line in wrong[:8]:
                    print(f"        | {line}")
                shutil.rmtree(tree)
    print(f"{total} opens looked at")
    counted.close(passed, failed)


if __name__ == "__main__":
    main()
