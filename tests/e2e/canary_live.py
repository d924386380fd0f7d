#!/usr/bin/python3
"""canary_live.py BIN [--table N] [--only NAME] [--keep FOLDER] [nginx|haproxy|caddy]: strategy canary with users that ask all the time, by nginx's log (lanes), by HAProxy's
counters, and, where it is named, behind Caddy by the deployer's own questions.
Candidates that fail and that are slow are taken back, good ones come through, a quiet service is asked by us. --table: each N times,
as a table, and those beside a machine that is busy at times; --keep: nginx's log and the record of each."""
import contextlib
import json
import os
import pathlib
import random
import shutil
import statistics
import subprocess
import sys
import threading
import time

from rig import Load, Rig, answers, checks, program

GOOD = {"slow": 1}
CASES = [  # name, behaviour, verdicts that are right
    ("no difference", GOOD, {"deployed"}),
    ("fails 0.5 %", {**GOOD, "fails": 0.005}, {"deployed", "rolled_back"}),  # less than the promised harm
    ("fails 5 %", {**GOOD, "fails": 0.05}, {"rolled_back"}),
    ("fails 50 %", {**GOOD, "fails": 0.5}, {"rolled_back"}),
    ("10 % slower", {"slow": 1.1}, {"deployed", "rolled_back"}),  # less than the promised harm: often undecided, and back at the deadline
    ("100 % slower", {"slow": 2}, {"rolled_back"}),
    ("no difference, at times busy", GOOD, {"deployed"}),
    ("100 % slower, at times busy", {"slow": 2}, {"rolled_back"}),
]


@contextlib.contextmanager
def busy():
    """For seconds at a time all processors have other work, too."""
    over = threading.Event()

    def work():
        while not over.wait(random.uniform(1, 8)):
            spinning = [subprocess.Popen(["sh", "-c", "while :; do :; done"]) for _ in range(2 * os.cpu_count())]
            over.wait(random.uniform(1, 8))
            for one in spinning:
                one.kill()
                one.wait()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


class CanaryRig(Rig):
    name, source, router = "nginx", "log", '{{kind: nginx, lanes: 20, log: "{work}/nginx/probe-fairlead.log"}}'

    def configure(self, hold="2s", canary_deadline="30s", more="", section="", **options):
        canary = f"steps: [5, 25, 50, 100], min_hold: {hold}, step_deadline: {canary_deadline}{more}"
        super().configure(strategy=f"{{canary: {{{canary}}}}}", **options)
        file = self.work / "fairlead.yml"
        file.write_text(file.read_text().replace("  drain:", f"  router: {self.router.format(work=self.work)}\n{section}  drain:", 1))

    def canary(self):
        return self.history()[-1].get("canary", {})

    def deploy(self, version, behaviour):
        self.release(version, **behaviour)
        started = time.monotonic()
        done = self.apply("--retry-bad")
        return done, time.monotonic() - started, self.history()[-1]


class HaproxyRig(CanaryRig):
    name, source, router = "haproxy", "counters", '{{kind: haproxy, socket: "{work}/s", config: "{work}/haproxy.cfg", server_state: "{work}/haproxy.state"}}'

    def start_router(self):
        site = self.work / "site.cfg"
        site.write_text(self.run("router").stdout)
        (self.work / "haproxy.cfg").write_text(
            f'global\n    stats socket "{self.work}/s" mode 600 level admin\n    maxconn 2000\n'
            "defaults\n    mode http\n    retries 0\n    timeout connect 5s\n    timeout client 60s\n    timeout server 60s\n")
        with (self.work / "haproxy.log").open("w") as log:
            self.nginx = subprocess.Popen([program("haproxy"), "-db", "-f", str(self.work / "haproxy.cfg"), "-f", str(site)],
                                          stderr=log, start_new_session=True)
        answers(self.url, self.work / "haproxy.log")


