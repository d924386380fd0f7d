#!/usr/bin/python3
# needs: root, openssl, privileges, open-build; takes: 9 s
"""backup_privileges.py BIN: a hostile store, restored by root in more than twenty ways (set-user-id, set-group-id, capabilities, owners, devices,
access lists, links, modes of folders): nobody gains a right without a trusted signature and --keep-privileges, and what is dropped is named and
counted; with both everything comes back."""
import hashlib
import json
import os
import pathlib
import shutil
import stat
import struct
import subprocess
import sys
import tarfile
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402
from backups import PROGRAM, Project, is_true  # noqa: E402

OWNER, OTHER, NOBODY = 4242, 4343, 65534
SECTION = "  stores: [file:store]\n  compress: none\n  sources: [{name: up, path: up}]\n"
SIGNED = SECTION + "  sign: {key_env: SIGNING_KEY, trust: [ours.pub]}\n"
FILE, HARD, LINK, CHARACTER, BLOCK, FOLDER, PIPE = (tarfile.REGTYPE, tarfile.LNKTYPE, tarfile.SYMTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE,
                                                    tarfile.DIRTYPE, tarfile.FIFOTYPE)
CAPABILITIES = struct.pack("<5I", 0x02000001, 1 << 7, 0, 0, 0)  # CAP_SETUID, effective


def access_list(user):
    """For everybody as now, and all for that user."""
    rows = ((1, 6, 0xffffffff), (2, 7, user), (4, 4, 0xffffffff), (16, 7, 0xffffffff), (32, 4, 0xffffffff))
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *row) for row in rows)


def member(path, kind=FILE, mode=0o644, content=b"x", uid=OWNER, gid=OWNER, target="", device=(0, 0), attributes=None):
    info = tarfile.TarInfo(path)
    info.type, info.mode, info.uid, info.gid, info.linkname = kind, mode, uid, gid, target
    info.devmajor, info.devminor = device
    content = content if kind == FILE else b""
    info.size = len(content)
    bytes_ = b""
    if attributes:
        records = b""
        for name, value in attributes.items():
            rest = b" SCHILY.xattr." + name.encode() + b"=" + value + b"\n"
            size = len(rest) + 1
            while len(str(size)) + len(rest) != size:
                size = len(str(size)) + len(rest)
            records += str(size).encode() + rest
        pax = tarfile.TarInfo("PaxHeaders")
        pax.type, pax.size = tarfile.XHDTYPE, len(records)
        bytes_ = pax.tobuf(tarfile.USTAR_FORMAT) + records + b"\0" * (-len(records) % 512)
    return bytes_ + info.tobuf(tarfile.USTAR_FORMAT) + content + b"\0" * (-len(content) % 512)


