#!/usr/bin/python3
# needs: env-readers; takes: 37 s
"""fairlead-preflight --print-env against those who read env files: the same values, the same files refused.

    env_readers.py BIN [--files N] [--seed N] [--dialect D]
The readers that are installed: dash, systemd's own library, python-dotenv and dotenv of npm, compose-go and docker's
kvfile by a Go program. Those of the package registries are looked for in $FAIRLEAD_ENV_READERS too: venv/bin/python,
node_modules, envread (`go build` of GO below).
"""
import argparse
import atexit
import ctypes
import glob
import json
import os
import pathlib
import pty
import random
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from counted import close, note, skip

READERS = pathlib.Path(os.environ.get("FAIRLEAD_ENV_READERS") or "/nonexistent")
CALLER = {"B": "bee", "EMPTY": "", "HOME": "/home/app", "PATH": "/nonexistent"}

PYTHON = """
import json, sys, dotenv
for name in sys.argv[1:]:
    try:
        print(json.dumps(dotenv.dotenv_values(name)))
    except ValueError:
        print("null")
"""
NODE = """
const fs = require("fs"), dotenv = require("dotenv");
for (const name of process.argv.slice(1)) console.log(JSON.stringify(dotenv.parse(fs.readFileSync(name))));
"""
SYSTEMD = """
import ctypes, json, sys
lib = ctypes.CDLL(sys.argv[1])
lib.strv_env_clean_with_callback.restype = ctypes.POINTER(ctypes.c_char_p)
for name in sys.argv[2:]:
    pairs = ctypes.POINTER(ctypes.c_char_p)()
    if lib.load_env_file(None, name.encode(), ctypes.byref(pairs)) < 0:
        print("null")
        continue
    values, at = {}, 0
    kept = lib.strv_env_clean_with_callback(pairs, None, None) if pairs else None
    while kept and kept[at] is not None:
        key, _, value = kept[at].decode().partition("=")
        values[key] = value
        at += 1
    print(json.dumps(values))
"""
GO = """
package main

import (
	"encoding/json"
	"os"
	"strings"

	"github.com/compose-spec/compose-go/v2/dotenv"
	"github.com/docker/cli/pkg/kvfile"
)

func main() {
	out := json.NewEncoder(os.Stdout)
	for _, name := range os.Args[2:] {
		var values map[string]string
		var err error
		if os.Args[1] == "compose" {
			values, err = dotenv.ReadFile(name, os.LookupEnv)
		} else {
			var lines []string
			lines, err = kvfile.Parse(name, os.LookupEnv)
			values = map[string]string{}
			for _, line := range lines {
				key, value, _ := strings.Cut(line, "=")
				values[key] = value
			}
		}
		if err != nil {
			values = nil
		}
		out.Encode(values)
	}
}
"""


def answers(words, **options):
    """Of a reader that is given all files: a value per line."""
    done = subprocess.run(words, capture_output=True, text=True, env=CALLER | options)
    if done.returncode:
        raise RuntimeError(done.stderr[-300:])
    return [json.loads(line) for line in done.stdout.splitlines()]


def python_dotenv(files):
    for python in (READERS / "venv/bin/python", shutil.which("python3"), "/usr/bin/python3"):
        told = python and os.path.exists(python) and subprocess.run(
            [python, "-c", "import importlib.metadata as m, sys; print(m.version('python-dotenv'), sys.executable)"],
            capture_output=True, text=True).stdout.strip()
        version, _, program = (told or "").partition(" ")  # what `python3` of PATH starts may be a script
        if version and tuple(map(int, version.split(".")[:3])) >= (1, 2, 4):  # as it has read since: BOM, a comment for a value
            return answers([program, "-c", PYTHON, *files])
    return "python-dotenv 1.2.4 or newer"


