#!/usr/bin/python3
"""strace_deploy.py BIN: a real `fairlead run` and `fairlead-deploy` (apply, rollback, down) out of a hostile repository, under
strace. Of our own processes, the deployer and the supervisor that it leaves, each program, each file and each address is
looked at; of what the user's commands do (env.from, prepare, the application) only that they are those that were named."""
import os
import pathlib
import pwd
import re
import shutil
import subprocess
import sys
import time

from opens import ALLOWED, CALL, CHANGING, OPENING, git, places
from rig import Rig, checks

TRACED = "trace=%file,%process,connect,bind,listen,sendto,sendmsg"
FORKS = {"clone", "clone3", "fork", "vfork"}
SERVICE_PATH = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"]
# What the tree would have run instead of the system's, where a PATH leads there first.
PLANTED = ("git", "nginx", "tar", "sh", "python3", "fairlead", "fairlead-deploy", "systemctl", "touch", "ssh", "env")


def plant(rig, started, outside):
    """A repository around fairlead.yml and the release, by somebody who wants to have run and read what isn't theirs."""
    work = rig.work
    outside.mkdir()
    (outside / "secret").write_text("secret\n")
    for folder in (work, work / "release", work / "release" / "bin"):
        folder.mkdir(exist_ok=True)
        for name in PLANTED:
            if (folder / name).is_dir():
                continue
            (folder / name).write_text(f"#!/bin/sh\n/usr/bin/touch '{started}'\n")
            (folder / name).chmod(0o755)
    (work / "release" / "prepare.sh").write_text("echo prepared > data/prepared\nln -sfn \"$OUTSIDE\" data/outside\n"
                                                 "ln -sfn \"$OUTSIDE/secret\" data/log\n")
    (work / "release" / "within").symlink_to("app.py")
    for name in (".gitattributes", "release/.gitattributes"):
        (work / name).write_text("* filter=evil diff=evil\n")
    (work / ".gitignore").write_text("root/\nstate/\nnginx/\nsecrets.env\n/fairlead*\n")
    for link in (".mailmap", ".env", "release/.env"):
        (work / link).symlink_to(outside / "secret")
    git(work, "init", "-q", "-b", "main", ".")
    git(work, "add", "release", ".gitattributes", ".gitignore")
    git(work, "commit", "-qm", "first")
    for key in ("core.fsmonitor", "core.sshCommand", "core.pager", "core.editor", "core.askPass", "filter.evil.clean",
                "filter.evil.smudge", "filter.evil.process", "diff.evil.command", "diff.external", "credential.helper"):
        subprocess.run(["/usr/bin/git", "config", key, f"/usr/bin/touch '{started}'"], cwd=work, check=True)
    subprocess.run(["/usr/bin/git", "config", "core.hooksPath", str(work)], cwd=work, check=True)


def configure(rig, user):
    rig.configure()
    file = rig.work / "fairlead.yml"
    more = "shared: [data]\n        prepare: [[sh, prepare.sh]]" + (f"\n        user: {user}" if user else "")
    file.write_text(file.read_text().replace("shared: [data]", more).replace("release: {path: release}", "release: {path: release, version: " + rig.version + "}"))
    with (rig.work / "secrets.env").open("a") as secrets:
        secrets.write(f"OUTSIDE='{rig.work} outside'\n")


class Trace:
    """Whatever one command and what it leaves did, a file of calls for each process. strace stays with the supervisor."""

    def __init__(self, rig, name, command):
        self.folder = rig.work.parent / f"{rig.work.name} trace"
        self.folder.mkdir(exist_ok=True)
        self.prefix = self.folder / name
        environment = {**rig.environment, "PATH": f"{rig.work}:.:{rig.environment['PATH']}", "TMPDIR": str(rig.temporary)}
        words = ["/usr/bin/strace", "-D", "-ff", "-y", "-qq", "-s", "4096", "-e", TRACED, "-e", "signal=none", "-o", str(self.prefix), *map(str, command)]
        with open(self.folder / "said", "w+") as said:  # no pipe: strace would hold its other end
            self.status = subprocess.run(words, env=environment, cwd=rig.work, stdout=said, stderr=said, stdin=subprocess.DEVNULL, timeout=120).returncode
            said.seek(0)
            self.said = said.read()

    def processes(self):
        """pid -> its calls (name, arguments, result, path, line), in their order."""
        found = {}
        for file in self.folder.glob(self.prefix.name + ".*"):
            calls = (CALL.match(line) for line in file.read_text(errors="replace").splitlines())
            found[int(file.suffix[1:])] = [call for call in calls if call]
        return found


def program_of(call):
    return os.path.normpath(places(call.group(2))[0])