TOP = member(".", FOLDER, 0o755)
TOOL = pathlib.Path("/usr/bin/id").read_bytes()
# What a store may say, and what the report has to name; `refused`: nothing at all is restored.
WAYS = [
    ("a file that runs as root", [member("id", mode=0o4755, uid=0, gid=0, content=TOOL)], "'id': set-user-id, owner 0:0"),
    ("a file that runs as its owner", [member("id", mode=0o4755, content=TOOL)], "'id': set-user-id"),
    ("a file that runs as root's group", [member("id", mode=0o2755, uid=0, gid=0, content=TOOL)], "'id': set-group-id, owner 0:0"),
    ("a file that runs as a system's group", [member("id", mode=0o2755, gid=42, content=TOOL)], "'id': set-group-id, owner 4242:42"),
    ("both", [member("id", mode=0o6777, uid=0, gid=0, content=TOOL)], "set-user-id 1"),
    ("a folder that gives its group away", [member("d", FOLDER, 0o2775, gid=42)], "'d': set-group-id"),
    ("a hard link to a file that runs as root", [member("id", content=TOOL), member("su", HARD, 0o4755, uid=0, gid=0, target="id")], ""),
    ("a hard link to one that would", [member("id", mode=0o4755, uid=0, gid=0, content=TOOL), member("su", HARD, 0o4755, target="id")], "set-user-id"),
    ("the same name twice, first harmless", [member("id", content=TOOL), member("id", mode=0o4755, uid=0, gid=0, content=TOOL)], "set-user-id"),
    ("capabilities", [member("id", mode=0o755, content=TOOL, attributes={"security.capability": CAPABILITIES})], "capabilities 1"),
    ("capabilities on what is there already", [member("id", mode=0o755, content=TOOL), member("id", mode=0o755, content=TOOL, attributes={
        "security.capability": CAPABILITIES})], "capabilities 1"),
    ("an attribute that only root sets", [member("f", attributes={"trusted.overlay.opaque": b"y"})], "attribute trusted.overlay.opaque"),
    ("a label of the kernel's", [member("f", attributes={"security.ima": b"y", "security.selinux": b"unconfined"})], "attribute security.ima"),
    ("a file of root's", [member("f", uid=0, gid=0)], "'f': owner 0:0"),
    ("a file of somebody else's", [member("f", uid=OTHER, gid=OTHER)], "'f': owner 4343:4343"),
    ("a folder of somebody else's", [member("d", FOLDER, 0o755, uid=OTHER, gid=OTHER)], "'d': owner 4343:4343"),
    ("the folder itself", [member(".", FOLDER, 0o755, uid=NOBODY, gid=NOBODY)], "owner 65534:65534"),
    ("a file of nobody's", [member("f", uid=NOBODY, gid=NOBODY)], "'f': owner 65534:65534"),
    ("a link of somebody else's", [member("f"), member("l", LINK, 0o777, uid=OTHER, gid=OTHER, target="f")], "'l': owner 4343:4343"),
    ("a disk", [member("disk", BLOCK, 0o666, device=(8, 0))], "'disk': device 8:0"),
    ("the memory", [member("mem", CHARACTER, 0o666, device=(1, 1))], "'mem': device 1:1"),
    ("an access list on a file", [member("f", attributes={"system.posix_acl_access": access_list(NOBODY)})], "access list 1"),
    ("an access list on a folder", [member("d", FOLDER, 0o755, attributes={"system.posix_acl_access": access_list(NOBODY)})], "access list 1"),
    ("one for all that comes into a folder", [member("d", FOLDER, 0o755, attributes={"system.posix_acl_default": access_list(NOBODY)})],
     "default access list 1"),
    ("a file that all may write", [member("f", mode=0o666)], "write for all"),
    ("a folder that all may write", [member("d", FOLDER, 0o777)], "write for all"),
    ("a sticky one", [member("d", FOLDER, 0o1777)], "'d': "),
    ("the folder itself, open to all", [member(".", FOLDER, 0o777)], "'.': "),
    ("a pipe that all may write", [member("p", PIPE, 0o666)], "'p': "),
]
REFUSED = [
    ("a link to root's files", [member("l", LINK, target="/etc/shadow")]),
    ("a link that climbs out", [member("d", FOLDER, 0o755), member("d/l", LINK, target="../../../etc/shadow")]),
    ("a file through a link", [member("d", LINK, target="/etc"), member("d/fairlead-was-here")]),
    ("a hard link to what is outside", [member("h", HARD, target="../fairlead.yml")]),
    ("a hard link by an absolute name", [member("h", HARD, target="/etc/passwd")]),
    ("a name above", [member("../fairlead-was-here")]),
    ("an absolute name", [member("/etc/fairlead-was-here")]),
]


def replaced(project, members):
    """The project's only set with other bytes, and checksums that hold: as whoever owns the store would."""
    path = next(project.store.glob("*.manifest.json"))
    manifest = json.loads(path.read_text())
    part = manifest["parts"][0]
    top = [] if members[0].startswith(b"./\0") else [TOP]
    bytes_ = b"".join(top + members) + b"\0" * 1024
    (project.store / part["file"]).write_bytes(bytes_)
    figures = {"bytes": len(bytes_), "sha256": hashlib.sha256(bytes_).hexdigest()}
    for name, value in part.items():
        if isinstance(value, dict) and set(value) == set(figures):
            part[name] = figures
    manifest.pop("sha256")
    whole = json.dumps(manifest, indent=1, ensure_ascii=False) + "\n"
    manifest["sha256"] = hashlib.sha256(whole.encode()).hexdigest()
    path.write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n")


