#!/usr/bin/python3
# needs: nothing; takes: 23 s
"""wrong_sections.py BIN: what can't work is said in the same words by the tool, by `--explain-config`, by `fairlead doctor`
and by `fairlead run`, with file:line:col and status 2, and `run` says it before its first step acts.

Each case is a tool, its section (below the environment staging) and what the message must hold. What the tools' own
tables say (gate/explain-wrong, smoke/explain-config-judges, scan/explain_wrong) is here only once of its kind.
"""
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402

BIN = pathlib.Path(sys.argv[1]).resolve()
TARGET = "target: {kind: direct, root: srv, state: kept, command: [serve]}"
CHECK = "base: 'http://127.0.0.1:1', checks: [{get: /}]"
REPORT = "reports: {all: {path: a.xml}}"

CASES = [
    # meanings that no type tells
    ("deploy", f"{TARGET}, health: {{expect: 299-200}}", "write the lower status first"),
    ("deploy", f"{TARGET}, health: {{timeout: 0s}}", "longer than 0s"),
    ("deploy", f"{TARGET}, health: {{deadline: 0s}}", "longer than 0s"),
    ("deploy", f"{TARGET}, health: {{version: {{json: version}}}}", "'version' is not a place in a JSON document"),
    ("deploy", f"{TARGET}, health: {{version: {{json: '$.a['}}}}", "'$.a[' is not a place in a JSON document"),
    ("deploy", f"{TARGET}, strategy: {{canary: {{steps: [50, 25, 100]}}}}", "step 25 comes after 50"),
    ("deploy", f"{TARGET}, strategy: {{canary: {{steps: [5]}}}}", "the last step is not 100"),
    ("deploy", f"{TARGET}, strategy: {{canary: {{step_deadline: 1s}}}}", "ends before min_hold 30s is over"),
    ("deploy", f"{TARGET}, windows: {{deny: ['Fri 15:00']}}", "is not a window"),
    ("deploy", f"{TARGET}, windows: {{allow: ['Fri 15:00-16:00 Mars/Crater']}}", "time zone 'Mars/Crater' is not in this host's"),
    ("deploy", f"{TARGET}, hooks: {{pre: [{{timeout: 1s}}]}}", "a hook runs either a tool or a program"),
    ("deploy", f"{TARGET}, hooks: {{pre: [{{run: smoke, checklist: deployment}}]}}", "only preflight checks a checklist"),
    ("deploy", f"{TARGET}, hooks: {{pre: [{{run: deploy}}]}}", "is not a Fairlead tool"),
    ("deploy", f"{TARGET}, hooks: {{pre: [{{run: smoke}}], post: [{{run: smoke}}]}}", "two hooks are called 'smoke'"),
    ("deploy", f"{TARGET}, hooks: {{pre: [{{run: smoke, on_failure: rollback}}]}}", "use on_failure only in post hooks"),
    ("deploy", f"{TARGET}, approvals: {{required: 2, from: [a.pem]}}", "nobody could ever deploy"),
    ("deploy", f"{TARGET}, approvals: {{from: [a.pem]}}", "approvals has no required, so no approval would be needed"),
    ("deploy", f"{TARGET}, approvals: {{}}", "approvals has no required"),
    ("deploy", f"{TARGET}, deadline: 0s", "longer than 0s"),
    ("deploy", "target: {kind: direct, root: srv, command: []}", "has no target"),
    ("deploy", TARGET + ", health: {headers: {Authorization: Bearer x}}", "looks like a secret"),
    ("deploy", TARGET + ", health: {headers: {'a b': x}}", "is not the name of a header"),
    ("deploy", "target: {kind: direct, root: '', command: [serve]}", "has no target"),
    ("deploy", f"{TARGET}, health: {{interval: 0s}}", "longer than 0s"),
    ("deploy", "target: {kind: direct, root: /, command: [serve]}", "belongs to the whole host"),
    ("deploy", "target: {kind: direct, root: /tmp, command: [serve]}", "belongs to the whole host"),
    ("deploy", "target: {kind: direct, root: /tmp/x/.., command: [serve]}", "belongs to the whole host"),
    ("deploy", "target: {kind: direct, root: ., command: [serve]}", "contains the release itself"),
    ("deploy", "release: {path: dist/site}, target: {kind: direct, root: dist, command: [serve]}", "contains the release itself"),
    ("deploy", "target: {kind: direct, root: srv, command: [serve, '{sockt}']}", "did you mean '{socket}'?"),
    ("deploy", "target: {kind: direct, root: srv, command: [serve, 'unix:{SOCKET}']}", "did you mean '{socket}'?"),
    ("deploy", "target: {kind: direct, root: srv, command: [serve], prepare: [[migrate, '{relase}']]}", "did you mean '{release}'?"),
    ("deploy", "target: {kind: direct, command: [serve]}", "key 'root' is missing"),
    ("deploy", "target: {root: srv, command: [serve]}", "key 'kind' is missing"),
    ("deploy", "target: {kind: direct, root: /srv/" + "a" * 120 + ", command: [serve]}", "choose a shorter target.root"),
    ("deploy", "target: {kind: direct, root: srv, command: [serve], shared: [../x]}", "is not inside the release"),
    ("deploy", "target: {kind: direct, root: srv, command: [serve], shared: [/srv/x]}", "is not inside the release"),
    ("deploy", "target: {kind: direct, root: srv, command: [serve], reload: SIGHUP}", "strategy blue-green starts another"),
    ("deploy", "strategy: recreate, target: {kind: direct, root: srv, command: [serve], reload: SIGHUP}", "write strategy: rolling"),
    ("deploy", "strategy: rolling, target: {kind: direct, root: srv, command: [serve], reload: SIGHUP, replicas: 2}", "for a single process at a socket"),
    ("deploy", "target: {kind: direct, root: srv, command: [serve], reload: HUP}", "SIGHUP"),
    ("deploy", "target: {kind: direct, root: srv, command: [serve], umask: u=rwx}", "is not a mask of permissions; write it like 0027"),
    ("deploy", "target: {kind: direct, root: srv, command: [serve], umask: '7777'}", "is not a mask of permissions"),
    ("deploy", "target: {kind: direct, root: srv, command: [serve], limits: {memory: 64KiB}}", "less than any program needs"),
    ("deploy", "target: {kind: direct, root: srv, command: [serve], limits: {open_files: 3}}", "from 16 to 1048576"),
    ("deploy", "target: {kind: direct, root: srv, command: [serve], limits: {cpus: 0}}", "from 0.01 to 4096"),
    ("deploy", "target: {kind: direct, root: srv, command: [serve], limits: {processes: 9999999}}", "at most 4194304"),
    ("deploy", "target: {kind: compose}", "so set target.sockets"),
    ("deploy", "target: {kind: compose, port: 8000}", "nginx can reach a port only in mode include"),
    ("deploy", "target: {kind: compose, sockets: /tmp}", "belongs to the whole host"),
    ("deploy", "target: {kind: compose, sockets: /srv/x, project: Shop}", "is not the name of a project"),
    ("deploy", "target: {kind: compose, sockets: /srv/x, port: 70000}", "each replica uses two ports"),
    ("deploy", "target: {kind: compose, sockets: /srv/x, command: [serve]}", "is for kind direct, not for compose"),
    # values of a wrong type, out of range, unknown
    ("deploy", "target: {kind: direct, root: srv, command: [serve, '{port}']}", "{port} is used, but target.port is not set"),
    ("deploy", "target: {kind: direct, root: srv, command: [serve], port: 65000}", "at most 63535"),
    ("deploy", "target: {kind: direct, root: srv, command: [serve], replicas: 0}", "from 1 to 1000"),
    ("deploy", "target: {kind: direct, root: srv, command: [serve], processes: {web: {command: [x]}}}", "target.command"),
    ("deploy", "target: {kind: direct, root: srv, command: [serve], processes: {Worker: {command: [x]}}}", "small letters"),
    ("deploy", "target: {kind: direct, root: srv, command: [serve], processes: {worker: {count: 2}}}", "key 'command' is missing"),
    ("deploy", f"{TARGET}, strategy: rolling, keep_warm: 10m", "does not keep the old release"),
    ("deploy", f"{TARGET}, migrate: up", "expected true or false"),
    ("deploy", f"{TARGET}, migrate_timeout: 0s", "longer than 0s"),
    ("deploy", f"{TARGET}, migrate: true, hooks: {{pre: [{{run: migrate}}]}}", "leave out"),
    ("deploy", f"{TARGET}, strategy: {{rolling: {{}}, canary: {{}}}}", "strategy must name either"),
    ("deploy", f"{TARGET}, strategy: {{rolling: {{batch: 0}}}}", "from 1 to 1000"),
    ("deploy", f"{TARGET}, health: {{path: up}}", "begin it with '/'"),
    ("deploy", f"{TARGET}, health: {{expect: 999}}", "is not a status"),
    ("deploy", f"{TARGET}, health: {{healthy_after: 0}}", "from 1 to 1000"),
    ("deploy", f"{TARGET}, stop: {{signal: SIGFOO}}", "'SIGFOO' is unknown"),
    ("deploy", f"{TARGET}, strategy: green-blue", "'green-blue' is unknown"),
    ("deploy", f"{TARGET}, retain: {{releases: 5000}}", "from 1 to 1000"),
    ("deploy", f"{TARGET}, bake: 30", "has no unit"),
    ("deploy", f"{TARGET}, router: {{kind: apache}}", "'apache' is unknown"),
    ("deploy", f"{TARGET}, router: {{lanes: 1}}", "expected 2 to 100"),
    ("deploy", f"{TARGET}, router: {{lanes: 101}}", "expected 2 to 100"),
    ("deploy", f"{TARGET}, router: {{sticky: 'a b'}}", "is not the name of a cookie"),
    ("deploy", f"{TARGET}, router: {{container: '-x'}}", "is not the name of a container"),
    ("deploy", f"{TARGET}, router: {{mode: file}}", "'file' is unknown"),
    ("deploy", f"{TARGET}, router: {{mode: include}}", "set router.include"),
    ("deploy", f"{TARGET}, router: {{include: x}}", "works only with mode: include"),
    ("deploy", f"{TARGET}, router: {{min_reload_interval: 1s}}", "works only with mode: include"),
    ("deploy", f"{TARGET}, router: {{mode: include, include: x, lanes: 5}}", "works only with mode: socket"),
    ("deploy", f"{TARGET}, router: {{certificate: x}}", "needs its router.certificate_key"),
    ("deploy", f"{TARGET}, router: {{certificate_key: x}}", "needs its router.certificate"),
    ("deploy", f"{TARGET}, router: {{ca: nowhere.pem}}", "nowhere.pem"),
    ("deploy", f"{TARGET}, router: {{kind: haproxy}}", "key 'socket' is missing"),
    ("deploy", f"{TARGET}, router: {{kind: haproxy, socket: {'s' * 120}}}", "at most 107"),
    ("deploy", f"{TARGET}, router: {{kind: caddy, admin: localhost}}", "is not an address of Caddy's API"),
    ("deploy", f"{TARGET}, router: {{kind: caddy, socket: x}}", "'socket'"),
    ("deploy", f"{TARGET}, router: {{log: \"a\\u0001b\"}}", "control character"),
    ("deploy", "target: {kind: direct, root: srv, command: [serve], prepare: [migrate]}", "a command must be a list of words"),
    ("deploy", "target: {kind: rocket, root: srv, command: [serve]}", "'rocket' is unknown"),
    ("tag", "tags: ['type=semver']", "Missing pattern attribute"),
    ("tag", "tags: ['type=unknown']", "Unknown tag type"),
    ("tag", "tags: ['type=raw,value={{#with a}}{{/with}}']", "is not available"),
    ("tag", "tags: ['type=semver,pattern={{version']", "an expression is not closed"),
    ("tag", "tags: ['type=raw,value={{#if x}}']", "the block 'if' is not closed"),
    ("tag", "tags: ['type=ref,event=nothing']", "Invalid event"),
    ("tag", "tags: ['type=raw,value=\"x']", "Invalid Opening Quote"),
    ("tag", "tags: ['type=raw,value=x,priority=high']", "Invalid priority"),
    ("tag", "images: ['name=a,enable=perhaps']", "Invalid enable attribute"),
    ("tag", "flavor: 'latest=sometimes'", "Invalid latest flavor entry"),
    ("tag", "flavor: 'sufix=x'", "Unknown flavor entry"),
    ("tag", "context: nowhere", "Invalid context source"),
    ("tag", "initial_version: abc", "is not a release"),
    ("tag", "strict: perhaps", "is not a boolean"),
    ("tag", "components: {api: {prefx: api/v}}", "did you mean 'prefix'?"),
    ("preflight", "rules: {docker-user-rot: off}", "docker-user-rot"),
    ("preflight", "rules: {repo-lock-missing: sometimes}", "expected off, info, warning or error"),
    ("preflight", "secret_min: 0", "that is 1 or more"),
    ("preflight", "jwt_expiry_max: 15", "has no unit"),
    ("preflight", "sqlite: maybe", "expected refused or allowed"),
    ("preflight", "env_files: [nowhere.env]", "which is not a file"),
    ("migrate", "rules: {mig-drop-tabel: off}", "mig-drop-tabel"),
    ("migrate", "engine: oracle", "expected postgres, sqlite or mysql"),
    ("migrate", "postgres: 0", "that is 1 or more"),
    ("migrate", "lock_timeout: 5", "has no unit"),
    ("backup", "stores: ['gopher://x']", "gopher"),
    ("backup", "sources: [{name: 'a b'}]", "part of a file's name"),
    ("backup", "sources: [{name: a}, {name: a}]", "two sources are called 'a'"),
    ("backup", "sources: [{name: a, engine: oracle}]", "expected postgres, sqlite, redis or pgbackrest"),
    ("backup", "sources: [{name: a, engine: redis, via: 'ssh:x'}]", "expected compose:SERVICE"),
    ("backup", "sources: [{name: a, stop: [db]}]", "stop and no volume"),
    ("backup", "sources: [{name: a, volume: v, path: p}]", "a volume and something else"),
    ("backup", "sources: [{name: a, jobs: 4}]", "without dump: directory"),
    ("backup", "sources: [{name: a, dump: directory, via: 'compose:db'}]", "write dump: custom"),
    ("backup", "compress: rar", "rar"),
    ("backup", "keep: {days: -1}", "days"),
    ("backup", "name_style: old", "expected compat, plain or set"),
    ("backup", "verify: {level: 5}", "expected 1, 2, 3 or 4"),
    ("backup", "max_age: 26", "has no unit"),
    ("scan", "only: [nonsense]", "rule 'nonsense' is unknown"),
    ("scan", "skip: [githup-pat]", "did you mean github-pat?"),
    ("scan", "only: [scan/nonsense]", "rule 'scan/nonsense' is unknown"),
    ("scan", "allow: ['(']", "pattern '(' is not a regular expression"),
    ("scan", "allow: ['[a-']", "pattern '[a-' is not a regular expression"),
    ("scan", "allow: ['ok', '*']", "pattern '*' is not a regular expression"),
    ("scan", "allow: ['']", "matches the empty text"),
    ("scan", "allow: ['ok', '${CI:-}']", "matches the empty text"),
    ("scan", "allow: ['.*']", "matches the empty text"),
    ("scan", "allow: ['.']", "matches any character"),
    ("scan", "only: ['']", "rule '' is unknown"),
    ("scan", "skip: [jwt, '']", "rule '' is unknown"),
    ("scan", "max_file_size: 20", "has no unit"),
    ("scan", "max_file_size: 20 MiBs", "has an unknown unit"),
    ("scan", "rules: nonesuch.toml", "nonesuch.toml does not exist"),
    ("scan", "exclud: [a]", "did you mean 'exclude'?"),
    ("scan", "exclude: {a: b}", "exclude is a map; expected text or a list of texts"),
    ("gate", f"{REPORT}, coverage: {{total: {{lines: 500}}}}", "is not a percentage"),
    ("gate", f"{REPORT}, findings: {{max: {{fatal: 1}}}}", "key 'fatal' is unknown"),
    ("gate", "reports: {all: {path: a.xml, format: junt}}", "'junt' is unknown"),
    ("gate", "reports: {all: {path: []}}", "path is empty"),
    ("gate", "tests: {min: 1}", "no report is named"),
    ("smoke", f"{CHECK}, ready: {{path: /, status: 300-200}}", "write the lower status first"),
    ("smoke", f"{CHECK}, ready: {{path: /, version: '${{CI_COMMIT_TAG:-}}'}}", "version is empty"),
    ("smoke", "base: 'http://127.0.0.1:1', checks: [{get: /, expect: {version: ''}}]", "version is empty"),
    ("smoke", "base: 'http://127.0.0.1:1', checks: [{get: /, skip: false}]", "skip must be a reason"),
    ("smoke", "base: 'http://127.0.0.1:1', checks: [{get: /, xfail: true}]", "xfail must be a reason"),
    ("smoke", "base: 'http://127.0.0.1:1', checks: [{name: a, get: /}, {name: a, get: /b}]", "two checks are named 'a'"),
    ("smoke", f"{CHECK}, ready: {{path: /, streak: 0}}", "from 1 to 1000"),
    ("smoke", f"{CHECK}, ready: {{path: /, from: nowhere}}", "'nowhere' is not a source of a version"),
    ("smoke", f"{CHECK}, retry: {{factor: 0.5}}", "must be from 1 to 100"),
    ("smoke", f"{CHECK}, deadline: 0s", "leaves no time for a request"),
    ("smoke", "base: 'http://127.0.0.1:1', checks: [{get: /, expect: {json: {a: 1}}}]", "'a' is not a place in a JSON document"),
    ("smoke", "base: 'http://127.0.0.1:1', checks: []", "nothing to check"),
]
NO_PLACE = {"no report is named", "nothing to check"}  # what isn't there stands nowhere
# What is wrong beside the section, and so for each tool: the key, the file's text, the message.
BESIDE = [
    ("max_waiver_days: 0", "that is 1 or more"),
    ("waivers: [{id: W, rule: nothing, owner: a, reason: b, expires: 2026-01-01}]", "does not name its tool"),
    ("waivers: [{id: W, rule: gate/x, owner: a, reason: b, expires: 9999-99-99}]", "is not a day"),
    ("waivers: [{id: W, rule: gate/x, owner: '', reason: b, expires: 2026-01-01}]", "owner is empty"),
]


