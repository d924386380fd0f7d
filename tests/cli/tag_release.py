#!/usr/bin/python3
# needs: ssh-keygen; takes: 4 s
"""tag_release.py BIN: `fairlead-tag release` with real git: bare remotes, signatures by ssh, kills in between.

What a release makes is read back with plain git, never from the tool's own words alone.
"""
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402

BIN = pathlib.Path(sys.argv[1]).resolve()
PATH = os.environ["PATH"]
passed = failed = 0


def check(name, true, shown=""):
    global passed, failed
    passed, failed = passed + bool(true), failed + (not true)
    if not true:
        print(f"FAILED  {name}\n{shown}")


class Scene:
    """A clone with v1.0.0 and a feature since, its bare remote, and a home of its own."""

    def __init__(self, name):
        self.root = WORK / name
        self.home, self.here, self.up = self.root / "home", self.root / "here", self.root / "up.git"
        self.home.mkdir(parents=True)
        self.env = {"PATH": PATH, "HOME": str(self.home), "TMPDIR": tempfile.gettempdir(), "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C",
                    "SOURCE_DATE_EPOCH": "1709211909"}
        self.git("init", "-q", "--bare", str(self.up), folder=self.root)
        self.git("init", "-q", "-b", "main", str(self.here), folder=self.root)
        self.git("config", "--global", "user.name", "Ada")
        self.git("config", "--global", "user.email", "ada@example.org")
        self.git("remote", "add", "origin", str(self.up))
        self.commit("feat: door")
        self.git("tag", "v1.0.0")
        self.git("push", "-q", "origin", "main", "v1.0.0")
        self.head = self.commit("feat: window (#7)")

    def git(self, *words, folder=None):
        done = subprocess.run(["git", *words], cwd=folder or self.here, env=self.env, capture_output=True, text=True)
        assert done.returncode == 0, (words, done.stderr)
        return done.stdout.strip()

    def commit(self, message):
        self.commits = getattr(self, "commits", 0) + 1
        (self.here / "file").write_text(f"{self.commits} {message}")
        self.git("add", ".")
        self.git("commit", "-q", "-m", message)
        return self.git("rev-parse", "HEAD")

    def start(self, *words, **more):
        return subprocess.Popen([BIN / "fairlead-tag", "release", *words], cwd=self.here, env=self.env | more,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def run(self, *words, **more):
        process = self.start(*words, **more)
        process.out, process.err = process.communicate(timeout=60)
        return process

    def tag(self, name="v1.1.0", up=False):
        """The commit that the tag leads to, here or at the remote; None: there is none."""
        done = subprocess.run(["git", "rev-parse", "-q", "--verify", f"refs/tags/{name}^{{commit}}"],
                              cwd=self.up if up else self.here, env=self.env, capture_output=True, text=True)
        return done.stdout.strip() or None

    def refs(self):
        return self.git("for-each-ref", folder=self.up), self.git("for-each-ref")

    def program(self, path, text):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("#!/bin/sh\n" + text)
        path.chmod(0o755)


def whole():
    scene = Scene("whole")
    before = scene.refs()
    dry = scene.run("--dry-run", "--push", PATH="/nowhere")  # without any git
    check("a dry run starts nothing and makes nothing", dry.returncode == 0 and scene.refs() == before, dry.err)
    check("a dry run prints every act in order", [line.split(f"{scene.here} ")[1].split()[0] for line in
                                                  dry.err.splitlines()] == ["ls-remote", "tag", "push"], dry.err)
    check("a dry run shows the message", dry.out.startswith("v1.1.0 - 2024-02-29\n\nFeatures:\n- window (#7)"), dry.out)
    made = scene.run("--format", "json")
    told = json.loads(made.out)
    check("the tag is made at HEAD, and not pushed", scene.tag() == scene.head and scene.tag(up=True) is None, made.err)
    check("outputs", (told["version"], told["tag"], told["previous"], told["changed"], told["pushed"]) ==
          ("1.1.0", "v1.1.0", "v1.0.0", True, False), made.out)
    text = scene.git("cat-file", "tag", "v1.1.0")
    check("it is annotated with the changelog", "\n\nv1.1.0 - 2024-02-29\n\nFeatures:\n- window (#7) by Ada" in text, text)
    check("no address is in it", "@example" not in text.split("\n\n", 1)[1], text)
    again = scene.run("--push")
    check("the next run pushes what was made", scene.tag(up=True) == scene.head, again.err)
    check("pushed byte for byte", scene.git("rev-parse", "v1.1.0") ==
          scene.git("rev-parse", "v1.1.0", folder=scene.up))
    before = scene.refs()
    third = scene.run("--push", "--format", "json")
    check("once more changes nothing and says the same", scene.refs() == before and json.loads(third.out)["pushed"]
          and json.loads(third.out)["changelog"] == told["changelog"], third.out)
    scene.commit("docs: window")
    nothing = scene.run("--push", "--format", "json")
    check("nothing to release is status 0 and no tag", nothing.returncode == 0 and scene.refs()[0] == before[0]
          and json.loads(nothing.out)["tag"] == "", nothing.out)


def one_reference():
    scene = Scene("one")
    for key, value in {"push.followTags": "true", "remote.origin.mirror": "true", "push.default": "matching",
                       "core.hooksPath": str(scene.root / "hooks")}.items():
        scene.git("config", key, value)
    for hook in ("pre-push", "reference-transaction", "post-commit"):
        scene.program(scene.root / "hooks" / hook, f"echo {hook} >>{scene.root}/ran; exit 1\n")
    scene.git("-c", "core.hooksPath=/dev/null", "tag", "-a", "-m", "x", "private")
    done = scene.run("--push")
    check("only the tag is pushed, and no hook runs", done.returncode == 0 and scene.tag(up=True) == scene.head
          and scene.tag("private", up=True) is None and not (scene.root / "ran").exists(), done.err)
    check("that no hook ran is said", "a pre-push hook is not run" in done.out, done.out)
    check("the branch stays where it was", scene.git("rev-parse", "main", folder=scene.up) ==
          scene.git("rev-parse", "HEAD~1"))


def signed():
    scene = Scene("signed")
    key = scene.home / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    (scene.home / "allowed").write_text("ada@example.org " + key.with_suffix(".pub").read_text())
    for name, value in {"gpg.format": "ssh", "user.signingKey": f"{key}.pub", "tag.gpgSign": "true",
                        "gpg.ssh.allowedSignersFile": str(scene.home / "allowed")}.items():
        scene.git("config", "--global", name, value)
    done = scene.run("--push")
    verified = subprocess.run(["git", "verify-tag", "v1.1.0"], cwd=scene.up, env=scene.env, capture_output=True, text=True)
    check("signed where git is set up for it", verified.returncode == 0, done.err + verified.stderr)
    scene.git("config", "--global", "tag.gpgSign", "false")
    for number, words in ((2, []), (3, ["--sign"])):
        scene.commit("feat: more")
        done = scene.run(*words)
        has = "BEGIN SSH SIGNATURE" in scene.git("cat-file", "tag", f"v1.{number}.0")
        check(f"signed only when asked {words}", has == bool(words), done.err)
    scene.commit("feat: more")
    key.unlink()
    before = scene.refs()
    done = scene.run("--sign", "--push")
    check("a signature that fails makes nothing", done.returncode == 3 and scene.refs() == before and
          "could not be signed" in done.err, done.err)
    scene.git("tag", "-a", "-m", "x", "v1.4.0")
    with_it = scene.refs()
    done = scene.run("--sign", "--push")
    check("one without a signature is not pushed", done.returncode == 1 and scene.refs() == with_it and
          "is here without a signature; run: git -C" in done.err, done.err)
    scene.git("tag", "-d", "v1.4.0")
    for name in ("gpg.program", "gpg.ssh.program", "gpg.ssh.defaultKeyCommand", "core.sshCommand",
                 "remote.origin.receivepack", "credential.helper"):
        scene.git("config", name, f"touch {scene.root}/ran")
        done = scene.run("--sign", "--push")
        check(f"the repository's own {name} runs nothing", done.returncode == 3 and f"config --unset {name.lower()}" in done.err.lower()
              and scene.refs() == before and not (scene.root / "ran").exists(), done.err)
        scene.git("config", "--unset", name)


def refused():
    scene = Scene("refused")

    def no(name, status, said, *words, **more):
        before = scene.refs()
        done = scene.run("--push", *words, **more)
        check(name, done.returncode == status and said in done.err and scene.refs() == before and not done.out,
              f"{done.returncode} {done.out}{done.err}")

    (scene.here / "file").write_text("changed")
    no("a dirty tree", 1, "tracked files have changes")
    scene.git("checkout", "-q", "file")
    (scene.here / "untracked").write_text("x")
    no("another commit than what is checked out", 1, "is not checked out; run: git checkout", "--sha", "v1.0.0^{commit}")
    event = scene.root / "event.json"
    event.write_text(json.dumps({"number": 7, "pull_request": {
        "number": 7, "head": {"sha": scene.head, "repo": {"full_name": "acme/shop"}},
        "base": {"sha": scene.git("rev-parse", "v1.0.0"), "ref": "main", "repo": {"full_name": "acme/shop"}}},
        "repository": {"full_name": "acme/shop", "default_branch": "main"}}))
    no("a pull request", 1, "is only a proposal", GITHUB_EVENT_NAME="pull_request", GITHUB_EVENT_PATH=str(event),
       GITHUB_REPOSITORY="acme/shop", GITHUB_SHA=scene.head, GITHUB_REF="refs/pull/7/merge")
    (scene.home / ".gitconfig").rename(scene.home / "kept")
    no("nobody", 3, "git doesn't know the author of the tag; run: git config --global user.name")
    (scene.home / "kept").rename(scene.home / ".gitconfig")
    scene.git("tag", "v1.1.0", "HEAD^{tree}")
    no("a name that is taken", 1, "tag v1.1.0 is in the way")
    scene.git("tag", "-d", "v1.1.0")
    scene.git("push", "-q", "origin", "HEAD~1:refs/tags/v1.1.0")
    no("a remote that has it elsewhere", 1, f"is at origin already, at commit {scene.git('rev-parse', 'HEAD~1')[:7]}")
    scene.git("push", "-q", "origin", ":refs/tags/v1.1.0")
    for tag, said in (("v1.0.1", "origin has tag v1.0.1, which is missing in this clone"), ("v2.0.0", "fetch --tags origin")):
        scene.git("push", "-q", "origin", f"HEAD~1:refs/tags/{tag}")
        no(f"a version that only the remote has ({tag})", 1, said)
        scene.git("push", "-q", "origin", f":refs/tags/{tag}")
    for tag in ("v0.9.0", "v1.2", "other/v9.0.0"):  # lower, no version, of another line
        scene.git("push", "-q", "origin", f"HEAD~1:refs/tags/{tag}")
    scene.git("remote", "set-url", "origin", str(scene.root / "gone"))
    no("a remote that is gone", 3, "git ls-remote origin failed")
    scene.git("remote", "rename", "origin", "up")
    scene.git("remote", "remove", "up")
    no("no remote", 3, "there is no remote 'origin' to push to; run: git remote add origin URL")
    scene.git("remote", "add", "origin", str(scene.up))
    no("a remote of which nothing is known", 3, "was never fetched from origin")
    (scene.here / "fairlead.yml").write_text("tag: {context: 'git:.'}\n")
    no("a repository that fairlead.yml names", 2, "nothing is released")


def there_already():
    scene = Scene("there")
    scene.git("push", "-q", "origin", "HEAD:refs/tags/v1.1.0")
    done = scene.run("--push")
    check("a remote that has it at this commit is fine", done.returncode == 0 and "already, at this commit" in done.out,
          done.out + done.err)
    check("no other tag of that name is made", scene.tag() is None)
    scene = Scene("before")
    scene.git("push", "-q", "origin", ":refs/tags/v1.0.0")
    done = scene.run("--push")
    check("a version before that was never pushed is told", scene.tag(up=True) == scene.head and
          "tag v1.0.0, the previous version, is not at origin; run: git -C" in done.err, done.err)


def interrupted():
    real = shutil.which("git")
    for number, act in enumerate(("ls-remote", "var", "tag", "push")):
        for when in ("before", "after"):
            scene = Scene(f"killed-{act}-{when}")
            shim = f'case " $* " in *" {act} "*) '
            kill = f"kill -9 $PPID; exit 1"
            shim += kill if when == "before" else f'"{real}" "$@"; {kill}'
            scene.program(scene.root / "bin/git", shim + f';; esac\nexec "{real}" "$@"\n')
            done = scene.run("--push", PATH=f"{scene.root}/bin:{PATH}")
            made, pushed = scene.tag() is not None, scene.tag(up=True) is not None
            at = number * 2 + (when == "after")
            check(f"killed {when} {act}", done.returncode == -9 and made == (at >= 5) and pushed == (at >= 7),
                  f"{done.returncode} made {made} pushed {pushed} {done.err}")
            again = scene.run("--push")
            check(f"and run again after {when} {act}", again.returncode == 0 and
                  scene.tag() == scene.tag(up=True) == scene.head, again.err)
    scene = Scene("stopped")
    scene.program(scene.up / "hooks/pre-receive", f"touch {scene.root}/asked; sleep 30\n")
    process = scene.start("--push")
    for _ in range(200):
        if (scene.root / "asked").exists():
            break
        time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=20)
    check("a stop while it pushes is status 3, no answer", process.returncode == 3 and not out, out + err)
    check("the tag waits", scene.tag() == scene.head and scene.tag(up=True) is None)
    (scene.up / "hooks/pre-receive").unlink()
    check("the next run pushes it", scene.run("--push").returncode == 0 and scene.tag(up=True) == scene.head)


def component():
    scene = Scene("component")
    (scene.here / "fairlead.yml").write_text("tag: {components: {api: {include: ['api/**']}}}\n")
    (scene.here / "api").mkdir()
    (scene.here / "api/a").write_text("a")
    head = scene.commit("feat: api")
    done = scene.run("--component", "api", "--push")
    check("a component's tag", scene.tag("api/v0.1.0", up=True) == head, done.err)
    text = scene.git("cat-file", "tag", "api/v0.1.0")
    check("holds its own changes only", "- api (" in text and "window" not in text, text)
    (scene.here / "api/a").write_text("b")
    head = scene.commit("fix: api")
    done = scene.run("--component", "api", "--channel", "beta", "--push")
    check("a channel's tag", scene.tag("api/v0.1.1-beta.1", up=True) == head, done.err)


with tempfile.TemporaryDirectory(prefix="fairlead-release") as folder:
    WORK = pathlib.Path(folder).resolve()
    whole()
    one_reference()
    if shutil.which("ssh-keygen"):
        signed()
    else:
        counted.skip("ssh-keygen", "signatures", "it is not installed")
    refused()
    there_already()
    interrupted()
    component()
counted.close(passed, failed)