def all_paths(folder):
    yield str(folder)
    for where, folders, files in os.walk(folder):
        for name in folders + files:
            yield os.path.join(where, name)


def gained(folder, standing):
    """What is more than plain files of whom the target belonged: one line each."""
    uid, gid, mode = standing or (0, 0, 0o775)
    found = []
    for path in all_paths(folder):
        state = os.lstat(path)
        is_link = stat.S_ISLNK(state.st_mode)
        more = 0 if is_link else stat.S_IMODE(state.st_mode) & 0o022 & ~mode
        if path == str(folder):
            more |= stat.S_IMODE(state.st_mode) & 0o777 & ~mode
        if more or (not is_link and state.st_mode & 0o6000):
            found.append(f"{path}: mode {stat.S_IMODE(state.st_mode):o}")
        if stat.S_ISBLK(state.st_mode) or stat.S_ISCHR(state.st_mode):
            found.append(f"{path}: a device")
        if (state.st_uid, state.st_gid) != (uid, gid):
            found.append(f"{path}: owner {state.st_uid}:{state.st_gid}")
        found += [f"{path}: {name}" for name in os.listxattr(path, follow_symlinks=False) if not name.startswith("user.")]
    return found


TRY_AS_NOBODY = """
import os, subprocess, sys
for where, folders, files in os.walk(sys.argv[1]):
    for name in [""] + files:
        path = os.path.join(where, name)
        if os.access(path, os.W_OK):
            print("may write", path)
        if name in ("id", "su") and os.access(path, os.X_OK):
            said = subprocess.run([path], capture_output=True, text=True).stdout
            if "euid" in said or "egid" in said:
                print(path, said)
"""


