#!/usr/bin/python3
# needs: nothing; takes: 7 s
"""backup_volumes.py BIN: sets of Docker's volumes, with a stand-in for the program `docker` (a real engine: tests/e2e/volumes.sh): who
uses a volume is stopped and started again, whatever happens; a database that runs is refused; names that are not there are told."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402

PROGRAM = pathlib.Path(sys.argv[1]).resolve() / "fairlead-backup"
DOCKER = """#!/usr/bin/python3
import json, pathlib, sys
here = pathlib.Path(__file__).resolve().parent
state = json.loads((here / "state.json").read_text())
words = sys.argv[1:]
with open(here / "said", "a") as said:
    said.write(" ".join(words) + "\\n")
if words[:1] in (["stop"], ["start"]) and (here / f"fails-{words[0]}").exists():
    sys.exit(f"Error response from daemon: cannot {words[0]}")
if words[:2] == ["volume", "ls"]:
    print("\\n".join(state["volumes"]))
elif words[:2] == ["volume", "inspect"]:
    print(json.dumps([state["volumes"][name] for name in words[2:]]))
elif words[:2] == ["volume", "create"]:
    folder = here / "volumes" / words[2] / "_data"
    folder.mkdir(parents=True)
    state["volumes"][words[2]] = {"Name": words[2], "Driver": "local", "Mountpoint": str(folder), "Labels": None, "Options": None}
elif words[0] == "ps":
    print("\\n".join(state["containers"]))
elif words[0] == "inspect":
    print(json.dumps([state["containers"][name] for name in words[3:]]))
elif words[0] in ("stop", "start"):
    for name in words[1:]:
        state["containers"][name]["State"]["Running"] = words[0] == "start"
else:
    sys.exit(f"docker: '{words[0]}' is not a docker command.")
