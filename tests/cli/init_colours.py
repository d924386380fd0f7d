#!/usr/bin/python3
# needs: node, pytest, ctest, make; takes: 60 s; cases: 104
"""init_colours.py BIN: foreign test commands keep their colour in what `fairlead init` writes.

Each row is a line as teams write it, with what fairlead.yml runs for it. Those whose tools are here are run, once green and once red:
the step's own status is that of the team's command, and the report that it writes has as many tests.
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import counted  # noqa: E402
from counted import note, skip, that  # noqa: E402

BIN = pathlib.Path(sys.argv[1]).resolve()
SPEC = "--test-reporter=spec --test-reporter-destination=stdout"
OURS = ("--test-reporter=junit --test-reporter-destination=reports/junit.xml --experimental-test-coverage --test-reporter=lcov "
        "--test-reporter-destination=reports/coverage/lcov.info")
BIN_PATH = 'export PATH="$PWD/node_modules/.bin:$PATH"; '
JEST = "--ci --reporters=default --reporters=jest-junit --coverage --coverageReporters=lcovonly --coverageDirectory=reports/coverage"
JEST_ENV = "env CI=true JEST_JUNIT_OUTPUT_FILE=reports/junit.xml JEST_JUNIT_ADD_FILE_ATTRIBUTE=true JEST_JUNIT_REPORT_TEST_SUITE_ERRORS=true "
VITEST = "--run --reporter=default --reporter=junit --outputFile.junit=reports/junit.xml"

# The script of package.json, more of package.json, and what is written for it.
NODE = [
    ("node --test", {}, f"node --test {SPEC} {OURS}"),
    ("node --test --test-reporter=spec", {}, f"node --test {SPEC} {OURS}"),
    ("node --test --test-reporter=dot", {}, f"node --test --test-reporter=dot --test-reporter-destination=stdout {OURS}"),
    ("node --test --test-reporter=tap --test-reporter-destination=stdout", {}, f"node --test --test-reporter=tap --test-reporter-destination=stdout {OURS}"),
    ("node --test-reporter spec --test", {}, f"node --test {SPEC} {OURS}"),
    ("node --test --experimental-test-coverage", {},
     f"node --test {SPEC} --test-reporter=junit --test-reporter-destination=reports/junit.xml --test-reporter=lcov "
     "--test-reporter-destination=reports/coverage/lcov.info --experimental-test-coverage"),
    ("node --test test/*.test.js", {}, f"sh -c node --test {SPEC} {OURS} test/*.test.js"),
    ("node build.js && node --test", {}, f"sh -c {BIN_PATH}node build.js && node --test {SPEC} {OURS}"),
    ("NODE_ENV=test node --test", {}, f"sh -c {BIN_PATH}NODE_ENV=test node --test {SPEC} {OURS}"),
    ("jest", {"jest-junit": "17"}, f"{JEST_ENV}npm run test -- {JEST}"),
    ("jest --reporters=default --reporters=jest-junit", {"jest-junit": "17"}, None),
    ("jest --watch", {"jest-junit": "17"}, None),
    ("jest --coverage=false", {"jest-junit": "17"}, f"{JEST_ENV}npm run test -- --ci --reporters=default --reporters=jest-junit"),
    ("jest --ci --coverage --coverageDirectory=cov", {"jest-junit": "17"}, None),
    ("vitest", {}, f"npm run test -- {VITEST}"),
    ("vitest run", {}, f"npm run test -- {VITEST}"),
    ("vitest run --reporter=verbose", {}, None),
    ("vitest --reporter=junit --outputFile=junit.xml --run", {}, None),
    ("vitest --ui", {}, None),
    ("mocha", {}, "npm run test -- --reporter=xunit --reporter-option=output=reports/junit.xml"),
    ("mocha --reporter dot test/", {}, "npm run test -- --reporter=xunit --reporter-option=output=reports/junit.xml"),
    ("mocha --watch", {}, None),
    ("tap", {"tap": "21"}, "npm run test -- --reporter=junit --reporter-file=reports/junit.xml"),
    ("tap --reporter=terse", {"tap": "21"}, None),
    ("ava", {}, "npm run test"),
    ("ava --tap", {}, "npm run test"),
    ("tsc && jest", {"jest-junit": "17"}, f"{JEST_ENV}npm run test -- {JEST}"),
]
PASSING = "const test = require('node:test');\nconst assert = require('node:assert');\n" + "".join(
    f"test('t{n}', () => assert.equal(1, 1));\n" for n in range(3))
PY = "import unittest\n\n\nclass T(unittest.TestCase):\n" + "".join(f"    def test_{n}(self):\n        self.assertEqual(1, 1)\n\n" for n in range(3))
PYTEST = "".join(f"def test_{n}():\n    assert 1 == 1\n\n\n" for n in range(3))


def node_project(script, more):
    package = {"name": "shop", "scripts": {"test": script}, "devDependencies": more}
    return {"package.json": json.dumps(package), "package-lock.json": '{"lockfileVersion": 3, "packages": {}}', ".nvmrc": "20\n",
            "test/a.test.js": PASSING, "build.js": "require('fs').writeFileSync('built', '')\n"}


# Name, files, the team's own command, what is written of it (a regular expression), whether it is run here, the line that makes it red.
OTHERS = [
    ("pytest", {"app.py": "X = 1\n", "test_a.py": PYTEST, "pytest.ini": "[pytest]\n"}, "pytest", r"python -m pytest --junitxml=reports/junit\.xml --cov=\. ", "pytest"),
    ("pytest -q in addopts", {"app.py": "X = 1\n", "test_a.py": PYTEST, "pytest.ini": "[pytest]\naddopts = -q\n"}, "pytest", r"--cov=\. ", "pytest"),
    ("pytest that measures", {"app.py": "X = 1\n", "test_a.py": PYTEST, "pytest.ini": "[pytest]\naddopts =\n  --cov=app\n  --cov-fail-under=0\n"}, "pytest",
     r"--junitxml=reports/junit\.xml --cov-report=xml:reports/coverage\.xml$", ""),
    ("pytest with its own JUnit", {"app.py": "X = 1\n", "test_a.py": PYTEST, "pytest.ini": "[pytest]\naddopts = --junitxml=own.xml\n"}, "pytest", r"--junitxml=reports/junit\.xml", "pytest"),
    ("pytest with a floor for others", {"app.py": "X = 1\n", "test_a.py": PYTEST, "pytest.ini": "[pytest]\n", ".coveragerc": "[report]\nfail_under = 100\n"}, "pytest",
     r"--cov-fail-under=0$", ""),
    ("unittest", {"tests/__init__.py": "", "tests/test_a.py": PY, "app.py": ""}, "python -m unittest", r"xmlrunner discover -s tests", ""),
    ("tox", {"tox.ini": "[testenv]\ncommands = pytest\n", "test_a.py": PYTEST, "setup.py": ""}, "tox", r"tox run -e py", ""),
    ("nox", {"noxfile.py": "import nox\n\n@nox.session\ndef tests(s):\n    s.run('pytest')\n", "test_a.py": PYTEST, "setup.py": ""}, "nox -s tests", r"nox -s tests", ""),
    ("hatch", {"pyproject.toml": "[project]\nname='a'\nversion='1'\n[build-system]\nrequires=['hatchling']\n[tool.hatch.envs.default]\ndependencies=['pytest']\n",
               "tests/test_a.py": PYTEST, "a.py": ""}, "hatch run pytest", r"-m pytest", ""),
    ("go test", {"go.mod": "module example.org/a\n\ngo 1.21\n", "a_test.go": 'package a\n\nimport "testing"\n\n' + "".join(
        f"func Test{n}(t *testing.T) {{\n\tif 1 != 1 {{\n\t\tt.Fail()\n\t}}\n}}\n" for n in "ABC")}, "go test ./...", r"gotestsum@.* --junitfile reports/junit\.xml", ""),
    ("cargo test", {"Cargo.toml": '[package]\nname = "a"\nversion = "0.1.0"\nedition = "2021"\n', "src/lib.rs": "".join(
        f"#[test]\nfn t{n}() {{ assert_eq!(1, 1); }}\n" for n in range(3))}, "cargo test", r"cargo test --tests --no-fail-fast", "cargo"),
    ("CTest", {"CMakeLists.txt": "cmake_minimum_required(VERSION 3.20)\nproject(a NONE)\nenable_testing()\n" + "".join(
        f"add_test(NAME t{n} COMMAND true)\n" for n in range(3))}, "ctest", r"ctest --test-dir build --output-on-failure --output-junit junit\.xml", "ctest"),
    ("make", {"Makefile": "test:\n\ttrue\n"}, "make test", r"^make test$", "make"),
    ("just", {"justfile": "test:\n  true\n"}, "just test", r"^just test$", ""),
    ("Taskfile", {"Taskfile.yml": "version: '3'\ntasks:\n  test: {cmds: ['true']}\n"}, "task test", r"^task test$", ""),
    ("Maven", {"pom.xml": "<project><artifactId>a</artifactId></project>", "src/test/java/ATest.java": ""}, "mvn test", r"mvn .*(test|verify)", ""),
    ("Gradle", {"build.gradle": "", "settings.gradle": "", "src/test/java/ATest.java": ""}, "gradle test", r"gradle --no-daemon test", ""),
    ("RSpec", {"Gemfile": "gem 'rspec_junit_formatter'\n", "spec/a_spec.rb": ""}, "rspec", r"rspec --format progress --format RspecJunitFormatter", ""),
    ("minitest", {"Gemfile": "", "Rakefile": "", "test/a_test.rb": ""}, "rake test", r"rake test$", ""),
    ("PHPUnit", {"composer.json": '{"require-dev": {"phpunit/phpunit": "11"}}'}, "phpunit", r"phpunit --log-junit reports/junit\.xml", ""),
    ("Pest", {"composer.json": '{"require-dev": {"pestphp/pest": "3"}}'}, "pest", r"pest --log-junit reports/junit\.xml", ""),
    (".NET", {"A.sln": "", "T/T.csproj": "Microsoft.NET.Test.Sdk"}, "dotnet test", r"dotnet test --logger trx", ""),
    ("Elixir", {"mix.exs": ":junit_formatter"}, "mix test", r"mix test --formatter JUnitFormatter", ""),
    ("Bazel", {"MODULE.bazel": ""}, "bazel test //...", r"^bazel test //\.\.\.$", ""),
]


def write(folder, files):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def run(words, folder):
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=180, check=False,
                          env={"PATH": f"{BIN}:{os.environ['PATH']}", "HOME": os.environ.get("HOME", str(folder)), "LANG": "C.UTF-8"})


def steps(folder):
    """What fairlead.yml does for the tests: the commands before the gate, without what is installed."""
    done = run([BIN / "fairlead", "init"], folder)
    if done.returncode:
        return [], done.stderr
    text = (folder / "fairlead.yml").read_text().replace("$${", "${")
    rows = [row for row in yaml.safe_load(text)["run"] if isinstance(row, dict)]
    return [row["exec"] for row in rows if re.fullmatch(r"tests(-\d+)?", row["name"])], ""


def counted_in(folder, pattern):
    files = [path for path in folder.glob(pattern)]
    text = "".join(path.read_text() for path in files)
    whole = re.sub(r"<\?xml[^>]*\?>", "", text)
    root = xml.etree.ElementTree.fromstring(f"<all>{whole}</all>")
    return len(root.findall(".//testcase"))


def both_colours(what, scratch, files, own, red, report, tests=3, prepare=lambda words: words):
    """The team's command and the step: green, then red with the same tests."""
    for colour in ("green", "red"):
        folder = scratch / re.sub(r"\W+", "-", f"{what} {colour}")
        made = {name: red(text) if colour == "red" else text for name, text in files.items()}
        write(folder, made)
        commands, problem = steps(folder)
        if problem or not commands:
            note(f"{what}, {colour}", problem or "no step of tests was written")
            continue
        theirs = run(["sh", "-c", own], folder)
        status, said = 0, ""
        for words in commands:
            done = run(prepare(words), folder)
            status, said = status or done.returncode, said + done.stdout + done.stderr
        that((theirs.returncode == 0) == (status == 0) == (colour == "green"), f"{what}: {colour} as by itself",
             f"own {theirs.returncode}, step {status}: {said[-1500:]}")
        if report:
            count = counted_in(folder, report)
            that(count == tests, f"{what}: {colour}, {tests} tests in the report", count)