def as_nobody(folder):
    """What an ordinary user of the host can do there now."""
    done = subprocess.run(["/usr/bin/python3", "-c", TRY_AS_NOBODY, folder], cwd="/", user=NOBODY, group=NOBODY, extra_groups=[],
                          capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def one_set(folder, section=SECTION, **variables):
    project = Project(folder, section)
    (project.folder / "up").mkdir()
    (project.folder / "up" / "a").write_text("a")
    if "SIGNING_KEY" not in variables:
        project.expect("a set", ["run"], 0)
    return project


def standing_at(path, mode=0o755):
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir()
    (path / "old").write_text("old")
    os.chown(path, OWNER, OWNER)
    path.chmod(mode)
    return OWNER, OWNER, mode


def hostile(folder):
    project = one_set(folder / "hostile")
    copy = project.folder / "copy"
    for what, members, told in WAYS:
        replaced(project, members)
        for standing in (standing_at(copy), standing_at(copy, 0o700), None):
            if standing is None:
                shutil.rmtree(copy)
            label = f"{what}, {'new' if standing is None else f'onto {standing[2]:o}'}"
            # What is root's already is not dropped where all becomes root's.
            named = told if standing else told.removesuffix("owner 0:0").removesuffix(", ").removesuffix("'f': ")
            done = project.expect(label, ["restore", "latest", "--to", "copy", "--overwrite"], 0, named)
            shown = done.stdout + done.stderr
            is_true(label + ": counted", not named or ("dropped from " in shown and (" path dropped" in shown or " paths dropped" in shown)), shown)
            more, tried = gained(copy, standing), as_nobody(copy)
            is_true(label + ": nothing is gained", not more, more)
            is_true(label + ": nor by an ordinary user", not tried, tried)
            for kept in project.folder.glob("copy.before_*"):
                shutil.rmtree(kept)
    shutil.rmtree(copy)
    for what, members in REFUSED:
        replaced(project, members)
        project.expect(what, ["restore", "latest", "--to", "copy"], 1)
        is_true(what + ": nothing is there", not copy.exists() and not os.path.lexists("/etc/fairlead-was-here")
                and not os.path.lexists(project.folder / "fairlead-was-here"))
    print(f"{len(WAYS) + len(REFUSED)} ways")


def told(folder):
    """Ten are named, all are counted; a graver one is not hidden by owners."""
    project = one_set(folder / "told")
    replaced(project, [member(f"f{at:02}", uid=OTHER) for at in range(20)] + [member("z/id", mode=0o4755, uid=OTHER)])
    done = project.expect("many", ["restore", "latest", "--to", "copy"], 0, "dropped from 22 paths of ", "owner 22", "set-user-id 1",
                          "  'z/id': set-user-id, owner 4343:4242\n", "  and 12 more\n", "--keep-privileges", "chown -R", "; rights of 22 paths dropped")
    is_true("ten lines", sum(line.startswith("  '") for line in done.stdout.splitlines()) == 10, done.stdout)
    done = project.run("restore", "latest", "--to", "second", "--format", "json")
    dropped = json.loads(done.stdout)["dropped"]
    is_true("a machine reads the same", dropped["paths"] == 22 and dropped["kinds"] == {"owner": 22, "set-user-id": 1} and len(dropped["first"]) == 10
            and dropped["first"][0] == {"path": "z/id", "rights": "set-user-id, owner 4343:4242"}, done.stdout)
    replaced(project, [member("n\n::error::x", mode=0o4755)])
    done = project.expect("a name with a line's end", ["restore", "latest", "--to", "third"], 0, "'n\\n::error::x'")
    is_true("stays within its line", "\n::error" not in done.stdout + done.stderr)


def usual(folder):
    """The folder of an application that runs as an ordinary user, put back by root: nothing is lost and nothing is told."""
    project = Project(folder / "usual", SECTION)
    up = project.folder / "up"
    (up / "deep").mkdir(parents=True)
    (up / "deep" / "a").write_text("a")
    for path in all_paths(up):
        os.chown(path, OWNER, OWNER)
    (up / "deep" / "a").chmod(0o600)
    project.expect("a set", ["run"], 0)
    done = project.expect("put back", ["restore", "latest", "--to", "original", "--overwrite"], 0)
    is_true("nothing is told", "dropped" not in done.stdout + done.stderr, done.stdout)
    is_true("all is the application's", all((os.lstat(path).st_uid, os.lstat(path).st_gid) == (OWNER, OWNER) for path in all_paths(up)))
    is_true("with its modes", stat.S_IMODE(os.lstat(up / "deep" / "a").st_mode) == 0o600)
    (project.folder / "mine").mkdir()
    os.chown(project.folder / "mine", OTHER, OTHER)
    project.expect("into an empty folder of somebody else's", ["restore", "latest", "--to", "mine"], 0, "owner 3")
    is_true("it is theirs", all(os.lstat(path).st_uid == OTHER for path in all_paths(project.folder / "mine")))


def pair(project, name):
    private = subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519"], capture_output=True, text=True, check=True).stdout
    public = subprocess.run(["openssl", "pkey", "-pubout"], input=private, capture_output=True, text=True, check=True).stdout
    (project.folder / f"{name}.pub").write_text(public)
    return private


KEEP = ["restore", "latest", "--to", "copy", "--keep-privileges"]


def unsigned(folder):
    project = one_set(folder / "unsigned")
    project.expect("the flag, and nobody signs", KEEP, 2, "no key is trusted here", "sign: {trust: [backup.pub]}")
    project.expect("nothing of it is there", KEEP[:-1], 0)


def refusals(folder):
    """Neither the flag alone nor the signature alone is enough, and no variable is the flag."""
    project = one_set(folder / "refusals")
    replaced(project, WAYS[0][1])
    keep = KEEP
    for name in ("FAIRLEAD_KEEP_PRIVILEGES", "FAIRLEAD_BACKUP_KEEP_PRIVILEGES", "INPUT_KEEP_PRIVILEGES"):
        project.run(*keep[:-1], **{name: "true"})
        is_true(f"{name} is not the flag", not (project.folder / "copy").exists() or not gained(project.folder / "copy", None))
        shutil.rmtree(project.folder / "copy", ignore_errors=True)
    ours, theirs = pair(project, "ours"), pair(project, "theirs")
    project.write(SIGNED)
    project.expect("the flag, and this set is not signed", keep, 1, "it has no signature")
    shutil.rmtree(project.store)
    os.chown(project.folder / "up" / "a", OTHER, OTHER)
    (project.folder / "up" / "a").chmod(0o4755)
    project.expect("a signed set", ["run"], 0, SIGNING_KEY=ours)
    project.expect("without the flag", keep[:-1], 0, "'a': set-user-id, owner 4343:4343")
    is_true("nothing comes back", not gained(project.folder / "copy", None), gained(project.folder / "copy", None))
    shutil.rmtree(project.folder / "copy")
    project.write(SIGNED.replace("ours.pub", "theirs.pub"))
    project.expect("a stranger's key", keep, 1, "any of the given keys")
    project.expect("a key of the environment that is not set", keep, 1, SIGNING_KEY=theirs)
    project.write(SIGNED)
    data, manifest = next(project.store.glob("*.tar")), next(project.store.glob("*.manifest.json"))
    whole, text = data.read_bytes(), manifest.read_text()
    replaced(project, WAYS[0][1])
    project.expect("bytes that were put under a signature", keep, 1, "signed")
    manifest.write_text(text)
    data.write_bytes(whole[:600] + bytes([whole[600] ^ 1]) + whole[601:])
    project.expect("a bit of it", keep, 1, "is damaged")
    is_true("none of them is there", not (project.folder / "copy").exists())
    from_database = Project(folder / "database", SIGNED.replace("{name: up, path: up}", "{name: db}"))
    subprocess.run([sys.executable, "-c", "import sqlite3; sqlite3.connect('app.db').execute('CREATE TABLE t (a int)').connection.commit()"],
                   cwd=from_database.folder, check=True)
    key = pair(from_database, "ours")
    from_database.expect("a set of a database", ["run", "--allow-empty"], 0, SIGNING_KEY=key)
    from_database.expect("has no such rights", ["restore", "latest", "--to", "copy.db", "--keep-privileges"], 2, "is for folders, files and volumes")


def rich(up):
    """All that a folder of root's may hold; what this machine can't make is told."""
    up.mkdir()
    (up / "deep").mkdir()
    (up / "open").mkdir()
    (up / "shared").mkdir()
    for name in ("id", "group", "able", "listed", "theirs", "write"):
        shutil.copy("/usr/bin/id", up / name)
    os.link(up / "id", up / "deep" / "same")
    (up / "link").symlink_to("id")
    os.chown(up / "link", OTHER, OTHER, follow_symlinks=False)
    os.mkfifo(up / "pipe")
    os.chown(up / "theirs", OTHER, OTHER)
    os.chown(up / "deep", OWNER, OTHER)
    for name, mode in (("id", 0o4755), ("group", 0o2755), ("write", 0o666), ("open", 0o1777), ("shared", 0o2775), ("pipe", 0o666)):
        (up / name).chmod(mode)
    for what, make in (("capabilities", lambda: os.setxattr(up / "able", "security.capability", CAPABILITIES)),
                       ("access lists", lambda: os.setxattr(up / "listed", "system.posix_acl_access", access_list(NOBODY))),
                       ("default access lists", lambda: os.setxattr(up / "deep", "system.posix_acl_default", access_list(NOBODY))),
                       ("devices", lambda: os.mknod(up / "disk", 0o60640, os.makedev(7, 200)))):
        try:
            make()
        except OSError as why:
            counted.skip("privileges", what, f"they can't be made here: {why}")


def seen(folder):
    found = {}
    for path in all_paths(folder):
        state = os.lstat(path)
        attributes = {name: os.getxattr(path, name, follow_symlinks=False) for name in os.listxattr(path, follow_symlinks=False)}
        found[os.path.relpath(path, folder)] = (state.st_mode, state.st_uid, state.st_gid, state.st_rdev, state.st_nlink if not
                                                stat.S_ISDIR(state.st_mode) else 0, attributes)
    return found


def twin(folder):
    project = Project(folder / "twin", SIGNED)
    ours = pair(project, "ours")
    rich(project.folder / "up")
    was = seen(project.folder / "up")
    project.expect("a set of all that there is", ["run"], 0, SIGNING_KEY=ours)
    done = project.expect("signed and asked for", ["restore", "latest", "--to", "copy", "--keep-privileges"], 0)
    now = seen(project.folder / "copy")
    is_true("everything comes back", now == was, {name: (was.get(name), now.get(name)) for name in was if was[name] != now.get(name)})
    is_true("nothing is dropped", "dropped" not in done.stdout, done.stdout)
    standing_at(project.folder / "onto", 0o700)
    project.expect("also onto somebody's folder", ["restore", "latest", "--to", "onto", "--overwrite", "--keep-privileges"], 0)
    is_true("everything is as it was in the set", seen(project.folder / "onto") == was)
    project.expect("without the flag", ["restore", "latest", "--to", "plain"], 0, "set-user-id", "set-group-id", "owner", "write for all")
    is_true("nothing is gained", not gained(project.folder / "plain", None), gained(project.folder / "plain", None))
    temporary = project.folder / "tmp"
    temporary.mkdir()
    project.expect("a verification restores it", ["verify", "--level", "4"], 0, TMPDIR=str(temporary))
    is_true("and leaves nothing", not list(temporary.iterdir()), list(temporary.iterdir()))


def ordinary(folder):
    """Who is not root restores own files with own modes, as before."""
    project = one_set(folder / "ordinary")
    replaced(project, [member("id", mode=0o4755, content=TOOL), member("d", FOLDER, 0o2777), member("f", mode=0o640, uid=0, gid=0),
                       member("able", attributes={"security.capability": CAPABILITIES, "user.note": b"n"})])
    os.chown(project.folder, OWNER, OWNER)
    for path in all_paths(project.store):
        os.chown(path, OWNER, OWNER)
    try:
        done = subprocess.run([PROGRAM, "restore", "latest", "--to", "copy"], cwd=project.folder, user=OWNER, group=OWNER, extra_groups=[],
                              env={"PATH": "/usr/bin:/bin", "HOME": str(project.folder), "TMPDIR": str(project.folder)}, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, check=False)
    except PermissionError:
        counted.skip("open-build", "a restore by an ordinary user", "it can't start the program where it was built")
        return
    shown = done.stdout + done.stderr
    is_true("restored", done.returncode == 0, shown)
    is_true("what is lost is told", "'id': set-user-id\n" in shown and "'d': set-group-id\n" in shown and "'able': capabilities\n" in shown, shown)
    is_true("owners are not", "owner" not in done.stdout.split("to bring")[0], shown)
    modes = {name: stat.S_IMODE(os.lstat(project.folder / "copy" / name).st_mode) for name in ("id", "d", "f")}
    is_true("modes are those of the set", modes == {"id": 0o755, "d": 0o777, "f": 0o640}, modes)


PARTS = [unsigned]
if os.geteuid() != 0:
    counted.skip("root", "a restore by root", "only root gives rights away; run this test as root")
elif not shutil.which("openssl"):
    counted.skip("openssl", "signed sets", "it is not installed; apt-get install openssl")
    PARTS += [hostile, told, usual, ordinary]
else:
    PARTS += [hostile, told, usual, ordinary, refusals, twin]
with tempfile.TemporaryDirectory(prefix="fairlead privileges ") as name:
    os.chmod(name, 0o755)
    for part in PARTS:
        part(pathlib.Path(name))
counted.close()