class Judge:
    def __init__(self, rig, bin_folder, programs, written):
        self.rig, self.ours, self.programs = rig, f"{bin_folder}/", programs
        self.written = [f"{rig.root}", f"{rig.state}", f"{rig.temporary}/", *written]
        read = [one for one in ALLOWED if not one.startswith("/var/lib/fairlead")]
        self.read = [*read, *self.written, f"{rig.work}/", self.ours]
        self.ways = {str(above) for one in self.read for above in pathlib.Path(one.rstrip("/")).parents} | {one.rstrip("/") for one in self.read}
        self.port = rig.url.rpartition(":")[2]
        self.wrong, self.seen, self.opens, self.started = [], set(), 0, []

    def judge(self, trace):
        processes = trace.processes()
        parents = {int(call.group(3)) for calls in processes.values() for call in calls if call.group(1) in FORKS}
        for pid in processes:
            if pid not in parents:
                self.follow(processes, pid, None)
        missed = set(processes) - self.seen
        if missed:
            self.wrong.append(f"nobody started {missed}")
        return self

    def follow(self, processes, pid, program):
        """`program`: what it runs, until it executes another."""
        self.seen.add(pid)
        for call in processes.get(pid, []):
            name, result = call.group(1), int(call.group(3))
            if name in FORKS and result > 0:
                self.follow(processes, result, program)
            elif name in ("execve", "execveat") and result == 0:
                program = program_of(call)
                self.started.append(program)
                if program not in self.programs and not program.startswith(self.ours):
                    self.say("started", call)
            elif program and program.startswith(self.ours):
                self.look(call)

    def look(self, call):
        name, arguments, result, path, _ = call.groups()
        if name in OPENING and int(result) >= 0 and path:
            self.opens += 1
            path = path.removesuffix("(deleted)")
            readable = path in self.ways or any(path.startswith(one) for one in self.read) or re.match(r"/proc/\d+/", path)
            writes = re.search(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_TMPFILE", arguments) or name == "creat"
            if not readable or writes and not self.may_write(path):
                self.say("opened", call)
        elif name in CHANGING and int(result) == 0:
            touched = places(arguments)
            if name.startswith(("symlink", "link")):
                touched = touched[-1:]
            if not touched or not all(self.may_write(one) for one in touched):
                self.say("changed", call)
        elif name in ("connect", "sendto", "sendmsg") and "sa_family=AF_" in arguments:
            unix = re.search(r'sun_path="([^"]*)"', arguments)
            inet = f"htons({self.port})" in arguments and 'inet_addr("127.0.0.1")' in arguments
            if not inet and not (unix and (unix.group(1).startswith((f"{self.rig.root}/run/", "/proc/self/fd/")) or unix.group(1) == "/var/run/nscd/socket")):
                self.say("connected", call)
        elif name in ("bind", "listen"):
            self.say("served", call)

    def may_write(self, path):
        return path in ("/dev/null", "/dev/tty") or any(path == one or path.startswith(one.rstrip("/") + "/") for one in self.written) or path.startswith(("pipe:", "socket:", "/proc/self/"))

    def say(self, what, call):
        self.wrong.append(f"{what}: {call.group(0)[:300]}")


def main():
    if not shutil.which("strace") or subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True).returncode != 0:
        checks.leave("strace", "there is no strace, or nothing may be traced here")
    rig = Rig(sys.argv[1])
    rig.work.chmod(0o755)
    rig.temporary = pathlib.Path(f"{rig.work} temporary")
    rig.temporary.mkdir()
    started, outside = pathlib.Path(f"{rig.work} started"), pathlib.Path(f"{rig.work} outside")
    root = os.geteuid() == 0
    user = pwd.getpwnam("nobody").pw_name if root else ""
    # As the tools name them; where /bin is a link they are the same.
    programs = {f"{folder}/{name}" for folder in SERVICE_PATH for name in ("sh", "printf", "ln", "test")} | {"/usr/bin/python3", "/usr/bin/git"}
    front = [rig.bin / "fairlead", "run", "--only", "deploy", "--env", "staging", "--config", rig.work / "fairlead.yml"]
    traces = []
    try:
        plant(rig, started, outside)
        for name, command, version, own in (
                ("fairlead run", front, "1.0.0", {"fairlead", "fairlead-deploy"}),
                ("apply", rig.command("apply"), "2.0.0", {"fairlead-deploy"}),
                ("rollback", rig.command("rollback"), "1.0.0", {"fairlead-deploy"}),
                ("status", rig.command("status"), "1.0.0", {"fairlead-deploy"}),
                ("down", rig.command("down"), "nothing", {"fairlead-deploy"})):
            if name in ("fairlead run", "apply"):
                rig.release(version)
                configure(rig, user)
            trace = Trace(rig, name, command)
            serves = rig.served()
            checks.that(trace.status == 0 and (serves == version or version == "nothing" and serves.startswith("no answer")),
                        f"{name} under strace", f"{trace.status}, {serves}: {trace.said}")
            traces.append((name, trace, own))
        deadline = time.monotonic() + 20  # the supervisors have ended, and so do their traces
        while rig.processes() and time.monotonic() < deadline:
            time.sleep(0.1)
        for name, trace, own in traces:
            reports = [f"{rig.work}/.fairlead"] if "fairlead" in own else []
            found = Judge(rig, rig.bin, programs, reports).judge(trace)
            ours = {os.path.basename(one) for one in found.started if one.startswith(f"{rig.bin}/")}
            checks.that(not found.wrong and found.opens > 0, f"{name} starts, opens, changes and connects to what it may ({found.opens} opens, {len(found.started)} programs)",
                        "\n    ".join(["", *found.wrong[:12]]))
            checks.that(ours == own, f"{name} starts of our own programs {', '.join(sorted(own))}", ours)
            users = {os.path.basename(one) for one in found.started} - own
            wanted = {"status": set(), "down": set(), "rollback": {"python3"}}.get(
                name, {"printf", "sh", "ln", "python3", "git", "test"})  # git: is env.file ignored; test: may target.user start the commands
            checks.that(users == wanted, f"and of the user's commands {', '.join(sorted(wanted)) or 'none'}", users)
        checks.that(not started.exists(), "nothing of the tree or the release ran that nobody named")
        checks.that([p.name for p in outside.iterdir()] == ["secret"] and (outside / "secret").read_text() == "secret\n", "what the release's links lead to is as it was")
    finally:
        rig.close()
        for folder in (outside, rig.temporary, pathlib.Path(f"{rig.work} trace")):
            shutil.rmtree(folder, ignore_errors=True)
        started.unlink(missing_ok=True)
    checks.close()


if __name__ == "__main__":
    main()