class CaddyRig(CanaryRig):
    """Its answers to users stand nowhere: the deployer asks both releases."""
    name, source, router = "caddy", "probes", '{{kind: caddy, lanes: 20, admin: "unix/{work}/caddy/admin", config: "{work}/caddy/Caddyfile"}}'

    def start_router(self):
        folder = self.work / "caddy"
        folder.mkdir()
        (folder / "site").write_text(self.run("router").stdout)
        (folder / "Caddyfile").write_text(f'{{\n    admin "unix/{folder}/admin"\n}}\nimport "{folder}/site"\n')
        env = {**os.environ, "HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
        with (folder / "log").open("w") as log:
            self.nginx = subprocess.Popen([program("caddy"), "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"],
                                          stderr=log, start_new_session=True, env=env)
        answers(self.url, folder / "log")


def met(record, source="users"):
    return record.get("canary", {}).get(source, {}).get("new", {})


def option(name, default=""):
    return sys.argv[sys.argv.index(name) + 1] if name in sys.argv else default


def keep(rig, name, number, started, record):
    """For who looks at it later."""
    folder = pathlib.Path(option("--keep"))
    folder.mkdir(parents=True, exist_ok=True)
    stem = f"{rig.name} {name} {number} {os.getpid()}".replace(" ", "_").replace("%", "")
    (folder / f"{stem}.json").write_text(json.dumps({"started": started, "ended": time.time(), "load": os.getloadavg()[0], "record": record}))
    if rig.name == "nginx":
        shutil.copy(rig.work / "nginx/probe-fairlead.log", folder / f"{stem}.log")


def with_users(rig, checks, times):
    # HAProxy's counters know no times: those of questions of ours, ten a second, take longer than a log.
    rig.configure(canary_deadline="20s" if rig.name == "nginx" else "40s", more=", probe_paths: [/, /page]", section="  deadline: 90s\n")
    rig.release("1.0.1", **GOOD)
    checks.that(rig.apply().returncode == 0, f"{rig.name}: the old release serves")
    load = Load(rig, "--fresh", "6", "--kept", "0", "--think-ms", "5")
    rows = []
    # The others take minutes: FAIRLEAD_TEST_REQUIRE=canary, or --table N.
    cases = CASES if times > 1 or checks.is_required("canary") else [one for one in CASES if one[0] in ("no difference", "fails 50 %")]
    for number, (name, behaviour, right) in enumerate(cases):
        for again in range(times if option("--only", name) == name else 0):
            started = time.time()
            with busy() if "busy" in name else contextlib.nullcontext():
                done, took, record = rig.deploy(f"2.{number}.{again}", behaviour)
            if option("--keep"):
                keep(rig, name, again, started, record)
            rows.append((rig.name, name, record, took))
            source = record.get("canary", {}).get("source")
            # On a busy machine times scatter so that good ones may stay undecided, and go back; called sick they are never.
            undecided = "no verdict" in record["reason"] and ("busy" in name or os.getloadavg()[0] > 2 * os.cpu_count())
            checks.that((record["verdict"] in right or undecided) and done.returncode in ((0,) if record["verdict"] == "deployed" else (1, 3)),
                        f"{rig.name}, {name}: {record['verdict']} after {took:.0f} s, {met(record)}", f"{record['reason']} {done.stderr[-1500:]}")
            checks.that(source == rig.source and (rig.source == "probes" or met(record).get("requests", 0) > 0),
                        f"by the {source}: {record['reason']}", record.get("canary"))
    sent = load.end()
    checks.that(set(sent["by_kind"]) <= {"status_500"}, f"of {sent['sent']} requests {sent['lost']} were lost, the candidates' own", sent)
    return rows


def quiet(rig, checks, times):
    """Nobody asks: after step_deadline we do, and as often as a verdict takes; both releases are well, so it passes; where it must not ask, it holds."""
    # Else with a harm that fewer questions show, so that the test is shorter.
    rows = []
    for again in range(times if times > 1 else 0):  # the promised harm takes more questions: minutes
        rig.configure(canary_deadline="5s", hold="1s", bake="200ms", more=", probe_paths: [/, /page]", section="  deadline: 110s\n")
        done, took, record = rig.deploy(f"3.1.{again}", GOOD)
        rows.append((rig.name, "nobody asks, step_deadline 5 s, no difference", record, took))
        checks.that(done.returncode == 0, f"a quiet release is decided though its steps are short: {record['verdict']} after {took:.0f} s", done.stderr[-1500:])
    rig.configure(canary_deadline="15s", hold="1s", bake="200ms", more=", probe_paths: [/, /page], errors: {points: 10}, latency: {ratio: 4}", section="  deadline: 110s\n")
    done, took, record = rig.deploy("3.0.0", GOOD)
    rows.append((rig.name, "nobody asks, no difference", record, took))
    asked = record.get("canary", {}).get("probes", {}).get("new", {}).get("requests", 0)
    checks.that(done.returncode == 0 and asked >= 50 and met(record).get("requests", 0) == 0,
                f"a quiet service is asked by us: {record['verdict']} after {took:.0f} s and {asked} questions", done.stderr[-1500:])
    done, took, record = rig.deploy("3.0.1", {**GOOD, "fails": 0.3})
    rows.append((rig.name, "nobody asks, fails 30 %", record, took))
    checks.that(done.returncode == 1 and record["verdict"] == "rolled_back", f"and taken back where it fails: after {took:.0f} s", done.stderr)
    rig.configure(canary_deadline="2s", hold="1s", bake="200ms", more=", on_undecided: hold", section="  deadline: 6s\n")
    done, took, record = rig.deploy("3.0.2", GOOD)
    checks.that(done.returncode == 3 and record["verdict"] == "rolled_back" and rig.served() == "3.0.0",
                f"on_undecided hold: back at the deadline, exit status 3, after {took:.0f} s", f"{done.returncode} {record['verdict']} {done.stderr[-800:]}")
    return rows


def smoke(rig, checks):
    """The checks of `smoke`, at the slot and through the router."""
    rig.configure(bake="200ms")
    file = rig.work / "fairlead.yml"
    plain = file.read_text().replace(file.read_text().split("strategy: ")[1].split("\n")[0], "blue-green").replace("requests: 5", "requests: 5, smoke: true")
    file.write_text(plain + "smoke: {checks: [{get: /page}], deadline: 5s}\n")
    done, _, record = rig.deploy("4.0.0", GOOD)
    steps = [step["name"] for step in record["steps"]]
    checks.that(done.returncode == 0 and steps.count("smoke") == 2, "smoke at the slot and through the router", f"{done.stderr} {steps}")
    done, _, record = rig.deploy("4.0.1", {**GOOD, "fails": 1})
    checks.that(done.returncode == 1 and record["verdict"] == "failed" and "smoke at the new release" in record["reason"],
                "what smoke says no to reaches no user", f"{record['reason']} {done.stderr}")


def table(rows):
    print("| router | candidate | verdicts | s, median (most) | users' requests that it had, median (most) | questions of ours, median |\n|---|---|---|---|---|---|")
    for router, name in dict.fromkeys(row[:2] for row in rows):
        those = [row[2:] for row in rows if row[:2] == (router, name)]
        verdicts = [record["verdict"] for record, _ in those]
        took = [seconds for _, seconds in those]
        users, ours = ([met(record, source).get("requests", 0) for record, _ in those] for source in ("users", "probes"))
        print(f"| {router} | {name} | {', '.join(f'{verdicts.count(one)} {one}' for one in sorted(set(verdicts)))} | "
              f"{statistics.median(took):.0f} ({max(took):.0f}) | {statistics.median(users):.0f} ({max(users)}) | {statistics.median(ours):.0f} |")


def main():
    times = int(sys.argv[sys.argv.index("--table") + 1]) if "--table" in sys.argv else 1
    rows = []
    named = [kind for kind in (CanaryRig, HaproxyRig, CaddyRig) if kind.name in sys.argv]
    for kind in named or (CanaryRig, HaproxyRig):
        rig = kind(sys.argv[1])
        try:
            rows += with_users(rig, checks, times)
            if (kind is CanaryRig or times > 1) and option("--only", "quiet") == "quiet":
                rows += quiet(rig, checks, times)
            if kind is CanaryRig and not option("--only"):
                smoke(rig, checks)
        finally:
            rig.close()
    if times > 1:
        table(rows)
    checks.close()


if __name__ == "__main__":
    main()