def first_line(text):
    return next((line for line in text.splitlines() if line.strip()), "")


def run(folder, *command):
    env = {k: v for k, v in os.environ.items() if k.endswith("SAN_OPTIONS")}
    env |= {"PATH": f"{BIN}:/usr/bin:/bin", "HOME": str(folder), "LANG": "C.UTF-8"}
    return subprocess.run(command, cwd=folder, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)


def problems(tool, section, holds, beside=""):
    """What is not as it should be, of one case."""
    with tempfile.TemporaryDirectory(prefix="fairlead wrong ") as scratch:
        folder = pathlib.Path(scratch)
        (folder / "fairlead.yml").write_text(
            f"version: 1\napp: shop\nrun: [{{name: first, exec: [touch, mark]}}, {tool}]\n{beside}\n"
            f"environments:\n  staging:\n    url: http://127.0.0.1:1\n    {tool}: {{{section}}}\n")
        program, staging = BIN / f"fairlead-{tool}", ("--env", "staging")
        by_tool = run(folder, program, *staging)
        told = first_line(by_tool.stderr)
        if by_tool.returncode != 2 or holds not in by_tool.stderr:
            yield f"the tool: status {by_tool.returncode}, '{told or first_line(by_tool.stdout)}'"
        if holds not in NO_PLACE and not re.match(r"fairlead\.yml:\d+:\d+: ", told):
            yield f"no place: '{told}'"
        for name, command in (("--explain-config", (program, *staging, "--explain-config")),
                              ("doctor", (BIN / "fairlead", "doctor", *staging)), ("run", (BIN / "fairlead", "run", *staging))):
            done = run(folder, *command)
            if done.returncode != 2 or told not in done.stdout + done.stderr:
                yield f"{name}: status {done.returncode}, '{first_line(done.stderr) or first_line(done.stdout)}', not '{told}'"
        if (folder / "mark").exists():
            yield "run: the first step acted before it was told"


def judge(case):
    return case, list(problems(*case))


RIGHT = {"deploy": TARGET, "tag": "strict: false", "scan": "only: [jwt]", "gate": REPORT, "smoke": CHECK, "preflight": "secret_min: 64",
         "migrate": "postgres: 16", "backup": "stores: ['file:store']"}
cases = CASES + [(tool, RIGHT[tool], holds, beside) for tool in RIGHT for beside, holds in BESIDE]
failed = 0
with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
    for (tool, section, holds, *beside), found in pool.map(judge, cases):
        failed += bool(found)
        for problem in found:
            print(f"{tool}: {{{section}}} {''.join(beside)}\n    {problem}")
print(f"{len(cases)} wrong sections ({len(CASES)} by themselves): said alike by the tool, --explain-config, doctor and run")
counted.close(len(cases) - failed, failed)
