"""Runs workflows of a repository under act and reads what came of it. The checkout is one that cleans (standins/checkout),
our own actions come from this tree, and the environment is a clean one. Host mode, or containers of a given image."""
import hashlib
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import tempfile
import threading
import time

import yaml

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
VERSION = "v0.2.87"
PATH = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"
REPOSITORY = "acme/notes"
NO_PART_OF_AN_ACTION = ("bench", "docs", "examples", "src", "tests", "tools")  # act copies an action for each of its steps
AUTHOR = {f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER")
          for what, value in (("NAME", "A"), ("EMAIL", "a@example.org"))}


def find_act(docker=False):
    """(path, "") or (None, why it isn't there); builds it where Go can."""
    folder = ROOT / "build" / ("act-docker" if docker else "act")
    if not docker and shutil.which("act"):
        return shutil.which("act"), ""
    if (folder / "act").exists():
        return str(folder / "act"), ""
    if not docker and pathlib.Path("~/go/bin/act").expanduser().exists():
        return str(pathlib.Path("~/go/bin/act").expanduser()), ""
    try:
        go = subprocess.run(["go", "env", "GOVERSION"], capture_output=True, text=True).stdout
    except FileNotFoundError:
        go = ""
    if int((re.match(r"go1\.(\d+)", go) or [0, 0])[1]) < 25:
        return None, "act is not installed and Go is older than 1.25"
    command = ["go", "install", *([] if docker else ["-tags", "WITHOUT_DOCKER"]), f"github.com/nektos/act@{VERSION}"]
    print("+", *command, flush=True)
    done = subprocess.run(command, env={**os.environ, "GOBIN": str(folder)}, stdin=subprocess.DEVNULL)
    return (str(folder / "act"), "") if done.returncode == 0 else (None, "act can't be installed by Go")


class Run:
    """What act said, as values."""

    def __init__(self, status, lines):
        """lines: what was printed, each with its moment."""
        self.status, self.text = status, "".join(line for line, _ in lines)
        self.results = {}      # job: success, failure, skipped
        self.steps = {}        # (job, step's id or index): its result
        self.outputs = {}      # (job, step's id): {name: value}
        self.annotations = []  # (job, level, file, line, title, message)
        self.summaries = {}    # job: text
        self.said = {}         # job: what its steps printed
        self.begun = {}        # (job, step's id or index): the moment
        self.answered = {}     # likewise, of the tool's first line of its own
        for line, moment in lines:
            if line.startswith("{"):
                self.take(json.loads(line), moment)

    def take(self, record, moment):
        job, step = record.get("jobID", ""), tuple(record.get("stepID") or ())
        if step and record.get("stage") == "Main":
            self.begun.setdefault((job, step[0]), moment)
            told = record.get("raw_output") or record.get("command") in ("error", "warning", "notice", "group", "set-output")
            if told and not record["msg"].startswith("fairlead: fetching "):
                self.answered.setdefault((job, step[0]), moment)
        if "jobResult" in record:
            self.results[job] = record["jobResult"]
        if "stepResult" in record and step and record.get("stage") == "Main":
            self.steps[job, step] = record["stepResult"]
        command = record.get("command")
        if command == "set-output":
            self.outputs.setdefault((job, step[0]), {})[record["name"]] = record["arg"]
        elif command in ("error", "warning", "notice"):
            pairs = record.get("kvPairs") or {}
            self.annotations.append((job, command, pairs.get("file", ""), pairs.get("line", ""), pairs.get("title", ""), record["arg"]))
        elif command == "summary":
            self.summaries[job] = self.summaries.get(job, "") + record["content"]
        if record.get("raw_output") or command in ("error", "warning", "notice"):
            self.said[job] = self.said.get(job, "") + record["msg"]

    def annotated(self, job, file=None, line=None, title=None, message="", level="error"):
        wanted = (job, level, file, None if line is None else str(line), title)
        return any(all(w is None or w == g for w, g in zip(wanted, got)) and message in got[5] for got in self.annotations)

    def started(self, job):
        """Ids and numbers of its steps that ran."""
        return [step[0] for (of, step), result in self.steps.items() if of == job and len(step) == 1 and result != "skipped"]

    def tail(self, lines=40):
        return "\n".join("\n".join(f"{job}: {line}" for line in text.splitlines()[-lines:]) for job, text in self.said.items()) + \
            "\n" + "\n".join(line for line in self.text.splitlines()[-5:] if not line.startswith("{"))


