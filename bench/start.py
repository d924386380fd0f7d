#!/usr/bin/python3
"""script/bench start [BIN]: how long from the start of an action's step to the tool's first line of its own.

A step is what a runner starts: bash with the variables of the action's own `env:`, install.sh, the executable; all of it
anew each time, the tool cache warm, as fairlead.lock of a release from BIN (default: the `release` preset, built) would have
it. Beside it: the executable alone; a node action's start (a file that prints; one that imports @actions/core, where npm
brings it); `docker run` of an image with one static program, where an engine answers. Medians of 20 rounds through all
tools of actions/programs. What a tool says first counts, a refusal too. Exit 1: a step takes longer than 100 ms.
"""
import hashlib
import os
import pathlib
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROUNDS, LIMIT = 20, 100
root = pathlib.Path(__file__).resolve().parent.parent
sys.dont_write_bytecode = True
sys.path[:0] = [str(root / "tests/support"), str(root / "bench"), str(root / "release")]
import action_step  # noqa: E402
import programs as listed  # noqa: E402

# What a tool does first: one small report, one tag that is given, a folder with that report in it; of the others what they
# say without a fairlead.yml.
INPUTS = {"gate": {"report": "report.xml"}, "scan": {"command": "tree"}, "smoke": {"urls": "http://127.0.0.1:9/", "dry-run": "true"},
          "tag": {"images": "a/b", "tags": "type=raw,value=a", "ref": "refs/tags/v1.2.3", "event": "push"}}


