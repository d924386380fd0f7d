#!/usr/bin/python3
# needs: root; takes: 100 s
"""deploy_records.py BIN: each file of the state folder x {emptied, cut, altered, removed, of another app, of the future} x each
command: what is wrong is told with its file before anything is touched, and no file, release or record goes.

Those of a ledger with a target whose commands do nothing (no process has to be started for a cell), those of releases with one
that runs: a small application on its socket, and a web server in the router's place that says yes to everything.
"""
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402
import socket_site  # noqa: E402
import until  # noqa: E402

BIN = pathlib.Path(sys.argv[1]).resolve()
WORK = pathlib.Path(tempfile.mkdtemp(prefix="fr ", dir=os.environ.get("TMPDIR", "/tmp")))
DAMAGES = ("emptied", "cut", "altered", "removed", "of another app", "of the future")
# One value of each is another one: still JSON, still of the right form.
ALTERED = [(rb'"current": "3.0', rb'"current": "2.0'), (rb'"runs": "a"', rb'"runs": "b"'), (rb'"release":"1.0', rb'"release":"0.1'),
           (rb'"old_release":"2.0', rb'"old_release":"1.0'), (rb'"commit":""', rb'"commit":"abc"'), (rb'"app.py"', rb'"app.pz"'),
           (rb'"a setting"', rb'"a sitting"')]
LOOKS = {"status": [], "status --check": [], "plan": ["--release-version", "4.0"], "history": [], "rollback --dry-run": [],
         "down --dry-run": []}
ACTS = {"apply": ["--release-version", "4.0"], "rollback": [], "down": [], "lock": ["--reason", "a look"], "status --rebuild": []}
ROUTER = socket_site.router()
STRANGER = 65533  # a user that this host has no name for
cells = 0


class Site:
    """One application with three releases: 3.0 serves, 2.0 was before it."""

    def __init__(self, name, target, app="probe", retain=100):
        self.retain = retain
        self.user = None
        self.home = WORK / name
        self.app = app
        (self.home / "app").mkdir(parents=True)
        (self.home / "app/app.py").write_text("import helper\n" + socket_site.application())
        (self.home / "app/helper.py").write_text("WHAT = 'a module, whose byte code python writes beside it'\n")
        (self.home / "app/NAME").write_text(app)
        self.target = target
        self.configure()
        self.folder = self.home / f"kept/{app}/staging"

    def configure(self):
        (self.home / "fairlead.yml").write_text(
            f"version: 1\napp: {self.app}\ndeploy: {{bake: 0s, health: {{interval: 20ms, healthy_after: 1}}, verify: {{requests: 1}}}}\n"
            f"environments:\n  staging:\n    url: http://127.0.0.1:{ROUTER}\n"
            f"    env: {{file: settings.env}}\n    deploy:\n      release: {{path: app}}\n      retain: {{releases: {self.retain}}}\n      target: {{{self.target}}}\n")
        (self.home / "settings.env").write_text("MINE=a setting\n")

    def run(self, *words, fault=None):
        env = {k: v for k, v in os.environ.items() if k.endswith("SAN_OPTIONS")}
        env |= {"PATH": "/usr/bin:/bin", "HOME": str(self.home), "LANG": "C.UTF-8"}
        if fault:
            env["FAIRLEAD_FAULT"] = fault
        return subprocess.run([BIN / "fairlead-deploy", *words, "--env", "staging"], cwd=self.home, env=env, stdin=subprocess.DEVNULL,
                              user=self.user, group=self.user, extra_groups=None if self.user is None else [], capture_output=True, text=True,
                              timeout=60)

    def fill(self):
        for version in ("1.0", "2.0", "3.0"):
            (self.home / "app/VERSION").write_text(version)
            done = self.run("apply", "--release-version", version)
            assert done.returncode == 0, done.stdout + done.stderr
        (self.home / "app/VERSION").write_text("4.0")

    def files(self):
        """What may not go: records (whatever is in them), and releases."""
        kept = {str(path.relative_to(self.home)) for path in self.folder.rglob("*")
                if path.is_file() and path.name not in ("lock", "reserve", "hold") and not path.name.startswith(".")}
        releases = self.home / "srv/releases"
        return kept | {f"releases/{path.name}" for path in releases.glob("*")} if releases.exists() else kept


def files_of(site):
    state = json.loads((site.folder / "state.json").read_text())
    last = max(path.name for path in (site.folder / "deployments").iterdir())
    found = {"state.json": "state.json", "history.jsonl": "history.jsonl", "journal": f"deployments/{last}/journal.jsonl",
             "release": f"releases/{state['previous']}.json"}
    if (site.folder / "exec.json").exists():
        found["exec.json"] = "exec.json"
    for kind, end in (("sealed", ""), ("carried", ".json")):
        if (site.folder / kind / (state["previous"] + end)).exists():
            found[kind] = f"{kind}/{state['previous']}{end}"
    return found