class Act:
    def __init__(self, act, bin_folder, image=None):
        # act's host mode doesn't quote its own paths: they must not hold a blank.
        self.scratch = pathlib.Path(tempfile.mkdtemp(prefix="fairlead-act."))
        self.scratch.chmod(0o755)
        self.act, self.bin, self.image = act, pathlib.Path(bin_folder).resolve(), image
        self.home, self.standins, self.tree = (self.scratch / name for name in ("home", "standins", "fairlead"))
        self.home.mkdir()
        (self.scratch / "store").mkdir()
        shutil.copytree(HERE / "standins", self.standins)
        self.take_tree()
        self.runs = 0  # as GitHub numbers them, for gh's stand-in
        self.environment = {"PATH": f"{self.standins}/bin:{PATH}", "HOME": str(self.home), "LANG": "C.UTF-8", **AUTHOR,
                            "XDG_CACHE_HOME": str(self.scratch / "cache"), "STANDIN_STORE": str(self.scratch / "store")}
        if image and "DOCKER_HOST" in os.environ:
            self.environment["DOCKER_HOST"] = os.environ["DOCKER_HOST"]

    def take_tree(self):
        """Our own repository as an action: what it needs of what git has or would add."""
        names = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True, text=True,
                               check=True).stdout.split("\0")
        for name in names:
            if name and name.partition("/")[0] not in NO_PART_OF_AN_ACTION and (ROOT / name).is_file():
                target = self.tree / name
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, target)

    def release(self, mirror, programs):
        """A release of these executables below `mirror`, and its lock in the actions' tree (actions/install.sh)."""
        version = re.search(r"^project\(fairlead VERSION ([0-9.]+)", (self.tree / "CMakeLists.txt").read_text(), re.M)[1]
        top = f"fairlead-{version}-linux-{'x64' if os.uname().machine == 'x86_64' else 'arm64'}"
        folder, archive = mirror / top / "bin", mirror / f"v{version}" / f"{top}-bin.tar.gz"
        folder.mkdir(parents=True)
        archive.parent.mkdir()
        for program in programs:
            shutil.copy(self.bin / program, folder)
        subprocess.run(["strip", *(folder / program for program in programs)], check=True)
        subprocess.run(["tar", "-C", mirror, "-czf", archive, top], check=True)
        digest = lambda file: hashlib.sha256(file.read_bytes()).hexdigest()
        lines = [f"{digest(archive)}  {archive.name}", *(f"{digest(folder / name)}  {top}/bin/{name}" for name in sorted(programs))]
        (self.tree / "fairlead.lock").write_text("\n".join([f"version {version}", *lines, ""]))
        return archive

    def close(self):
        shutil.rmtree(self.scratch, ignore_errors=True)

    def replaced(self, workflows):
        """--local-repository for every action of others that these workflows name."""
        named = set()
        for workflow in workflows:
            named |= set(re.findall(r"^\s*(?:- )?uses:\s*([\w.-]+)/([\w.-]+)(?:/[\w./-]+)?@([^\s#]+)", workflow.read_text(), re.M))
        for owner, name, ref in sorted(named):
            folder = self.tree if owner == "fairlead" else self.standins / name
            if not folder.is_dir():
                raise RuntimeError(f"{owner}/{name} has no stand-in in tests/e2e/standins")
            yield from ("--local-repository", f"{owner}/{name}@{ref}={folder}")

    def run(self, repository, event, workflow, payload, *, at=None, secrets=(), variables=None, flags=()):
        """`repository` is clean, `at` is checked out there (as the event's commit), and the clone's origin is a mirror of it."""
        self.runs += 1
        git = lambda *words: subprocess.run(["git", *words], cwd=repository, env=self.environment, check=True, capture_output=True,
                                            text=True).stdout.strip()
        if at:
            git("checkout", "--quiet", "--force", "--detach", at)
        mirror = self.scratch / "repository.git"
        shutil.rmtree(mirror, ignore_errors=True)
        git("clone", "--quiet", "--mirror", "--no-hardlinks", ".", str(mirror))
        for setting in ("uploadpack.allowAnySHA1InWant", "uploadpack.allowFilter"):
            git("-C", str(mirror), "config", setting, "true")
        # act copies an action without its empty folders, which a repository needs.
        subprocess.run(["tar", "-C", mirror, "-cf", self.standins / "checkout" / "repository.tar", "."], check=True)
        file = self.scratch / "event.json"
        file.write_text(json.dumps(payload))
        path = repository / ".github" / "workflows" / f"{workflow}.yml"
        platform, number = self.image or "-self-hosted", str(self.runs)
        command = [self.act, event, "-W", str(path), "-e", str(file), "--json", "-P", f"ubuntu-24.04={platform}",
                   "-P", "self-hosted=-self-hosted", "--no-cache-server", "--action-offline-mode", "--no-skip-checkout", "--pull=false",
                   "--action-cache-path", str(self.scratch / "cache" / "actions"),
                   *self.replaced(path.parent.glob("*.yml")),
                   *(word for name, value in {"FAIRLEAD_BIN_DIR": self.bin, "GITHUB_RUN_ID": number,
                                                         "GITHUB_REPOSITORY": REPOSITORY,
                                                         # A job's virtual environment finds the distribution's packages.
                                                         "PYTHONPATH": "/usr/lib/python3/dist-packages", **(variables or {})}.items()
                     if value is not None for word in ("--env", f"{name}={value}")),
                   *(word for secret in ("GITHUB_TOKEN=token-of-the-run", *secrets) for word in ("-s", secret)), *flags]
        if self.image:
            seen = [(folder, folder) for folder in (self.scratch / "store", self.bin)]
            seen += [(file, f"/usr/local/bin/{file.name}") for file in (self.standins / "bin").iterdir()]
            command += ["--container-options", " ".join(f"-v {shlex.quote(f'{here}:{there}')}" for here, there in seen)]
            command += ["--env", f"STANDIN_STORE={self.scratch / 'store'}"]
        child = subprocess.Popen(command, cwd=repository, env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                 stderr=subprocess.STDOUT, text=True, errors="replace")
        late = threading.Timer(900, child.kill)
        late.start()
        lines = [(line, time.monotonic()) for line in child.stdout]
        status = child.wait()
        late.cancel()
        with open(self.scratch / "store" / "runs", "a") as runs:
            runs.write(json.dumps({"databaseId": self.runs, "workflow": path.name, "commit": git("rev-parse", "HEAD"),
                                   "status": "success" if status == 0 else "failure"}) + "\n")
        return Run(status, lines)

    def undeclared(self, run, workflow):
        """Outputs that a later expression reads of a step of ours, and its action.yml doesn't declare: GitHub gives none."""
        document, missing = yaml.safe_load(workflow.read_text()), []
        for job, body in document["jobs"].items():
            for step in body.get("steps") or []:
                action = re.match(r"fairlead/fairlead(?:/(actions/\w+))?@", step.get("uses", ""))
                if not action or "id" not in step:
                    continue
                declared = yaml.safe_load((self.tree / (action[1] or ".") / "action.yml").read_text()).get("outputs") or {}
                used = set(re.findall(r"steps\.%s\.outputs\.([\w-]+)" % re.escape(step["id"]), json.dumps(body)))
                written = set(run.outputs.get((job, step["id"]), {}))
                missing += [f"{job}.{step['id']}.{name}" for name in sorted((used | written) - set(declared))]
        return missing