(here / "state.json").write_text(json.dumps(state))
"""


class Engine:
    def __init__(self, folder):
        self.folder = folder
        folder.mkdir()
        (folder / "docker").write_text(DOCKER)
        (folder / "docker").chmod(0o755)
        self.write({"volumes": {}, "containers": {}})

    def write(self, state):
        (self.folder / "state.json").write_text(json.dumps(state))

    def state(self):
        return json.loads((self.folder / "state.json").read_text())

    def volume(self, name, project="", key="", **more):
        folder = self.folder / "volumes" / name / "_data"
        folder.mkdir(parents=True)
        labels = {"com.docker.compose.project": project, "com.docker.compose.volume": key} if project else None
        state = self.state()
        state["volumes"][name] = {"Name": name, "Driver": "local", "Mountpoint": str(folder), "Labels": labels, "Options": None, **more}
        self.write(state)
        return folder

    def container(self, name, image, volume, service="", project="shop", running=True, destination="/data"):
        state = self.state()
        state["containers"][f"id-{name}"] = {
            "Id": f"id-{name}", "Name": f"/{name}", "State": {"Running": running},
            "Config": {"Image": image, "Labels": {"com.docker.compose.service": service, "com.docker.compose.project": project}},
            "Mounts": [{"Type": "bind", "Source": "/x", "Destination": "/y"}, {"Name": volume, "Destination": destination}]}
        self.write(state)

    def running(self):
        return sorted(one["Name"][1:] for one in self.state()["containers"].values() if one["State"]["Running"])

    def said(self, word):
        text = (self.folder / "said").read_text() if (self.folder / "said").exists() else ""
        return [line for line in text.splitlines() if line.split()[0] == word]


class Project:
    def __init__(self, folder, engine, source):
        self.folder, self.engine = folder, engine
        folder.mkdir()
        self.store = folder / "store"
        self.write(source)

    def write(self, source):
        text = f"  sources: [{source}]\n" if source else ""
        (self.folder / "fairlead.yml").write_text(f"version: 1\napp: shop\nbackup:\n  stores: [file:store]\n{text}")

    def expect(self, what, words, status, *parts, **variables):
        environment = {"PATH": f"{self.engine.folder}:/usr/bin:/bin", "HOME": str(self.folder),
                       "TMPDIR": os.environ.get("TMPDIR", "/tmp"), **variables}
        done = subprocess.run([PROGRAM, *words], cwd=self.folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=300, check=False)
        shown = done.stdout + done.stderr
        missing = [part for part in parts if part not in shown]
        counted.note(what, f"status {done.returncode}, expected {status}; missing {missing}\n{shown}"
                     if done.returncode != status or missing else "")
        return done

    def part(self):
        newest = sorted(self.store.glob("*.manifest.json"))[-1]
        return json.loads(newest.read_text())["parts"][0]

    def sets(self):
        return len(list(self.store.glob("*.manifest.json")))


def waited(truth):
    for _ in range(100):
        if truth():
            return True
        time.sleep(0.1)
    return False


def there_and_back(folder):
    engine = Engine(folder / "engine")
    uploads = engine.volume("shop_uploads", "shop", "uploads")
    (uploads / "deep").mkdir()
    (uploads / "deep" / "a.txt").write_text("a")
    (uploads / "b.txt").write_text("b")
    (uploads / "b.txt").chmod(0o640)
    engine.container("shop-web-1", "shop:1", "shop_uploads", "web")
    project = Project(folder / "there and back", engine, "{name: uploads, volume: uploads, exclude: ['*.tmp']}")
    project.expect("what would be done", ["run", "--dry-run"], 0, "would back up volume shop_uploads")
    project.expect("by the name in the compose file", ["run"], 0)
    part = project.part()
    counted.note("of the volume that it is, and read while it is in use", "" if part["database"] == "shop_uploads" and part["consistency"]
                 == "crash-consistent" else str(part))
    counted.note("nobody was stopped", "" if engine.said("stop") == [] else str(engine.said("stop")))
    project.expect("proven", ["verify", "--level", "4"], 0)
    project.expect("into a new volume", ["restore", "latest", "--to", "copy"], 0)
    made = engine.folder / "volumes/copy/_data"
    counted.note("with all of it", "" if (made / "deep/a.txt").read_text() == "a" and (made / "b.txt").stat().st_mode & 0o777 == 0o640 else "no")
    counted.note("and nothing beside", "" if os.listdir(made.parent) == ["_data"] else str(os.listdir(made.parent)))
    (uploads / "later.txt").write_text("later")
    project.expect("not while somebody uses it", ["restore", "latest", "--to", "original", "--overwrite"], 2, "'shop-web-1' runs", "stop: [web]")
    project.write("{name: uploads, volume: shop_uploads, stop: [web]}")
    project.expect("not over what is there", ["restore", "latest", "--to", "original"], 2, "is not empty", "--overwrite")
    project.expect("stopped, swapped, started", ["restore", "latest", "--to", "original", "--overwrite"], 0, "is kept as")
    counted.note("what was restored is there", "" if not (uploads / "later.txt").exists() and (uploads / "b.txt").exists() else "no")
    counted.note("what was there is kept", "" if len(list(uploads.parent.glob("_data.before_*/later.txt"))) == 1 else "no")
    counted.note("who was stopped runs again", "" if engine.running() == ["shop-web-1"] and engine.said("stop") and engine.said("start") else "no")
    project.expect("no path as a target", ["restore", "latest", "--to", "./x"], 2, "a volume's name")
    return engine, project


def original(folder):
    """Where it goes back to is what fairlead.yml names: the set's own word counts for a volume that is not there any more, and only as
    compose's name of the one that is named."""
    engine, elsewhere = Engine(folder / "first"), Engine(folder / "second")
    (engine.volume("shop_uploads", "shop", "uploads") / "a.txt").write_text("a")
    project = Project(folder / "original", engine, "{name: uploads, volume: uploads}")
    project.expect("a set", ["run"], 0)
    project.engine = elsewhere
    words = ["restore", "latest", "--to", "original"]
    for source in ("", "{name: uploads, path: uploads}", "{name: other, volume: uploads}"):
        project.write(source)
        project.expect(f"the set alone names none: {source}", words, 2, "fairlead.yml names no volume for source 'uploads'",
                       "(the set says that it was 'shop_uploads')")
    refused = "and the set alone doesn't decide where it is restored; say --source uploads and the place with --to (the set says that it was 'shop_uploads')"
    project.write("{name: uploads, volume: loads}")
    project.expect("nor another than the one that is named", words, 2, "volume 'loads' of source 'uploads' is not there, " + refused)
    elsewhere.volume("shop_uploads")
    project.write("{name: uploads, volume: uploads}")
    project.expect("nor one that somebody else made", words, 2, refused)
    kept = elsewhere.folder / "volumes/shop_uploads/_data"
    counted.note("nothing came into it", "" if os.listdir(kept) == [] else str(os.listdir(kept)))
    project.engine = third = Engine(folder / "third")
    project.expect("a lost one is made anew", words, 0)
    made = third.folder / "volumes/shop_uploads/_data/a.txt"
    counted.note("with what was in it", "" if made.exists() else "no")
    (third.volume("live_uploads", "live", "uploads") / "b.txt").write_text("b")
    project.expect("one that is there counts more than the set's name", [*words, "--overwrite"], 0, "live_uploads")
    project.write("{name: uploads, volume: shop_uploads}")
    project.engine = Engine(folder / "fourth")
    project.expect("by its whole name", words, 0)


