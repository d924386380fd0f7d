#!/usr/bin/python3
# needs: nothing; takes: 3 s; cases: 13
"""own_gate.py BIN: the policy that our own pull requests are judged by (.github/fairlead.yml) refuses a regression of each kind.

The jobs of pull-request.yml pack what a good change brings, and the gate says yes; then one thing is made worse at a time.
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402
import tidy_sarif  # noqa: E402

BIN = pathlib.Path(sys.argv[1]).resolve()
POLICY = counted.ROOT / ".github" / "fairlead.yml"
JOBS = ("test", "lint", "coverage", "release")
TIDY = "{0}/src/a.cpp:7:3: warning: use auto [modernize-use-auto,-warnings-as-errors]\n    int x = f();\n    ^\nFAILED  clang-tidy src/a.cpp\n"


class Change:
    """A repository with a change of 40 lines, and what the jobs of its pull request wrote."""

    def __init__(self, folder):
        self.work = pathlib.Path(folder) / "work"
        self.env = {"PATH": os.environ["PATH"], "HOME": folder, **{f"GIT_{who}_{what}": "a@example.org" for who in ("AUTHOR", "COMMITTER")
                                                                   for what in ("NAME", "EMAIL")}}
        self.write(".github/fairlead.yml", POLICY.read_text())
        self.write(".gitignore", "build/\nshards/\n")
        self.write("src/a.cpp", "".join(f"int a{number};\n" for number in range(60)))
        self.git("init", "-q", "-b", "main")
        self.commit()
        self.write("src/b.cpp", "".join(f"int b{number};\n" for number in range(40)))
        self.commit()
        self.tests(2000)
        self.coverage({"a": range(60), "b": range(40)})
        self.tidy("")
        self.starts(0.002)
        self.size("gate", 5 << 20)
        self.size("scan", 14 << 20)

    def write(self, name, text):
        path = self.work / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def git(self, *words):
        subprocess.run(["git", *words], cwd=self.work, env=self.env, check=True, stdout=subprocess.DEVNULL)

    def commit(self):
        self.git("add", "-A")
        self.git("commit", "-qm", "a change")

    def tests(self, count, failing=""):
        cases = "".join(f'<testcase classname="unit" name="{number}"/>' for number in range(count)) + failing
        self.write("build/test/dev.xml", f"<testsuite>{cases}</testsuite>")
        self.write("build/test/asan.xml", '<testsuite><testcase classname="asan" name="0"/></testsuite>')

    def coverage(self, covered):
        lines = {"a": 60, "b": 40}
        self.write("build/coverage/lcov.info", "".join(
            f"SF:src/{name}.cpp\n" + "".join(f"DA:{line + 1},{int(line in covered[name])}\n" for line in range(count)) + "end_of_record\n"
            for name, count in lines.items()))

    def tidy(self, log):
        self.write("build/test/tidy.sarif", json.dumps(tidy_sarif.sarif(log.splitlines())))

    def starts(self, seconds):
        self.write("build/test/start.json", json.dumps({"results": [
            {"command": f"fairlead-{tool} --version", "mean": seconds, "median": seconds, "min": seconds, "max": seconds, "stddev": 0,
             "user": seconds, "system": 0, "times": [seconds] * 50, "exit_codes": [0] * 50} for tool in ("gate", "scan")]}))

    def size(self, tool, size):
        self.write(f"build/static/bin/fairlead-{tool}", "")
        os.truncate(self.work / f"build/static/bin/fairlead-{tool}", size)

    def gate(self, *words):
        return subprocess.run([BIN / "fairlead-gate", "--config", ".github/fairlead.yml", "--format", "text", *words], cwd=self.work, env=self.env,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60)

    def judge(self, without=()):
        """What the jobs' steps and the last one say, in their order."""
        shutil.rmtree(self.work / "shards", ignore_errors=True)
        packed = [self.gate("--collect", f"shards/{job}") for job in JOBS if job not in without]
        shutil.move(self.work / "build", self.work.parent / "elsewhere")  # the judging job has the shards only
        judged = self.gate("--base", "main~1")
        shutil.move(self.work.parent / "elsewhere", self.work / "build")
        return packed, judged


def planted(what, rule, spoil, without=()):
    with tempfile.TemporaryDirectory(prefix="fairlead-own-") as folder:
        change = Change(folder)
        spoil(change)
        packed, judged = change.judge(without)
        refused = judged.returncode == 1 and f"[{rule}]" in judged.stdout
        counted.that(refused, f"{what}: {rule}", "\n".join(one.stdout for one in (*packed, judged)))


with tempfile.TemporaryDirectory(prefix="fairlead-own-") as folder:
    packed, judged = Change(folder).judge()
    counted.that(all(one.returncode == 0 for one in (*packed, judged)), "a good change passes", "\n".join(one.stdout for one in (*packed, judged)))

planted("a test fails", "gate/tests-failed", lambda c: c.tests(2000, '<testcase classname="u" name="x"><failure message="no"/></testcase>'))
planted("a test fails at first", "gate/tests-flaky",
        lambda c: c.tests(2000, '<testcase classname="u" name="x"><flakyFailure message="no"/></testcase>'))
planted("hardly a test runs", "gate/tests-none", lambda c: c.tests(900))
planted("what is new isn't covered", "gate/coverage-diff", lambda c: c.coverage({"a": range(60), "b": range(30)}))
planted("too little is covered", "gate/coverage-total", lambda c: c.coverage({"a": range(20), "b": range(40)}))
planted("clang-tidy complains", "gate/findings", lambda c: c.tidy(TIDY.format(c.work)))
planted("a program starts slowly", "gate/budget", lambda c: c.starts(0.005))
planted("the gate has grown", "gate/size", lambda c: c.size("gate", 8 << 20))
planted("the scan has grown", "gate/size", lambda c: c.size("scan", 17 << 20))
planted("a job is lost", "gate/shard", lambda c: None, without=("lint",))
planted("a job wrote nothing", "gate/shard", lambda c: (c.work / "build/test/asan.xml").unlink())

found = tidy_sarif.sarif(TIDY.format(os.getcwd()).splitlines())["runs"][0]["results"]
counted.that([(one["ruleId"], one["level"]) for one in found] == [("modernize-use-auto", "warning")]
             and found[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "src/a.cpp", "clang-tidy's line is a finding", found)
counted.close()