def node(scratch):
    for number, (script, more, wanted) in enumerate(NODE):
        folder = scratch / f"node-{number}"
        write(folder, node_project(script, more))
        commands, problem = steps(folder)
        line = " ".join(commands[-1]) if commands else ""
        reporters = re.findall(r"--(?:test-)?reporters?[= ](\S+)", line)
        doubled = [one for one in set(reporters) if reporters.count(one) > 1]
        note(f"{script}: what is written", problem or (f"{line!r}, not {wanted!r}" if wanted and line != wanted else "") or (f"doubled: {doubled}" if doubled else "")
             or ("" if not re.search(r" --(watch|ui)( |$)", line) else line))
        if not script.startswith(("node", "NODE_ENV")):
            continue
        if not shutil.which("node"):
            skip("node", script, "it is not installed")
            continue
        both_colours(f"`{script}`", scratch, node_project(script, more), "npm test --silent", lambda text: text.replace("t0', () => assert.equal(1, 1)", "t0', () => assert.equal(1, 2)"),
                     "reports/junit.xml")


def own_python(words):
    return ["/usr/bin/python3" if word == ".venv/bin/python" else word.replace(".venv/bin/python", "/usr/bin/python3") for word in words]


def others(scratch):
    lacking = {"pytest": run(["/usr/bin/python3", "-c", "import pytest, pytest_cov"], scratch).returncode != 0,
               "cargo": not shutil.which("cargo"), "ctest": not shutil.which("ctest"), "make": not shutil.which("make")}
    reports = {"pytest": "reports/junit.xml", "cargo": "reports/junit.xml", "ctest": "build/junit.xml", "make": ""}
    for name, files, own, wanted, tool in OTHERS:
        folder = scratch / re.sub(r"\W+", "-", f"x {name}")
        write(folder, files)
        commands, problem = steps(folder)
        line = " ".join(commands[-1]) if commands else ""
        note(f"{name}: what is written", problem or ("" if re.search(wanted, line) else f"{line!r} has no {wanted}"))
        if not tool:
            continue
        if lacking[tool] and tool == "cargo":  # no part of what a machine of ours has
            print(f"not run: {name}, as {tool} is not here")
            continue
        if lacking[tool]:
            skip(tool, name, "it is not installed")
            continue
        if tool == "ctest":
            own = "cmake -S . -B theirs >/dev/null && ctest --test-dir theirs"
        own = own.replace("python ", "/usr/bin/python3 ")
        if tool == "pytest":
            own = "/usr/bin/python3 -m pytest"
        both_colours(name, scratch, files, own, lambda text: (text.replace("assertEqual(1, 1)", "assertEqual(1, 2)", 1).replace("assert 1 == 1", "assert 1 == 2", 1)
                                                              .replace("assert_eq!(1, 1)", "assert_eq!(1, 2)", 1).replace("COMMAND true", "COMMAND false", 1)
                                                              .replace("\ttrue", "\tfalse")), reports[tool], prepare=own_python)


def main():
    with tempfile.TemporaryDirectory(prefix="fairlead-colours.") as name:
        scratch = pathlib.Path(name)
        node(scratch)
        others(scratch)
    that(len(NODE) + len(OTHERS) >= 40, f"{len(NODE) + len(OTHERS)} lines of foreign tests")
    counted.close()


main()
