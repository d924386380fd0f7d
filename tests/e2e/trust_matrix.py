#!/usr/bin/python3
"""trust_matrix.py BIN [NAME...]: every command of every executable x {own change, fork, pull_request_target} over a hostile
tree, under strace.

In each cell: which programs of the tree were started, whether a child that isn't ours saw a token, whether the database, the stores and
what is deployed changed, whether a host was asked, and what was written outside the project. What a cell may do follows from the
command's declared needs (`--render commands`); as long as no declaration knows these needs, from UNTIL_DECLARED. A foreign change may
do none of it. NAME is a part of a cell's name ("fairlead-migrate plan", "fork"). Each cell tells its status: what was refused at once (2, 3) in the own change shows little of it.
"""
import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import counted  # noqa: E402
import commands  # noqa: E402
import hostile_tree  # noqa: E402
from projects import World  # noqa: E402

WHO = {"own": ("push", "acme/shop"), "fork": ("pull_request", "eve/shop"), "target": ("pull_request_target", "eve/shop")}
KINDS = ("project_programs", "database_changes", "store_changes", "target_changes", "network")
# Those of the own change, until the declarations hold them.
MIGRATES = {f"fairlead-migrate {name}" for name in ("up", "down", "redo", "baseline", "new", "verify", "rehearse", "repair", "seed", "create", "reset", "unlock", "gc")}
STARTS = {f"fairlead-migrate {name}" for name in ("up", "down", "redo", "baseline", "new", "verify", "rehearse")}
DEPLOYS = {f"fairlead-deploy {name}" for name in ("apply", "rollback", "down", "lock", "unlock")}
STORES = {f"fairlead-backup {name}" for name in ("run", "verify", "restore", "prune", "keep", "release", "fetch", "push", "keys")}
UNTIL_DECLARED = {
    "project_programs": {"fairlead run", "fairlead recover", "fairlead act", "fairlead init --check --force", *STARTS, "fairlead-deploy apply", "fairlead-deploy rollback",
                      "fairlead-deploy down", "fairlead-deploy status", "fairlead-preflight checklist", "fairlead-preflight sign",
                      "fairlead-preflight check --run-django --env-file .env.staging"},
    "database_changes": {"fairlead run", "fairlead recover", *MIGRATES, "fairlead-backup restore"},
    "store_changes": {"fairlead run", "fairlead recover", *STORES},
    "target_changes": {"fairlead run", "fairlead recover", *DEPLOYS},
}
JOB_TOKENS = {"GITHUB_TOKEN", "ACTIONS_RUNTIME_TOKEN"}
SECRETS = {"GITHUB_TOKEN": "gh" + "s_MatrixTokenOfTheJob0123456789abcdef0", "ACTIONS_RUNTIME_TOKEN": "matrix-runtime-token-1",
           "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "matrix-oidc-token-2", "AWS_SECRET_ACCESS_KEY": "matrix-aws-secret-key-3",
           "REDIS_URL": "redis://u:matrix-redis-password-4@127.0.0.1:9/0", "PGPASSWORD": "matrix-pg-password-5", "DEPLOY_SSH_KEY": "matrix-ssh-key-6"}
INPUT = "matrix-secret-input-7"
NEEDLES = {name: value for name, value in SECRETS.items()} | {"REDIS_URL": "matrix-redis-password-4", "INPUT_*": INPUT}
CALL = re.compile(r"^(\d+) +(execve|execveat|connect|bind|openat|openat2|open|creat)\((.*)\) += (-?\d+)", re.S)
# Devices, and what the libraries and git of the system keep.
ELSEWHERE = ("/dev/", "/proc/", "/var/cache/", "/sys/fs/cgroup")


class Cell:
    def __init__(self, command, who, kind):
        self.command, self.who, self.kind = command, who, kind
        self.wrong, self.status, self.tree, self.tokens, self.changed, self.hosts = [], None, [], {}, [], []

    def __str__(self):
        return f"{self.command.called()} ({self.kind}), {self.who}"