def release(folder, programs):
    """An action's tree with the lock of a release of PROGRAMS, and a mirror that has it."""
    version = next(line.split()[2] for line in (root / "CMakeLists.txt").read_text().splitlines() if line.startswith("project("))
    top = f"fairlead-{version}-linux-{'x64' if os.uname().machine == 'x86_64' else 'arm64'}"
    (folder / top / "bin").mkdir(parents=True)
    (folder / "mirror" / f"v{version}").mkdir(parents=True)
    for program in programs:
        shutil.copy2(program, folder / top / "bin")
    archive = folder / "mirror" / f"v{version}" / f"{top}-bin.tar.gz"
    subprocess.run(["tar", "-czf", archive, "-C", folder, top], check=True)
    files = [(archive, archive.name)] + [(file, f"{top}/bin/{file.name}") for file in sorted((folder / top / "bin").iterdir())]
    shutil.copytree(root / "actions", folder / "action/actions")
    for name in ("CMakeLists.txt", "action.yml"):
        shutil.copy(root / name, folder / "action")
    (folder / "action/fairlead.lock").write_text(f"version {version}\n" + "".join(
        f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {name}\n" for file, name in files))
    return folder / "mirror"


def first_line(words, environment):
    """Milliseconds until it has written a line, to either stream, and of CPU until it ended, with what it waited for."""
    start = time.perf_counter()
    child = subprocess.Popen(words, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    line = child.stdout.readline()
    took = (time.perf_counter() - start) * 1000
    rest = child.stdout.read()
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if not line or child.returncode not in (0, 1, 2, 3):
        sys.exit(f"{' '.join(map(str, words))} failed:\n{(line + rest).decode()}")
    return took, (used.ru_utime + used.ru_stime) * 1000


def node_actions(folder):
    if not shutil.which("node"):
        print("SKIPPED: node: not installed")
        return
    (folder / "print.js").write_text("console.log('hello')\n")
    yield "node, a file that prints", ["node", str(folder / "print.js")], None
    if subprocess.run(["npm", "install", "--silent", "--prefix", folder, "@actions/core@1"], capture_output=True).returncode:
        print("SKIPPED: @actions/core: npm doesn't bring it here")
        return
    (folder / "core.js").write_text("require('@actions/core').info('hello')\n")
    yield "node with @actions/core", ["node", str(folder / "core.js")], None


def docker_action(folder):
    engine = shutil.which("docker") and subprocess.run(["docker", "info"], capture_output=True).returncode == 0
    compiler = shutil.which("cc")
    if not engine or not compiler:
        print("SKIPPED: docker run: no engine answers, or there is no compiler")
        return
    (folder / "hello.c").write_text('#include <stdio.h>\nint main(void) { return puts("hello") < 0; }\n')
    subprocess.run([compiler, "-static", "-o", folder / "hello", folder / "hello.c"], check=True)
    image = subprocess.run(f"tar -c -C '{folder}' hello | docker import - fairlead-bench-start", shell=True, check=True,
                           capture_output=True, text=True).stdout.strip()
    yield "docker run, image here", ["docker", "run", "--rm", "--network", "none", image, "/hello"], None


def main():
    if len(sys.argv) > 1:
        programs = [file for file in pathlib.Path(sys.argv[1]).resolve().iterdir()
                    if file.name.startswith("fairlead") and file.name != "fairlead-load"]
    else:
        import startup
        programs = startup.build(root)
    with tempfile.TemporaryDirectory(prefix="fairlead-bench-") as temp:
        folder = pathlib.Path(temp)
        mirror = release(folder, programs)
        work = folder / "work"
        work.mkdir()
        os.chdir(work)
        pathlib.Path("report.xml").write_text("<testsuite><testcase name='a' classname='b'/></testsuite>")
        subprocess.run("git init -q . && git add -A && git -c user.name=A -c user.email=a@b commit -qm 'feat: a' && git tag v1.2.3",
                       shell=True, check=True)
        commands = {"bash -c true, for comparison": (["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", "echo"], None)}
        steps = []
        for row in listed.read().values():
            if row.kind != "tool" or not any(file.name == row.name for file in programs):
                continue
            tool = row.name.removeprefix("fairlead-")
            given, action = INPUTS.get(tool, {}), folder / "action" / ("." if tool == "fairlead" else f"actions/{tool}")
            temps = folder / f"temp {tool}"
            temps.mkdir()
            inputs = dict.fromkeys(action_step.yaml.safe_load((action / "action.yml").read_text())["inputs"], "") | given
            extra = {"RUNNER_TOOL_CACHE": str(folder / "cache"), "FAIRLEAD_MIRROR": str(mirror)}
            environment, words = action_step.environment_of(action, inputs, str(temps), extra)
            if not steps:
                cold = time.perf_counter()
                first_line(words, environment)
                cold = (time.perf_counter() - cold) * 1000
            steps.append(f"a step of {tool}")
            commands[steps[-1]] = (words, environment | {"FAIRLEAD_MIRROR": "/nowhere"})
            program = next(file for file in programs if file.name == row.name)
            commands[f"  {row.name} alone, {program.stat().st_size / 1e6:.1f} MB"] = ([str(program)], environment)
        for kind in (node_actions, docker_action):
            for name, words, environment in kind(folder):
                commands[name] = (words, environment)
        times = {name: [] for name in commands}
        order, names = random.Random(1), list(commands)
        for turn in range(ROUNDS + 2):  # the first two bring all into the page cache
            order.shuffle(names)
            for name in names:
                took = first_line(*commands[name])
                if turn > 1:
                    times[name].append(took)
        os.chdir("/")
    if "docker run, image here" in commands:
        subprocess.run(["docker", "rmi", "-f", "fairlead-bench-start"], capture_output=True)
    failed = False
    print(f"{'from its start to its first line':<40} {'median':>9} {'CPU':>9}")
    for name, values in times.items():
        median, used = (statistics.median(one) for one in zip(*values))
        wrong = median > LIMIT and name in steps
        failed = failed or wrong
        print(f"{name:<40} {median:6.1f} ms {used:6.1f} ms{'  TOO SLOW' if wrong else ''}")
    print(f"median of {ROUNDS}, interleaved; at most {LIMIT} ms; load {os.getloadavg()[0]:.0f} on {os.cpu_count()} cores. Once, from a mirror's folder into an empty tool cache: {cold:.0f} ms")
    return failed


sys.exit(1 if main() else 0)