def damaged(text, how, foreign):
    """What the file holds then; None: it is gone."""
    if how == "removed":
        return None
    if how == "emptied":
        return b""
    if how == "cut":
        return text[:len(text) // 2]
    if how == "of another app":
        return foreign
    if how == "of the future":
        assert b'"schema"' in text, text
        return re.sub(rb'"schema": ?1', b'"schema": 2', text, count=1)
    changes = [change for change in ALTERED if re.search(change[0], text)]
    assert changes, text
    return re.sub(changes[0][0], changes[0][1], text, count=1)


def check(cell, holds, seen=""):
    counted.note(cell, "" if holds else seen or "no")


def look_at(site, name, path, how, command, words, may_refuse, kept_acts=True):
    """One cell."""
    global cells
    cells += 1
    before = site.files()
    was = {f for f in before if f != str(path.relative_to(site.home))}
    done = site.run(*command.split(), *words)
    said = done.stdout + done.stderr
    cell = f"{site.home.name}: {name} {how}: {command}"
    check(cell, str(path) in said or (path.name == "history.jsonl" and "history.jsonl" in said), f"status {done.returncode}, says nothing of it:\n{said}")
    after = site.files()
    gone = {f for f in was if f not in after and (kept_acts or "/deployments/" not in f)}
    check(cell + ": nothing is deleted", not gone, sorted(gone))
    wanted = {0, 1, 3} if may_refuse else {1} if command == "status --check" else {0} if command != "history" else {0, 1}
    check(cell + ": status", done.returncode in wanted, f"{done.returncode}: {said}")


def table(site, foreign, acts):
    names = files_of(site)
    for name, file in sorted(names.items()):
        path = site.folder / file
        text = path.read_bytes()
        other = foreign.folder / files_of(foreign)[name]
        for how in DAMAGES:
            if how == "of the future" and b'"schema"' not in text:
                continue  # a list of files has none
            with_text = damaged(text, how, other.read_bytes())
            for command, words in (LOOKS | acts).items():
                acting = command in acts
                if acting:
                    shutil.rmtree(WORK / "base", ignore_errors=True)
                    shutil.copytree(site.home, WORK / "base", symlinks=True)
                path.unlink(missing_ok=True)
                if with_text is not None:
                    path.write_bytes(with_text)
                # Of a later version what every act goes by is left alone, and so is everything.
                look_at(site, name, path, how, command, words, how == "of the future" or command in ("rollback", "rollback --dry-run"))
                if acting:
                    shutil.rmtree(site.home)
                    shutil.copytree(WORK / "base", site.home, symlinks=True)
                else:
                    path.write_bytes(text)


def live(site, foreign):
    """Deployments and rollbacks over a damaged record of the release to go back to, one after another."""
    number = 4
    for kind in ("release", "sealed", "carried"):
        for how in DAMAGES:
            for command in ("apply", "rollback"):
                number += 1
                (site.home / "app/VERSION").write_text(f"{number}.0")
                path = site.folder / files_of(site)[kind]
                text, other = path.read_bytes(), (foreign.folder / files_of(foreign)[kind]).read_bytes()
                if how == "of the future" and b'"schema"' not in text:
                    continue
                path.unlink()
                if (damage := damaged(text, how, other)) is not None:
                    path.write_bytes(damage)
                words = ["--release-version", f"{number}.0"] if command == "apply" else []
                look_at(site, kind, path, how, command, words, True, kept_acts=False)  # the newest twenty stay
                path.parent.mkdir(exist_ok=True)
                path.write_bytes(text)
                done = site.run("apply", "--release-version", f"{number}.1")
                check(f"live: {kind} {how}: {command}: the next deployment", done.returncode == 0, done.stdout + done.stderr)


def pruned(target):
    """A deployment over a damaged history takes no release away: neither the next one nor, once somebody took the history as it is, the
    one after that."""
    for how in ("emptied", "cut", "removed"):
        site = Site(f"pruned{how}", target, retain=3)
        site.fill()
        path = site.folder / "history.jsonl"
        text = damaged(path.read_bytes(), how, b"")
        path.unlink()
        if text is not None:
            path.write_bytes(text)
        names = {path.name.split("-")[0] for path in (site.home / "srv/releases").iterdir()}
        first = site.run("apply", "--release-version", "4.0")
        check(f"pruned: history {how}: the deployment says that no release is deleted", first.returncode == 0 and "no release is deleted" in first.stderr,
              first.stdout + first.stderr)
        broken = site.run("status", "--check")
        signed = site.run("history", "--sign-off", "the disk failed")
        (site.home / "app/VERSION").write_text("5.0")
        second = site.run("apply", "--release-version", "5.0")
        left = {path.name.split("-")[0] for path in (site.home / "srv/releases").iterdir()}
        check(f"pruned: history {how}: all releases stay", names == {"1.0", "2.0", "3.0"} and names <= left and broken.returncode == 1
              and signed.returncode == 0, (names, left, broken.stdout, signed.stdout))
        back = site.run("rollback", "2.0")
        check(f"pruned: history {how}: each can serve again", second.returncode == 0 and back.returncode == 0, second.stderr + back.stdout + back.stderr)
        site.run("down", "--confirm", "staging")


def supervisors(site):
    """Those that run below this site: pid, of each."""
    found = []
    for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().split(b"\0")
        except OSError:
            continue
        own = f"{site.home}/".encode() in b" ".join(words) and (path.parent / "fd/3").exists()  # not the reader of its log
        if b"supervise" in words and own:
            found.append(int(path.parent.name))
    return found


def slot_of(site):
    return site.home / "srv/slots" / json.loads((site.folder / "state.json").read_text())["slot"]


def at_boot(site):
    """After a reboot root starts what was sealed, from folders that nobody else could have put there."""
    applications = [json.loads(file.read_text())["process"] for file in site.home.glob("srv/slots/*/process.json")]
    for pid in supervisors(site):
        os.kill(pid, signal.SIGKILL)
    until.wait_until("the supervisors are gone", lambda: not supervisors(site))
    for pid in applications:
        os.kill(pid, signal.SIGKILL)

    def boot():
        return subprocess.run([BIN / "fairlead-deploy", "supervise", site.home / "srv"], capture_output=True, text=True, timeout=60)
    file = (slot_of(site) / "release").resolve() / "app.py"
    text, mode = file.read_bytes(), file.stat().st_mode
    file.chmod(0o644)
    file.write_bytes(text + b"# evil\n")
    done = boot()
    check("boot: a release that was changed is not started", done.returncode == 1 and "it has changed since it was sealed: 'app.py' was changed" in done.stderr
          and not supervisors(site), done.stderr)
    file.write_bytes(text)
    file.chmod(mode)
    moved, slot_moved = site.home / "srv/slots-elsewhere", slot_of(site).with_name("moved")
    for folder, other in ((site.home / "srv/slots", moved), (slot_of(site), slot_moved)):
        folder.rename(other)
        folder.symlink_to(other)
        done = boot()
        check(f"boot: {folder.name} is a link", done.returncode == 2 and "is a link" in done.stderr and not supervisors(site), done.stderr)
        folder.unlink()
        other.rename(folder)
    for folder in (site.home, site.home / "srv", site.home / "srv/slots", slot_of(site)):
        folder.chmod(folder.stat().st_mode | 0o002)
        done = boot()
        check(f"boot: all may write to {folder.name}", done.returncode == 2 and "can be written by everybody" in done.stderr and not supervisors(site),
              done.stderr)
        folder.chmod(folder.stat().st_mode & ~0o002)
        if os.geteuid() == 0:
            os.chown(folder, 65534, -1)
            done, slot = boot(), subprocess.run([BIN / "fairlead-deploy", "supervise", slot_of(site)], capture_output=True, text=True, timeout=60)
            for one in (done, slot):
                check(f"boot: {folder.name} is somebody else's", one.returncode == 2 and "belongs to 'nobody'" in one.stderr and not supervisors(site),
                      one.stderr)
            os.chown(folder, 0, -1)
    done = boot()
    until.wait_until("it runs again", lambda: supervisors(site))
    check("boot: as it was it starts", done.returncode == 0, done.stderr)
    second = subprocess.run([BIN / "fairlead-deploy", "supervise", slot_of(site)], capture_output=True, text=True, timeout=60)
    check("a second supervisor of a slot is refused", second.returncode == 2 and f"run `fairlead-deploy supervise {site.home / 'srv'}`" in second.stderr, second.stderr)


def changed_bytes(site):
    """Any byte of what a slot is started by, and of whose root it is: told, keeps nobody away, and written again by the next apply."""
    config = site.home / "settings.env"
    config.write_text("MINE=a setting\nDB_PASSWORD=hunter2-Zq81xLm\n")
    config.chmod(0o600)
    done = site.run("apply", "--release-version", "slots")
    check("bytes: deployed", done.returncode == 0, done.stdout + done.stderr)
    changes = {"boot": [(b"C.UTF-8", b"C.UTF-9"), (b"check ", b"chack "), (b"PATH=", b"QATH=")],
               "env": [(b'VERSION="slots"', b'VERSION="slotz"'), (b'APP="probe"', b'APP="prope"'), (b'"staging"', b'"stagins"'), (b'SLOT="', b'SLOP="'),
                       (b"a setting", b"a sitting"), (b"hunter2", b"hunter3"), (b"RELEASE=", b"RELEASF="), (b'COMMIT="', b'COMMIT="a')],
               "launch.json": [(b"30000", b"10000"), (b'"DB_PASSWORD"', b'"DB_PASSVORD"'), (b"SIGTERM", b"SIGTERN"), (b'"schema"', b'"schemb"')],
               "owner": [(b"probe/staging", b"prope/staging"), (b"kept/probe", b"kept/prope")]}
    for name, some in changes.items():
        for old, new in some:
            path = site.home / "srv/owner" if name == "owner" else slot_of(site) / name
            text = path.read_bytes()
            assert old in text, (old, text)
            path.write_bytes(text.replace(old, new, 1))
            seen, dry = site.run("status", "--check"), site.run("rollback", "--dry-run")
            check(f"bytes: {name}: {new} instead of {old}: status --check names it", seen.returncode == 1 and f"{path}:1: " in seen.stdout, seen.stdout + seen.stderr)
            check(f"bytes: {name}: {new} instead of {old}: keeps no rollback away", dry.returncode == 0, dry.stdout + dry.stderr)
            path.write_bytes(text)
    (site.home / "srv/owner").write_bytes((site.home / "srv/owner").read_bytes().replace(b"probe/", b"prope/", 1))
    done, seen = site.run("apply", "--release-version", "slots"), site.run("status", "--check")
    check("bytes: owner: the next apply writes it again", done.returncode == 0 == seen.returncode, done.stderr + seen.stdout)
    boot = slot_of(site) / "boot"
    text = boot.read_bytes()
    boot.write_bytes(text.split(b"\n", 1)[1])
    seen = site.run("status", "--check")
    check("bytes: boot as an earlier version wrote it is whole", seen.returncode == 0, seen.stdout)
    boot.write_bytes(text)


def beside_the_seal(target):
    """What a release finds beside its sealed files: what somebody added, a shared file that is gone."""
    site = Site("beside", target + ", shared: [conf.ini, data/]")
    shared = site.home / "srv/shared"
    shared.mkdir(parents=True)
    (shared / "conf.ini").write_text("x")
    site.fill()
    well = site.run("status", "--check")
    check("beside: as it was deployed there is a way back", well.returncode == 0, well.stdout + well.stderr)
    release = next((site.home / "srv/releases").glob("2.0-*"))

    def told(what, words):
        seen, dry = site.run("status", "--check"), site.run("rollback", "--dry-run")
        check(f"beside: {what}: status --check and the rehearsal say so", seen.returncode == 1 and "deploy/no-way-back" in seen.stdout and words in seen.stdout
              and dry.returncode == 0 and words in dry.stdout, seen.stdout + seen.stderr + dry.stdout + dry.stderr)
    for name in ("json.py", ".env", "socket.pyc"):
        (release / name).write_text("x = 1\n")
        told(f"{name} was added", f"'{name}' was added")
        (release / name).unlink()
    (shared / "conf.ini").unlink()
    told("a shared file is gone", "conf.ini' of release 2.0")
    (shared / "conf.ini").write_text("x")
    (shared / "data").rename(shared / "elsewhere")
    (shared / "data").write_text("x")
    told("a shared folder became a file", "'data/' of target.shared is a file")
    (shared / "data").unlink()
    (shared / "elsewhere").rename(shared / "data")
    (release / "extra.py").write_text("x = 1\n")
    back = site.run("rollback")
    check("beside: a rollback goes on, and says what was added", back.returncode == 0 and "'extra.py' was added" in back.stderr, back.stdout + back.stderr)
    site.run("apply", "--release-version", "5.0", "--retry-bad")
    (site.home / "app/VERSION").write_text("2.0")
    again = site.run("apply", "--release-version", "2.0", "--retry-bad")
    check("beside: deployed again it is made without that", again.returncode == 0 and not (release / "extra.py").exists(), again.stdout + again.stderr)
    site.run("down", "--confirm", "staging")


def history_and_state(target):
    """The history and the state that names its end: both or neither, by each command that looks; a lost one begins anew."""
    site = Site("history", target)
    site.fill()
    state, history = site.folder / "state.json", site.folder / "history.jsonl"
    texts = {path: path.read_bytes() for path in (state, history)}
    for path, text in ((state, b"{}"), (state, b'{"schema": 1}'), (history, texts[history] + b"{}\n"), (history, texts[history] + b"\n")):
        path.write_bytes(text)
        seen, told = site.run("status", "--check"), site.run("history")
        check(f"history: {path.name} {text[-12:]}: status --check and history say no", seen.returncode == 1 == told.returncode and str(path) in seen.stdout
              and str(path) in told.stdout, seen.stdout + told.stdout)
        path.write_bytes(texts[path])
    shutil.rmtree(site.folder)
    seen, told = site.run("status", "--check"), site.run("history")
    check("history: lost: both say no, with one way out", seen.returncode == 1 == told.returncode and "--rebuild" in told.stdout + told.stderr, seen.stdout + told.stderr)
    for turn in range(2):
        done, seen, told = site.run("status", "--rebuild"), site.run("status", "--check"), site.run("history")
        check(f"history: begun anew, {turn}", done.returncode == 0 == told.returncode and told.stdout.count("rebuild") == 1 and "no record, yet" not in
              seen.stdout, done.stderr + seen.stdout + told.stdout + told.stderr)
    history.unlink()
    state.write_text(re.sub(r'"(history_last|history_sha256|deployment)": "[^"]*"', r'"\1": ""', re.sub(r',\s*"check": "[^"]*"', "", state.read_text())))
    seen, told = site.run("status", "--check"), site.run("history")
    check("history: a state that names none: both say no", seen.returncode == 1 == told.returncode and "no records, but" in seen.stdout, seen.stdout + told.stdout)
    site.run("down", "--confirm", "staging")


def slots(site, foreign):
    """The files of the slot that serves: told before and at the next reboot, written again by the next apply; a lock that is lost
    leaves no supervisor that no command ends."""
    (site.home / "app/VERSION").write_text("slots")
    done = site.run("apply", "--release-version", "slots")
    check("slots: deployed", done.returncode == 0, done.stdout + done.stderr)
    for name in ("boot", "launch.json", "env", "owner"):
        for how in ("removed", "emptied", "of another app"):
            path = site.home / "srv/owner" if name == "owner" else slot_of(site) / name
            other = foreign.home / "srv/owner" if name == "owner" else slot_of(foreign) / name
            if name == "boot" and how == "of another app":
                continue  # the same variables
            path.unlink(missing_ok=True)
            if how != "removed":
                path.write_bytes(other.read_bytes() if how == "of another app" else b"")
            if name == "owner" and how == "of another app":
                refused = site.run("apply", "--release-version", "slots")
                check("slots: the owner is another app: refused", refused.returncode == 2, refused.stderr)
                path.unlink(missing_ok=True)
            seen = site.run("status", "--check")
            said = seen.stdout + seen.stderr
            check(f"slots: {name} {how}: status --check names it", seen.returncode == 1 and str(path) in said, said)
            if name == "owner" and how == "emptied":
                bare = site.run("rollback", "--root", str(site.home / "srv"), "--dry-run")
                check("slots: owner emptied: --root says that it is damaged", "is damaged" in bare.stderr, bare.stderr)
            if name == "boot" and how == "removed":
                boot = subprocess.run([BIN / "fairlead-deploy", "supervise", site.home / "srv"], capture_output=True, text=True, timeout=60)
                check("slots: boot removed: who starts all after a reboot says so", boot.returncode == 3 and "'boot'" in boot.stderr, boot.stderr)
            done = site.run("apply", "--release-version", "slots")
            again = site.run("status", "--check")
            check(f"slots: {name} {how}: the next apply writes it again", done.returncode == 0 and again.returncode == 0,
                  done.stdout + done.stderr + again.stdout + again.stderr)
    changed_bytes(site)
    for how in ("removed", "copied", "the folder"):
        path = slot_of(site) / "lock"
        if how == "copied":
            path.with_name("copy").write_bytes(path.read_bytes())
            path.with_name("copy").rename(path)
        elif how == "removed":
            path.unlink()
        else:
            shutil.rmtree(path.parent)
        seen = site.run("status")
        check(f"slots: lock {how}: nobody says that a supervisor was killed", "was killed" not in seen.stdout + seen.stderr, seen.stdout)
        for version in (f"{how[:3]}1", f"{how[:3]}2"):
            (site.home / "app/VERSION").write_text(version)
            done = site.run("apply", "--release-version", version)
            check(f"slots: lock {how}: {version} is deployed, and one supervisor runs", done.returncode == 0 and len(supervisors(site)) == 1,
                  (supervisors(site), done.stdout + done.stderr))
    at_boot(site)
    never = site.run("rollback", "99")
    check("what was never deployed can't be rolled back to", never.returncode == 2 and "'99' was never deployed" in never.stderr, never.stderr)
    where = site.run("logs", "c")
    check("a slot that is none", "expected a or b" in where.stderr, where.stderr)
    slot_of(site).joinpath("lock").unlink(missing_ok=True)
    done = site.run("down", "--confirm", "staging")
    check("slots: lock removed: down ends what runs", done.returncode == 0 and not supervisors(site), done.stdout + done.stderr)
    nothing = site.run("rollback")
    check("after down the releases that are here are named", nothing.returncode == 1 and "here are " in nothing.stderr, nothing.stderr)


def marks_and_variables(site):
    """A damaged bad mark stays one, beside what was there; what one release carries is nobody else's."""
    (site.folder / "bad").mkdir(exist_ok=True)
    digest = json.loads((site.folder / files_of(site)["release"]).read_text())["digest"]
    mark = site.folder / "bad" / f"{digest}.json"
    mark.write_bytes(b"")
    told = site.run("status", "--check")
    done = site.run("status", "--rebuild")
    seen = site.run("status", "--check")
    check("a damaged bad mark is set aside and stays one", told.returncode == 1 and seen.returncode == 0 and mark.exists() and "damaged" in
          mark.read_text() and list(mark.parent.glob("*.damaged-1")), done.stdout + done.stderr + seen.stdout + seen.stderr)
    mark.unlink()
    current = json.loads((site.folder / "state.json").read_text())["current"]
    path = site.folder / files_of(site)["carried"]
    whole = path.read_bytes()
    path.write_bytes((site.folder / "carried" / f"{current}.json").read_bytes())
    seen = site.run("status", "--check")
    said = seen.stdout + seen.stderr
    check("what another release carries is told", seen.returncode == 1 and str(path) in said and "these are the settings of release" in said, said)
    path.write_bytes(whole)


def in_bare_shell(site, command):
    (WORK / "bare").mkdir(exist_ok=True)
    env = {"PATH": f"{BIN}:/usr/bin:/bin", "HOME": str(site.home), "LANG": "C.UTF-8"}
    return subprocess.run(command, shell=True, cwd=WORK / "bare", env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)


def listed(site, text):
    """The commands for this site in the list of a bare shell."""
    return [line.split(" # ")[0].strip() for line in text.splitlines() if f"--root '{site.home}/srv'" in line]


def from_nowhere(site):
    """In a bare shell, in an empty folder: what lies here is found, and each command that is printed can be typed."""
    for words in ("fairlead-deploy status", "fairlead help emergency"):
        said = in_bare_shell(site, words)
        check(f"{words}, without a fairlead.yml", said.returncode == 0 and "probe staging: " in said.stdout and "is deployed, and before that" in
              said.stdout, said.stdout + said.stderr)
        typed = listed(site, said.stdout)
        check(f"{words}: status, a look at the rollback, the rollback, and a start of what is deployed", len(typed) == 4 and typed[-1].endswith("/srv'"), said.stdout)
        for command in typed:
            done = in_bare_shell(site, command)
            check(f"typed: {command}", done.returncode == 0, done.stdout + done.stderr)


def printed(text):
    """The commands that a message tells somebody to type."""
    return re.findall(r"fairlead-deploy (?:[a-z]+)(?: (?:--?[a-z-]+|'[^']*'|/[^ ;`,]*|staging|[0-9.]+-[0-9a-f]{12}))*", text)


def ways_back(target):
    """A rollback leads to no release that somebody left, whatever is damaged; each command that is printed can be typed."""
    site = Site("back", target.replace("state: kept", "state: .local/state/fairlead"))
    site.folder = site.home / ".local/state/fairlead/probe/staging"
    site.fill()
    root = f"--root '{site.home}/srv'"
    left = site.run("rollback", "--reason", "3.0 loses orders")
    check("left: 2.0 serves, and 1.0 is the way back that is printed", left.returncode == 0 and "take it back with" in left.stdout, left.stdout)
    done = site.run("apply", "--release-version", "4.0")
    assert done.returncode == 0, done.stdout + done.stderr
    lines = (site.folder / "history.jsonl").read_bytes().split(b"\n")
    for what, text in (("its line is damaged", lines[3][:60] + b"\x01" + lines[3][61:]), ("its line is gone", None)):
        (site.folder / "history.jsonl").write_bytes(b"\n".join(lines[:3] + ([] if text is None else [text]) + lines[4:]))
        looked = site.run("rollback", "--dry-run")
        check(f"left: {what}: a rollback would not lead to what somebody left", "release   2.0-" in looked.stdout, looked.stdout + looked.stderr)
    (site.folder / "history.jsonl").write_bytes(b"\n".join(lines))
    done = in_bare_shell(site, f"fairlead-deploy rollback {root}")
    check("by the root: 2.0 serves", done.returncode == 0 and "2.0-" in done.stdout, done.stdout + done.stderr)
    said = [command for command in printed(done.stdout) if "rollback" not in command]
    check("by the root: status and logs are printed", len(said) == 2, done.stdout)
    for command in [*said, f"fairlead-deploy history {root}"]:
        again = in_bare_shell(site, command)
        check(f"by the root: typed: {command}", again.returncode == 0, again.stdout + again.stderr)
    done = in_bare_shell(site, f"fairlead-deploy rollback {root}")
    check("by the root: 1.0 serves, and no way back from it is printed", done.returncode == 0 and "1.0-" in done.stdout and "take it back" not in done.stdout,
          done.stdout + done.stderr)
    commands = listed(site, in_bare_shell(site, "fairlead-deploy status").stdout)
    check("with no release before it, none is offered without a name", any("rollback RELEASE" in one for one in commands) and
          not any("--dry-run" in one for one in commands), commands)
    owner = site.home / "srv/owner"
    kept = owner.read_bytes()
    owner.unlink()
    for command in listed(site, in_bare_shell(site, "fairlead-deploy status").stdout):
        if "RELEASE" not in command:
            again = in_bare_shell(site, command)
            check(f"without the file owner: typed: {command}", again.returncode == 0, again.stdout + again.stderr)
    owner.write_bytes(kept)
    site.folder.rename(site.home / "gone")
    told = in_bare_shell(site, f"fairlead-deploy status {root}")
    check("records that are gone: told, with what to type where", told.returncode == 2 and "in the folder of fairlead.yml: fairlead-deploy status --env staging --rebuild"
          in told.stderr, told.stderr)
    again = site.run("status", "--rebuild")
    check("records that are gone: typed there", again.returncode == 0, again.stdout + again.stderr)
    looked = site.run("status", "--check")
    check("records that are gone: that no rollback finds its way by itself is told, with the command", looked.returncode == 1 and
          "name the release to serve: fairlead-deploy rollback RELEASE --env staging" in looked.stdout, looked.stdout + looked.stderr)
    site.run("down", "--confirm", "staging")


def interrupted(target):
    """A dry run names the release that a rollback leaves serving, wherever the deployer was killed."""
    site = Site("cut", target)
    site.fill()
    for number, place in enumerate(("start+", "verify+", "drain+", "commit+"), 4):
        (site.home / "app/VERSION").write_text(f"{number}.0")
        site.run("apply", "--release-version", f"{number}.0", fault=f"kill@{place}")
        dry = site.run("rollback", "--dry-run")
        done = site.run("rollback")
        serves = json.loads((site.folder / "state.json").read_text())["current"]
        check(f"killed at {place}: a dry run names what the rollback leaves", done.returncode == 0 and dry.stdout.startswith(f"release   {serves}\n"),
              dry.stdout + dry.stderr + done.stdout)
    site.run("down", "--confirm", "staging", "--reason", "we move")
    looked = site.run("status", "--check")
    check("what somebody took down is told as that", looked.returncode == 1 and " was taken down at " in looked.stdout and "we move" in looked.stdout, looked.stdout)


def written_beside(target):
    """A database that the application wrote into its release: told before the next release begins without it, and never pruned."""
    site = Site("written", target)
    site.retain = 1
    site.configure()
    (site.home / "app/shipped.db").write_bytes(b"SQLite format 3\0" + bytes(100))
    site.fill()
    folder = next((site.home / "srv/releases").glob("3.0-*")) / "instance"
    folder.parent.chmod(0o755)
    folder.mkdir()
    (folder / "app.db").write_bytes(b"SQLite format 3\0" + bytes(100))
    told = "the database 'instance/app.db' was written below"
    looked, planned = site.run("status", "--check"), site.run("plan", "--release-version", "4.0")
    check("written beside: status --check and plan tell it", looked.returncode == 1 and "target.shared" in looked.stdout and told in planned.stdout,
          looked.stdout + planned.stdout)
    for version in ("4.0", "5.0", "6.0"):
        (site.home / "app/VERSION").write_text(version)
        done = site.run("apply", "--release-version", version)
        check(f"written beside: {version} is deployed, and the database stays", done.returncode == 0 and (folder / "app.db").exists() and
              (told in done.stderr) == (version == "4.0"), done.stdout + done.stderr)
    release = next((site.home / "srv/releases").glob("6.0-*"))  # as root may: the database came with it
    shipped, upload = release / "shipped.db", release / "uploads/one.png"
    release.chmod(0o755)
    shipped.chmod(0o644)
    shipped.write_bytes(shipped.read_bytes() + b"a row")
    (release / "logs").mkdir()
    (release / "logs/app.log").write_text("a line\n")
    planned = site.run("plan", "--release-version", "7.0")
    check("a database that came with the release and was written to is told", "the database 'shipped.db' was written below" in planned.stdout, planned.stdout)
    upload.parent.mkdir()
    upload.write_text("a picture")
    site.run("down", "--confirm", "staging")
    again = site.run("apply", "--release-version", "6.0")
    kept = site.home / f"srv/releases/{release.name}.kept-1"
    check("the same release is made again: what was written into it is kept", again.returncode == 0 and f"is kept in '{kept}'" in again.stderr and
          (kept / "uploads/one.png").exists() and (kept / "shipped.db").read_bytes().endswith(b"a row") and not upload.exists(), again.stdout + again.stderr)
    upload.parent.parent.chmod(0o755)
    upload.parent.mkdir()
    upload.write_text("another picture")
    for version in ("7.0", "8.0", "9.0"):
        (site.home / "app/VERSION").write_text(version)
        done = site.run("apply", "--release-version", version)
    check("what somebody uploaded is pruned with no release", upload.exists() and kept.exists() and "is kept, as the application wrote 'uploads/one.png'" in done.stderr
          and not list((site.home / "srv/releases").glob("8.0-*/logs")), done.stderr)
    site.run("down", "--confirm", "staging")


def other_ways_back(target):
    """The release before is gone or damaged: what a rollback does instead is told, and which other releases there are."""
    site = Site("ways", target)
    site.fill()
    releases = site.home / "srv/releases"
    before, older = next(releases.glob("2.0-*")), next(releases.glob("1.0-*"))
    seal = site.folder / "sealed" / before.name
    kept = seal.read_bytes()
    seal.write_bytes(kept[:len(kept) // 2])
    for words in (["--dry-run"], []):
        done = site.run("rollback", *words)
        check(f"rollback {' '.join(words)}, the seal before is damaged: the others are named", done.returncode in (1, 2) and
              f"the releases here are {older.name}; name the release to serve" in done.stderr, done.stdout + done.stderr)
    looked = site.run("status", "--check")
    check("status --check names them, too", looked.returncode == 1 and older.name in looked.stdout and "nothing to roll back to" not in looked.stdout, looked.stdout)
    seal.write_bytes(kept)
    before.rename(site.home / "elsewhere")
    told = f"release {before.name} served before, but is not here any more; the rollback leads to {older.name}"
    dry, done = site.run("rollback", "--dry-run"), site.run("rollback")
    check("a release that is skipped is told", dry.returncode == 0 == done.returncode and told in dry.stdout and told in done.stderr, dry.stdout + done.stdout + done.stderr)
    link = site.home / "link"
    link.symlink_to("srv")
    seen = subprocess.run([BIN / "fairlead-deploy", "status", "--root", link], capture_output=True, text=True, timeout=60,
                          env={"PATH": "/usr/bin:/bin", "HOME": str(site.home)}, cwd="/")
    check("a root is found by a link to it", older.name in seen.stdout, seen.stdout + seen.stderr)
    if os.geteuid() == 0:
        os.chown(site.folder, 65534, -1)
        for words in (["history"], ["history", "--export", site.home / "proof.json"], ["logs"], ["status"]):
            done = site.run(*words)
            check(f"records of another user: {words[:2]}", done.returncode == 2 and "belongs to 'nobody'" in done.stderr, done.stdout + done.stderr)
        os.chown(site.folder, 0, -1)
    site.run("down", "--confirm", "staging")


def lost(target):
    """Releases whose records are gone: told, recorded again, and none goes, whatever the application wrote beside its code."""
    for what in ("the state folder", "one record"):
        site = Site(f"lost{what[:3]}", target)
        site.fill()
        site.retain = 1
        site.configure()
        releases = site.home / "srv/releases"
        before = sorted(path.name for path in releases.iterdir())
        check(f"lost: {what}: python left its byte code", list(releases.rglob("*.pyc")), before)
        if what == "one record":
            gone = [site.folder / f"releases/{before[0]}.json"]  # neither the current nor the previous: nothing else would tell it
            gone[0].unlink()
        else:
            shutil.rmtree(site.folder)
            gone = [site.folder / f"releases/{name}.json" for name in before]
        looked = site.run("status", "--check")
        said = looked.stdout + looked.stderr
        check(f"lost: {what}: status --check names each record that is gone", looked.returncode == 1 and all(str(path) in said for path in gone), said)
        for version in ("4.0",) if what == "one record" else ("4.0", "5.0", "6.0"):  # then the history names it, and `retain` counts
            (site.home / "app/VERSION").write_text(version)
            done = site.run("apply", "--release-version", version)
            left = sorted(path.name for path in releases.iterdir())
            check(f"lost: {what}: {version} is deployed, and none of those goes", done.returncode == 0 and set(before) <= set(left),
                  (before, left, done.stderr))
        back = site.run("rollback", before[0])
        check(f"lost: {what}: the oldest can serve again", back.returncode == 0, back.stdout + back.stderr)
        site.run("down", "--confirm", "staging")


def unfinished(target):
    """What a deployer that was killed had begun goes with the next deployment, though its record is lost: by its mark."""
    site = Site("unfinished", target + ", prepare: [[/bin/true]]")
    site.fill()
    died = site.run("apply", "--release-version", "4.0", fault="kill@prepare")
    begun = next((site.home / "srv/releases").glob("4.0-*"))
    (site.folder / f"releases/{begun.name}.json").unlink()
    (site.home / "app/VERSION").write_text("5.0")
    looked = site.run("status", "--check")
    done = site.run("apply", "--release-version", "5.0")
    check("unfinished: a release that was never whole is not recorded as one, and goes", died.returncode == -9 and done.returncode == 0
          and begun.name not in looked.stdout and not begun.exists(), (died.returncode, done.stderr, looked.stdout))
    site.run("down", "--confirm", "staging")


def another_users(target):
    """As root, each command that is printed for another user's target can be typed. And what is deployed isn't called nothing where the
    state can't be read."""
    if os.geteuid() != 0:
        counted.skip("root", "another user's target takes root")
        return
    os.chmod(WORK, 0o755)
    home = WORK / "home"
    site = Site("home", target)
    site.folder = home / ".local/state/fairlead/probe/staging"
    for path in [home, *home.rglob("*")]:
        os.chown(path, STRANGER, STRANGER)
    site.user = STRANGER
    (home / "fairlead.yml").write_text((home / "fairlead.yml").read_text().replace("state: kept, ", ""))
    for version in ("1.0", "2.0"):
        (home / "app/VERSION").write_text(version)
        done = site.run("apply", "--release-version", version)
        check(f"another user: {version} is deployed", done.returncode == 0, done.stdout + done.stderr)
    env = {"PATH": f"{BIN}:/usr/sbin:/usr/bin:/bin", "HOME": str(home), "LANG": "C.UTF-8"}
    typed = lambda words: subprocess.run(words, shell=True, cwd="/", env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                         timeout=60)
    said = typed("fairlead-deploy status")
    commands = [line.split(" # ")[0].strip() for line in said.stdout.splitlines() if f"--root '{home}/srv'" in line]
    check("another user: four commands are printed", len(commands) == 4 and all(c.startswith("setpriv ") for c in commands), said.stdout)
    for command in commands:
        done = typed(command)
        check(f"another user: typed by root: {command}", done.returncode == 0, done.stdout + done.stderr)
    (site.folder / "state.json").write_text("")
    said = typed("fairlead-deploy status")
    line = next((line for line in said.stdout.splitlines() if str(site.folder) in line), "")  # somebody else's targets may lie here, too
    check("a state that is empty: the deployed release isn't known, rather than nothing", "the deployed release isn't known" in line, said.stdout)
    site.run("down", "--confirm", "staging")


def behind_the_lock(site):
    """What was read before the lock is read again behind it."""
    import fcntl  # noqa: PLC0415
    hold, texts = site.folder / "hold", []
    for reason in ("another one", "the first hold"):
        site.run("unlock")
        site.run("lock", "--reason", reason)
        texts.append(hold.read_text())
    with (site.folder / "lock").open("r+") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        waits = subprocess.Popen([BIN / "fairlead-deploy", "unlock", "--env", "staging", "--wait-lock", "30s"], cwd=site.home, text=True,
                                 env={"PATH": "/usr/bin:/bin", "HOME": str(site.home)}, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        asked = next((line for line in waits.stderr if "waiting" in line), "")
        hold.write_text(texts[0])
    out, err = waits.communicate(timeout=60)
    check("unlock: another hold than the one that was read stays", waits.returncode == 1 and hold.exists() and "another one" in out + err and asked,
          (waits.returncode, out, err))
    site.run("unlock")
    check("unlock: one that is as it was read goes", not hold.exists())


def deployed_between(target):
    """`rollback 2.0` asks nobody while 2.0 is the release before; it does where another deployment came before the lock was had."""
    site = Site("between", target)
    config = site.home / "fairlead.yml"
    config.write_text(config.read_text().replace("  staging:\n", "  staging:\n    profile: production\n"))
    site.fill()
    env = {"PATH": "/usr/bin:/bin", "HOME": str(site.home)}
    other = subprocess.Popen([BIN / "fairlead-deploy", "apply", "--env", "staging", "--release-version", "4.0"], cwd=site.home,
                             env={**env, "FAIRLEAD_FAULT": "stop@bake"}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until.wait_stopped(other)
    waits = subprocess.Popen([BIN / "fairlead-deploy", "rollback", "2.0", "--env", "staging", "--wait-lock", "30s"], cwd=site.home, env=env,
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    asked = next((line for line in waits.stderr if "waiting" in line), "")
    os.kill(other.pid, signal.SIGCONT)
    _, err = waits.communicate(timeout=60)
    current = json.loads((site.folder / "state.json").read_text())["current"]
    check("rollback 2.0: once 4.0 was deployed meanwhile it wants --confirm", asked and other.wait(60) == 0 and waits.returncode == 2
          and "--confirm staging" in err and current.startswith("4.0-"), (waits.returncode, err, current))
    site.run("down", "--confirm", "staging")


def gone_before(target):
    """The release before is gone, and an older one is here: a rollback would lead further back. One that was rolled back from is missed by nobody."""
    for name, words, gone, told in (("further", None, "2.0", True), ("back", ["rollback"], "3.0", False)):
        site = Site(f"gone{name}", target)
        site.fill()
        if words:
            site.run(*words)
        record = next((site.folder / "releases").glob("2.0-*"))
        whole = record.read_bytes()
        for how in ("cut", "removed") if told else ():  # whoever acts writes it again
            record.write_bytes(whole[:len(whole) // 2]) if how == "cut" else record.unlink()
            dry = site.run("rollback", "--dry-run")
            check(f"the record of 2.0 is {how}: a dry run names the release that a rollback would take", dry.stdout.startswith(f"release   {record.stem}\n"), dry.stdout + dry.stderr)
            record.write_bytes(whole)
        shutil.rmtree(next((site.home / "srv/releases").glob(f"{gone}-*")))
        looked = site.run("status", "--check")
        check(f"the release {gone} is gone: a rollback that leads further back is told, {told}",
              told == (looked.returncode == 1 and "a rollback would skip a release and lead to 1.0-" in looked.stdout + looked.stderr), looked.stdout + looked.stderr)
        site.run("down", "--confirm", "staging")


def main():
    quiet = "kind: exec, deploy: ['true'], rollback: ['true'], down: ['true'], state: kept"
    sites = [Site("one", quiet), Site("other", quiet, "elsewhere")]
    runs = "kind: direct, root: srv, state: kept, supervise: own, command: [/usr/bin/python3, app.py, '{socket}']"
    sites += [Site("live", runs), Site("liveother", runs, "elsewhere")]
    for site in sites:
        site.fill()
        looked = site.run("status", "--check")
        check(f"{site.home.name}: whole records are not called damaged", looked.returncode == 0 and "[deploy/" not in looked.stdout,
              looked.stdout + looked.stderr)
    gone_before(runs)
    beside_the_seal(runs)
    history_and_state(runs)
    lost(runs)
    ways_back(runs)
    interrupted(runs)
    written_beside(runs)
    other_ways_back(runs)
    unfinished(runs)
    another_users(runs)
    behind_the_lock(Site("lock", quiet))
    deployed_between(runs)
    table(sites[0], sites[1], ACTS)
    table(sites[2], sites[3], {})
    live(sites[2], sites[3])
    from_nowhere(sites[2])
    pruned(runs)
    marks_and_variables(sites[2])
    slots(sites[2], sites[3])
    for site in sites[2:]:
        site.run("down", "--confirm", "staging")


try:
    main()
finally:
    shutil.rmtree(WORK, ignore_errors=True)
print(f"{cells} cells of file, damage and command")
counted.close()