def allowed(command, need, declared):
    if "--dry-run" in command.words and need != "network":
        return False  # it only tells
    return command.may(need) if need in declared else not {str(command), command.called()}.isdisjoint(UNTIL_DECLARED.get(need, ()))


def digest(folder):
    found = {}
    for path in sorted(folder.rglob("*")) if folder.exists() else ():
        if path.is_file() and not path.is_symlink():
            found[str(path.relative_to(folder))] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def database(work):
    return {name: sha for name, sha in digest(work).items() if re.match(r"(app|restored)\.db", name) and not name.endswith((".fairlead-lock", "-shm"))}


def deployed(home):
    return {name: sha for name, sha in digest(home / "state").items() if not name.endswith("lock")}


class Bench:
    """One worker's place: projects with the hostile change on top, laid out for each cell."""

    def __init__(self, scratch, bin_folder, number):
        self.marks = pathlib.Path(scratch).resolve() / f"marks{number}"
        self.marks.mkdir()
        self.world = World(scratch, bin_folder, f"home{number}")
        self.trace, self.revisions = self.marks.with_name(f"trace{number}"), {}

    def lay(self, project, kind):
        world, name = self.world, f"{project}.{kind}"
        if name not in self.revisions:
            world.lay(project)
            self.revisions[name] = hostile_tree.plant(world, self.marks, kind)
            world.keep(name)
        world.lay(name)
        return self.revisions[name]

    def environment(self, cell, base, head):
        event, source = WHO[cell.who]
        payload = {"repository": {"full_name": "acme/shop", "default_branch": "main"}, "ref": "refs/heads/main", "before": base, "after": head}
        if event != "push":
            payload |= {"number": 7, "pull_request": {"base": {"sha": base, "repo": {"full_name": "acme/shop"}},
                                                      "head": {"sha": head, "repo": {"full_name": source, "fork": True}}}}
        (self.world.home / "event.json").write_text(json.dumps(payload))
        more = SECRETS | {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": event, "GITHUB_EVENT_PATH": str(self.world.home / "event.json"),
                          "GITHUB_SHA": base if event == "pull_request_target" else head, "GITHUB_REPOSITORY": "acme/shop", "CI": "true",
                          "GITHUB_OUTPUT": str(self.world.home / "tmp/outputs"), "GITHUB_STEP_SUMMARY": str(self.world.home / "tmp/summary"),
                          "RUNNER_TEMP": str(self.world.home / "tmp")}
        more |= {variable: INPUT for one in cell.command.inputs if one["secret"] for variable in one["variables"] if variable.startswith("INPUT_")}
        found = self.world.environment(**more)
        if cell.kind == "flyway":
            found["FLYWAY_URL"] = "jdbc:postgresql://127.0.0.1:9/shop"
        return found | {"PATH": f".:{self.world.work}:{found['PATH']}"}

    def run(self, cell, declared):
        base, head = self.lay(cell.command.project, cell.kind)
        for mark in self.marks.iterdir():
            mark.unlink()
        home = self.world.home
        before = [database(self.world.work), digest(home / "store") | digest(home / "copies"), digest(home / "live") | deployed(home)]
        words = ["/usr/bin/strace", "-f", "-qq", "-v", "-s", "4096", "--seccomp-bpf", "-e", "trace=execve,execveat,connect,bind,openat,openat2,open,creat", "-e", "signal=none",
                 "-o", self.trace, self.world.bin / cell.command.argv[0], *cell.command.argv[1:]]
        done = subprocess.run(words, cwd=self.world.work, env=self.environment(cell, base, head), stdin=subprocess.DEVNULL, capture_output=True, timeout=60,
                              start_new_session=True)  # no terminal may be asked
        cell.status, cell.said = done.returncode, (done.stderr + done.stdout).decode(errors="replace")
        self.look(cell)
        after = [database(self.world.work), digest(home / "store") | digest(home / "copies"), digest(home / "live") | deployed(home)]
        cell.changed = [need for need, was, now in zip(("database_changes", "store_changes", "target_changes"), before, after) if was != now]
        self.judge(cell, declared)
        return cell

    def look(self, cell):
        """The calls: programs of the tree, tokens in the environments of children, hosts, files written elsewhere."""
        tree, hosts, tokens = set(hostile_tree.marked(self.marks)), set(), {}
        lines = self.trace.read_text(errors="replace").splitlines()
        for number, line in enumerate(lines):
            call = CALL.match(line)
            if not call or int(call.group(4)) < 0 and call.group(2) != "connect":
                continue
            name, arguments = call.group(2), call.group(3)
            if name.startswith("execve") and number:
                self.look_at_start(arguments, tree, tokens)
            elif name == "connect" and "sa_family=AF_INET" in arguments:
                hosts.update(re.findall(r'inet_addr\("([^"]+)"\)|inet_pton\(AF_INET6, "([^"]+)"', arguments))
            elif name == "bind" and "sa_family=AF_INET" in arguments:
                cell.wrong.append(f"served: {arguments[:120]}")
            elif re.search(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_TMPFILE", arguments) or name == "creat":
                path = re.search(r'"((?:[^"\\]|\\.)*)"', arguments).group(1)
                if path.startswith("/") and not path.startswith((str(self.world.home) + "/", *ELSEWHERE, str(self.marks))):
                    cell.wrong.append(f"written: {path}")
        for mark, text in hostile_tree.marked(self.marks).items():
            self.look_for(text, mark, tokens)
        cell.tree, cell.tokens, cell.hosts = sorted(tree), tokens, sorted({a or b for a, b in hosts})

    def look_for(self, text, child, tokens):
        for name, needle in NEEDLES.items():
            if needle in text:
                tokens.setdefault(name, set()).add(child)

    def look_at_start(self, arguments, tree, tokens):
        path = re.search(r'"((?:[^"\\]|\\.)*)"', arguments).group(1)
        ours = path.startswith(f"{self.world.bin}/")
        if not path.startswith("/") or path.startswith((f"{self.world.work}/", f"{self.world.home}/evil/")):
            tree.add(os.path.relpath(path, self.world.work) if path.startswith("/") else path.removeprefix("./"))
        if not ours:
            self.look_for(arguments, os.path.basename(path), tokens)

    def judge(self, cell, declared):
        may = {need: cell.who == "own" and allowed(cell.command, need, declared) for need in KINDS}
        # A comment is posted by a process of its own, where the job's token may write: not for a fork's pull request.
        comments = cell.who != "fork" and any(one["name"] == "comment-token" for one in cell.command.inputs)
        may["network"] = cell.command.may("network") or comments
        if cell.status not in (0, 1, 2, 3) and not (cell.status == 126 and "wal-fetch" in str(cell.command)):
            cell.wrong.append(f"status {cell.status}: {cell.said[-300:]}")
        if cell.tree and not may["project_programs"]:
            cell.wrong.append(f"started of the tree: {', '.join(cell.tree)}")
        # What the workflow gave a step of `run:` is the step's in an own change; the job's own tokens reach it as little as
        # any other child.
        is_step = str(cell.command) == "fairlead run" and cell.who == "own"
        foreign = {name for name in cell.tokens if not (is_step and name not in JOB_TOKENS)}
        if foreign:
            children = sorted(set().union(*cell.tokens.values()))
            cell.wrong.append(f"{', '.join(cell.tokens)} in {', '.join(children)}")
        cell.wrong += [f"{need.replace('_changes', '')} changed" for need in cell.changed if not may[need]]
        if cell.hosts and not may["network"]:
            cell.wrong.append(f"asked {', '.join(cell.hosts)}")


def kinds_of(call):
    if call.executable == "fairlead-migrate" and call.first and call.command in ("plan", "up"):
        return list(hostile_tree.KINDS)
    if call.executable == "fairlead-migrate" and call.command in ("status", "pending", "down"):
        return ["alembic", "django", "others"]
    if call.executable == "fairlead-migrate" and call.command not in ("rules", "lint"):
        return ["alembic", "others"]
    return ["django" if "--run-django" in call.words else "alembic"]


def cells_of(walk):
    """All calls of all commands x who, over Alembic's tree; migrate over plain SQL files and other tools' as well."""
    for command in walk:
        for call in command.calls():
            for kind in kinds_of(call):
                yield from (Cell(call, who, kind) for who in WHO)


def shown(cell):
    programs = len(cell.tree)
    changed = "".join(need[0] for need in cell.changed)
    return f"{cell.status} {programs}p {len(cell.tokens)}t {changed or '-':3}{'' if not cell.wrong else '!'}"


def main():
    names = [word for word in sys.argv[2:] if not word.startswith("-")]
    if not shutil.which("strace") or subprocess.run(["strace", "-f", "--seccomp-bpf", "-o", "/dev/null", "true"], capture_output=True).returncode:
        counted.leave("strace", "there is no strace, or nothing may be traced here")
    walk = commands.load(sys.argv[1])
    declared = {need for command in walk.every for need in command.needs} & set(KINDS)
    cells = [cell for cell in cells_of(walk) if not names or all(name in str(cell) for name in names)]
    ordered = sorted(cells, key=lambda cell: (cell.command.project, cell.kind))  # a project is laid out once
    with tempfile.TemporaryDirectory(prefix="fairlead matrix ") as scratch:
        benches = [Bench(scratch, sys.argv[1], number) for number in range(2)]
        with concurrent.futures.ThreadPoolExecutor(len(benches)) as pool:
            def work(number):
                for cell in ordered[len(ordered) * number // len(benches):len(ordered) * (number + 1) // len(benches)]:
                    benches[number].run(cell, declared)
            for done in [pool.submit(work, number) for number in range(len(benches))]:
                done.result()
        blind = [] if armed(benches[0]) else ["the tree starts nothing even where git is asked as it is: the matrix would see nothing"]
        for bench in benches:
            bench.world.close()
    if not names and not any(cell.tree for cell in cells):
        blind.append("nothing of the tree was started in any cell, the allowed ones included")
    report(walk, cells, declared, bool(names), blind)


def armed(bench):
    """Whether the tree does start something where nobody takes care."""
    bench.lay("shop", "alembic")
    for mark in bench.marks.iterdir():
        mark.unlink()
    subprocess.run(["/usr/bin/git", "status"], cwd=bench.world.work, env=bench.world.environment(), capture_output=True)
    subprocess.run(["/bin/sh", "-c", "git"], cwd=bench.world.work, env=bench.world.environment() | {"PATH": ".:/usr/bin:/bin"}, capture_output=True)
    return {"git", "git.config"} <= set(hostile_tree.marked(bench.marks))


def report(walk, cells, declared, partly, blind):
    print("status; p: programs of the tree; t: tokens in children; d, s, t: database, store, target changed; !: may not be")
    rows = {}
    for cell in cells:
        rows.setdefault(f"{cell.command.called()} ({cell.kind})", {})[cell.who] = cell
    print(f"{'':58}" + "".join(f"{who:14}" for who in WHO))
    for name, row in rows.items():
        print(f"{name:58}" + "".join(f"{shown(row[who]) if who in row else '':14}" for who in WHO))
    for cell in cells:
        for wrong in dict.fromkeys(cell.wrong):
            print(f"FAILED  {cell}: {wrong}")
    for who in WHO:
        mine = [cell for cell in cells if cell.who == who]
        print(f"{who}: {len(mine)} cells, programs of the tree in {sum(bool(cell.tree) for cell in mine)}, tokens in children in {sum(bool(cell.tokens) for cell in mine)}, "
              f"something changed in {sum(bool(cell.changed) for cell in mine)}, "
              f"refused {sum(cell.status in (2, 3) for cell in mine)}; {sum(bool(cell.wrong) for cell in mine)} may not be")
    print(f"what a cell may do: {'declared: ' + ', '.join(sorted(declared - {'network'})) if declared - {'network'} else 'from the list in this file, until it is declared'}")
    for line in blind:
        print(f"FAILED  {line}")
    whole = walk.told() or partly
    failed = sum(bool(cell.wrong) for cell in cells)
    counted.close(len(cells) - failed, failed + (not whole) + len(blind))


if __name__ == "__main__":
    main()