def node_dotenv(files):
    node = shutil.which("node")
    if not node or subprocess.run([node, "-e", "require('dotenv')"], cwd=READERS if READERS.exists() else None,
                                  capture_output=True).returncode:
        return "dotenv of npm"
    done = subprocess.run([node, "-e", NODE, *files], cwd=READERS if READERS.exists() else None, capture_output=True,
                          text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def systemd(files):
    libraries = glob.glob("/usr/lib/*/systemd/libsystemd-shared-*.so")
    if not libraries or not hasattr(ctypes.CDLL(libraries[0]), "load_env_file"):
        return "libsystemd-shared"
    return answers([sys.executable, "-c", SYSTEMD, libraries[0], *files])


def dash(files):
    program = shutil.which("dash")
    return [of_dash(program, name) for name in files] if program else "dash"


def of_dash(program, name):
    done = subprocess.run([program, "-c", 'set -ae; . "$1" >/dev/null; exec /usr/bin/env -0', "dash", name],
                          capture_output=True, env=CALLER)
    if done.returncode:
        return None
    pairs = dict(part.split("=", 1) for part in done.stdout.decode().split("\0") if part)
    pairs.pop("PWD", None)
    return {key: value for key, value in pairs.items() if CALLER.get(key) != value} | {"B": pairs.get("B")}


def go_program():
    if (READERS / "envread").exists():
        return str(READERS / "envread")
    go, folder = shutil.which("go"), pathlib.Path(tempfile.mkdtemp(prefix="fairlead envread "))
    atexit.register(shutil.rmtree, folder, True)
    if go:
        (folder / "main.go").write_text(GO)
        (folder / "go.mod").write_text("module envread\n\ngo 1.24\n")
        offline = os.environ | {"GOPROXY": "off", "GONOSUMDB": "*", "GOFLAGS": "-mod=mod"}
        for words in (["get", "github.com/compose-spec/compose-go/v2/dotenv", "github.com/docker/cli/pkg/kvfile"],
                      ["build", "-o", "envread", "."]):
            if subprocess.run([go, *words], cwd=folder, env=offline, capture_output=True).returncode:
                return None
        return str(folder / "envread")
    return None


GO_READER = None


def by_go(dialect):
    def read(files):
        global GO_READER
        GO_READER = GO_READER or go_program()
        return answers([GO_READER, dialect, *files]) if GO_READER else "compose-go and docker/cli from Go's cache"
    return read


REAL = {"compose": by_go("compose"), "docker": by_go("docker"), "systemd": systemd, "dotenv": python_dotenv,
        "node": node_dotenv, "shell": dash}

# preflight.md 3.1, row by row
TABLE = ["A=b c", 'A="b c"', "A='b c'", "A=b # c", "A=b#c", 'A="b" # c', 'A="b"c', "A='a''b'", 'A=a"b"c', "A=$B", 'A="$B"',
         "A=${B}", "A='$B'", "A='${B}'", "A=${NOPE:-x}", "A=$2y$05$abc", 'A="a\\$B"', 'A="a\\nb"', 'A="a\\tb"', "A=a\\nb",
         'A="a\\"b"', "export A=b", "A", "A\n", "B\n", "A=", "A = b", "A= b", "A=b  ", "A: b", 'A="x\ny"', "A=b\\\nc", 'A="b',
         "A.B=c", "A-B=c", "1A=c", ";A=b", "# c\nA=b", "  # c\nA=b", "A=http://h/?a=1&b=2", "A=b\r\nC=d\r\n",
         "\ufeffA=b", "A=1\nA=2", "A= # c", "A=#c", "A=\n'b'\n", "A\n=b\n", "A:\nb\n", 'A="a" C="d"\n', "=b\n", "A=${B\n",
         "A=${EMPTY:-x}${EMPTY-y}${NOPE-z}${B:+r}${NOPE:+s}\n", "A=${NOPE:?m}\n", "A=${NOPE:-${B}}${B}\n", 'A="\\0101\\x"\n',
         "'A'=b\n", "A=`b`\n", "export A\n", "export B\n", "A=1\nexport A\n", "A=${B:-{}}\n", "A=~/x:~\n"]

WORDS = ["b", "c", "bee", "x1", "é", "\u00a0", "a.b", "8080", "/p/q", "http://h:1/p", "user@h", "=", "%", "*", "~", "!"]
SIGNS = [" ", "  ", "\t", "#", " #", " # c", "'", '"', "$B", "${B}", "${NOPE}", "${NOPE:-d}", "${EMPTY:-d}", "${EMPTY-d}",
         "${B:+r}", "$NOPE", "\\n", "\\", "\\\\", '\\"', "\\'", "\\$", "\\t", ":", ",", "{", "}", "[", "${B:-", "-", "\\r"]
WILD = {"compose": ["$$", "${", "\\0101", "${NOPE:?m}", "\n"], "docker": ["`", "$$", "\n"],
        "systemd": ["`", "$$", "\n", "\\\n"], "dotenv": ["`", "${B:x}", "\n", "$$"], "node": ["`", "`x`", "\n", "\\`"],
        "shell": ["\\\n", "${NOPE:-'q r'}", '${NOPE:-"q}"}', "&&C=d", ";", "\n", "&"]}
NAMES = ["A", "B", "C", "D_1", "lower", "A", "C"]
ODD_NAMES = ["A.B", "A-B", "1A", "A B", "'A'", "É", "A[0]", "export A", "export  C", "exporter", ";A", "", "A\t", "#A"]


def line_of(pick, dialect):
    if pick.random() < 0.1:
        return pick.choice(["", "# c", "  # c 'x", "#", "A", "B", "   ", "export C", "\t# c"])
    name = pick.choice(ODD_NAMES if pick.random() < 0.12 else NAMES)
    sign = pick.choice([" = ", "= ", " =", ": ", ":", "=", ""]) if pick.random() < 0.12 else "="
    pieces = [pick.choice(WORDS if pick.random() < 0.5 else SIGNS + (WILD[dialect] if pick.random() < 0.3 else []))
              for _ in range(pick.randrange(5))]
    value = "".join(pieces)
    if pick.random() < 0.5:
        quote = pick.choice("'\"\"" + ("`" if dialect == "node" else ""))
        value = quote + value.replace(quote, "") + quote + (pick.choice([" ", " # c", "x", ""]) if pick.random() < 0.3 else "")
    return name + sign + value


def generated(pick, dialect):
    end = "\r\n" if pick.random() < 0.1 and dialect != "shell" else "\n"
    text = end.join(line_of(pick, dialect) for _ in range(pick.randrange(1, 5 if dialect in ("shell", "docker") else 7)))
    text += end if pick.random() < 0.8 else ""
    raw = text.encode()
    if pick.random() < 0.02:
        raw = b"\xef\xbb\xbf" + raw
    if pick.random() < 0.02 and dialect in ("docker", "systemd", "dotenv", "node"):
        raw += b"Z=\xff\n"
    return raw


def ours(program, dialect, name):
    done = subprocess.run([program, "--print-env", name, "--dialect", dialect, "--format", "json"], capture_output=True,
                          text=True, env=CALLER)
    if done.returncode == 2:
        return None
    return json.loads(done.stdout)["values"] if done.returncode == 0 else f"status {done.returncode}: {done.stderr}"


def wanted(dialect, real):
    """What of the reader's answer is comparable: compose makes a variable without a name of a last line without '='."""
    if real is not None and dialect == "compose":
        real.pop("", None)
    return real


def compare(program, dialect, count, pick, folder):
    texts = [row.encode() for row in TABLE] + [generated(pick, dialect) for _ in range(count)]
    # what no reader can be asked about: $2y$05 has the shell's own $0, v252 goes on behind a comment's backslash
    texts = [text for text in texts if not (dialect == "shell" and b"$05" in text)]
    names = []
    for number, text in enumerate(texts):
        names.append(str(folder / f"{dialect}-{number}.env"))
        pathlib.Path(names[-1]).write_bytes(text)
    real = REAL[dialect](names)
    if isinstance(real, str):
        return skip("env-readers", f"the dialect of {dialect}", f"{real} isn't installed")
    refused = 0
    for name, text, answer in zip(names, texts, real):
        mine, theirs = ours(program, dialect, name), wanted(dialect, answer)
        if dialect == "shell" and isinstance(mine, dict):
            mine.setdefault("B", "bee")
            mine = {key: value for key, value in mine.items() if key == "B" or CALLER.get(key) != value}
        refused += theirs is None
        note(f"{dialect} {text!r}", "" if mine == theirs else f"the reader has {theirs}, --print-env {mine}")
    print(f"{dialect}: {len(texts)} files, {refused} of them refused")


def at_terminal(program, folder):
    """A secret is shown there, and nowhere else."""
    (folder / "t.env").write_text("DB_PASSWORD=correct-horse-battery\n")
    words = [program, "--print-env", "t.env", "--format", "json"]
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder)}
    def said(*more):
        master, slave = pty.openpty()
        subprocess.run([*words, *more], cwd=folder, env=environment, stdout=slave, stderr=slave, timeout=60)
        os.close(slave)
        return os.read(master, 65536).decode()
    note("a secret at a terminal", "" if "correct-horse" in said() else "not shown")
    note("... is not written", "it is" if "correct-horse" in said("--output", "json:x.json") + (folder / "x.json").read_text() else "")
    piped = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True)
    note("... nor piped", "it is" if "correct-horse" in piped.stdout else "")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bin")
    parser.add_argument("--files", type=int, default=200)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--dialect", choices=REAL)
    given = parser.parse_args()
    program = pathlib.Path(given.bin).resolve() / "fairlead-preflight"
    with tempfile.TemporaryDirectory() as folder:
        at_terminal(program, pathlib.Path(folder))
        for dialect in [given.dialect] if given.dialect else REAL:
            compare(program, dialect, given.files, random.Random(given.seed), pathlib.Path(folder))
    close()


main()