def names(engine, project):
    project.write("{name: uploads, volume: ai-scrum_postgres-data}")
    project.expect("a volume that nobody made", ["run"], 2, "'ai-scrum_postgres-data' is not there", "shop_uploads", "copy")
    engine.volume("empty")
    project.write("{name: uploads, volume: empty}")
    project.expect("nothing to back up", ["run"], 1, "has no file", "--allow-empty")
    engine.volume("far", Driver="rclone")
    project.write("{name: uploads, volume: far}")
    project.expect("of another driver", ["run"], 2, "of the driver rclone")
    engine.volume("mounted", Options={"type": "nfs", "o": "addr=x"})
    project.write("{name: uploads, volume: mounted}")
    project.expect("a mount", ["run"], 2, "a mount of nfs")
    engine.volume("other_uploads", "other", "uploads")
    project.write("{name: uploads, volume: uploads}")
    project.expect("of two projects", ["run"], 2, "in several Compose projects", "other_uploads", "shop_uploads")
    project.write("")
    project.expect("by flags alone", ["run", "--volume", "shop_uploads", "--stop", "web"], 0)
    project.expect("a folder by flags alone", ["run", "--path", "fairlead.yml", "--allow-shrink"], 0)
    project.expect("stop without a volume", ["run", "--path", "fairlead.yml", "--stop", "web"], 2, "--volume")
    project.expect("two sources by flags", ["run", "--path", "fairlead.yml", "--volume", "empty"], 2, "two sources")


def of_a_database(folder):
    engine = Engine(folder / "engine of a database")
    data = engine.volume("shop_pgdata", "shop", "pgdata")
    (data / "PG_VERSION").write_text("15\n")
    engine.container("shop-db-1", "postgres:15", "shop_pgdata", "db", destination="/var/lib/postgresql/data")
    engine.container("other-db-1", "postgres:15", "other", "db", project="other")
    engine.container("shop-db-run-1", "postgres:15", "shop_pgdata", "db", running=False)
    project = Project(folder / "of a database", engine, "{name: pgdata, volume: shop_pgdata}")
    project.expect("a database that runs is refused", ["run"], 2, "database in container 'shop-db-1'", "stop: [db]")
    project.write("{name: pgdata, volume: shop_pgdata, stop: [database]}")
    project.expect("a service that is nobody's", ["run"], 2, "names 'database'", "is used by db")
    project.write("{name: pgdata, volume: shop_pgdata, stop: [db]}")
    project.expect("stopped meanwhile", ["run"], 0)
    counted.note("those of its project that ran, and no other", "" if engine.said("stop") == ["stop id-shop-db-1"] and engine.said("start") ==
                 ["start id-shop-db-1"] else f"{engine.said('stop')} {engine.said('start')}")
    counted.note("the manifest says so", "" if project.part()["consistency"] == "stopped" else project.part()["consistency"])
    sets = project.sets()
    os.rename(data, data.parent / "gone")
    (data.parent / "gone").chmod(0o755)
    data.symlink_to("gone")
    project.expect("files that are not to be seen", ["run"], 3, "can't be seen", "as root")
    data.unlink()
    os.rename(data.parent / "gone", data)
    data.joinpath("outside").symlink_to("/etc/passwd")
    project.expect("a dump that fails", ["run"], 2, "outside")
    counted.note("starts what it stopped", "" if "shop-db-1" in engine.running() and len(engine.said("stop")) == 2 else str(engine.running()))
    data.joinpath("outside").unlink()
    project.expect("killed while it is stopped", ["run"], -9, FAIRLEAD_FAULT="kill@stopped")
    counted.note("a watcher starts it", "" if waited(lambda: "shop-db-1" in engine.running()) else str(engine.running()))
    counted.note("no set came of either", "" if project.sets() == sets else str(project.sets()))
    (engine.folder / "fails-start").touch()
    project.expect("one that does not start again is told", ["run"], 3, "docker start shop-db-1")
    (engine.folder / "fails-start").unlink()
    engine.write({**engine.state(), "containers": {name: {**one, "State": {"Running": True}} for name, one in engine.state()["containers"].items()}})
    (engine.folder / "fails-stop").touch()
    project.expect("one that does not stop", ["run"], 3, "cannot stop")
    (engine.folder / "fails-stop").unlink()
    project.expect("and the next one works", ["run"], 0)
    counted.note("all run", "" if len(engine.running()) == 3 else str(engine.running()))


with tempfile.TemporaryDirectory(prefix="fairlead backup ") as name:
    names(*there_and_back(pathlib.Path(name)))
    of_a_database(pathlib.Path(name))
    original(pathlib.Path(name))
counted.close()
