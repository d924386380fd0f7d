#!/usr/bin/python3
# needs: bash, zsh, fish; takes: 4 s
"""completions.py BIN: what bash, zsh and fish themselves complete, with the scripts as they are installed.

Each command of each tool is offered the flags that it takes, by the declaration, and no other. Then single lines: values,
files, environments, tools behind `fairlead`; and that a name in somebody's fairlead.yml is never run. A shell that is not
installed is skipped aloud; script/bootstrap test brings them.
"""
import json
import os
import pathlib
import pty
import select
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from counted import PROGRAMS, close, note, skip

BIN = pathlib.Path(sys.argv[1]).resolve()
CONFIG = """version: 1
environments:
  staging: {url: "http://127.0.0.1:9"}
  production: {url: "http://127.0.0.1:9"}
  "$(touch ACTED)": {}
  "`touch ACTED`": {}
  "stag;touch ACTED": {}
  "-x": {}
  "--format": {}
"""
FORMATS = {"text", "github", "sarif", "junit", "json", "markdown", "html", "codequality"}
# The line up to the cursor, and all that is offered for its last word.
LINES = [
    ("fairlead-deploy ro", {"rollback", "router"}),
    ("fairlead-deploy ", {"apply", "plan", "rollback", "down", "status", "logs", "history", "router", "rules", "help", "lock", "unlock", "approve"}),
    ("fairlead-deploy su", set()),
    ("fairlead-deploy --ren", set()),
    ("fairlead-deploy help hi", {"history"}),
    ("fairlead-deploy --env ", {"staging", "production"}),
    ("fairlead-deploy -e st", {"staging"}),
    ("fairlead-deploy rollback --env=st", {"staging"}),
    ("fairlead-deploy rollback --confirm p", {"production"}),
    ("fairlead-deploy --env staging pl", {"plan"}),
    ("fairlead-deploy --env=staging pl", {"plan"}),
    ("fairlead-deploy rollback --reason st", set()),
    ("fairlead-deploy rollback --re", {"--reason"}),
    ("fairlead-deploy --explain st", {"status"}),
    ("fairlead-deploy -v --dry-run st", {"status"}),
    ("fairlead-gate ru", {"rules"}),
    ("fairlead-gate unit.xml ru", set()),
    ("fairlead-smoke ru", {"rules"}),
    ("fairlead-scan ru", {"rules"}),
    ("fairlead-tag rules --im", set()),
    ("fairlead-gate --format ", FORMATS | {"cobertura"}),
    ("fairlead-gate --format=s", {"sarif"}),
    ("fairlead-gate --log-format j", {"json"}),
    ("fairlead-gate --report un", {"unit.xml"}),
    ("fairlead-gate --config fa", {"fairlead.yml"}),
    ("fairlead-gate un", {"unit.xml"}),
    ("fairlead-gate --min-tests un", set()),
    ("fairlead-tag --format docker", {"docker-args"}),
    ("fairlead-scan range un", {"unit.xml"}),
    ("fairlead-scan staged un", set()),
    ("fairlead-scan un", set()),
    ("fairlead-smoke --ca-file un", {"unit.xml"}),
    ("fairlead-smoke --expect-json un", set()),
    ("fairlead sc", {"scan"}),
    ("fairlead he", {"help"}),
    ("fairlead help ga", {"gate"}),
    ("fairlead scan sta", {"staged"}),
    ("fairlead scan staged --all", {"--allow-empty"}),
    ("fairlead deploy --env st", {"staging"}),
    ("fairlead deploy rollback --rea", {"--reason"}),
    ("fairlead gate un", {"unit.xml"}),
    ("fairlead run --env p", {"production"}),
]
ONLY_BASH = [("fairlead-gate --output sarif:un", {"unit.xml"}), ("fairlead-gate --output=sarif:un", {"unit.xml"})]


def flags_by_line():
    """`PROGRAM COMMAND --` and the flags that the declaration gives it."""
    for program in PROGRAMS:
        inputs = json.loads(subprocess.run([BIN / program, "--render", "inputs"], check=True, stdout=subprocess.PIPE).stdout)
        commands = next((row["allowed"] for row in inputs if row["name"] == "command"), [])
        for command in commands or [""]:
            flags = {"--" + row["name"] for row in inputs if row["type"] != "secret" and row["name"] != "command"
                     and (not row["commands"] or command in row["commands"])}
            flags |= {"--help", "--version", "--explain-config"}
            yield (f"{program} {command} --" if command else f"{program} --"), flags
            if commands[:1] == [command]:
                yield f"{program} --", flags  # the default


def bash_words(line):
    """As readline takes it apart: = and : are words of their own."""
    words = []
    for word in line.split(" "):
        rest = word
        while rest:
            cut = min((rest.find(c) for c in "=:" if c in rest), default=-1)
            piece, rest = (rest, "") if cut < 0 else (rest[:cut], rest[cut:]) if cut else (rest[0], rest[1:])
            words.append(piece)
        if not word:
            words.append("")
    return words


def run(argv, folder, env):
    done = subprocess.run(argv, cwd=folder, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
    if done.stderr:
        note(argv[0], f"says {done.stderr[:600]}")
    return done.stdout


def blocks(text):
    return [set(filter(None, block.split("\n"))) for block in text.split("\0")[1:]]


def bash(lines, folder, env, share):
    script = ["set -u", f"cd {shlex.quote(str(folder))}", "ask() { COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); "
              "local f=_${1//-/_}; $f; printf '\\0\\n'; printf '%s\\n' ${COMPREPLY+\"${COMPREPLY[@]}\"}; }"]
    script += [f". {shlex.quote(str(share / 'bash-completion/completions' / program))}" for program in ("fairlead", "fairlead-deploy")]
    script += ["unset -f _fairlead_deploy"]  # `fairlead deploy` finds it by itself
    asked_alone = []
    for line in lines:
        program = line.split(" ")[0]
        if program != "fairlead" and program not in asked_alone:
            asked_alone.append(program)
    script += ["ask " + shlex.join(bash_words(line)) for line in lines if line.startswith("fairlead ")]
    script += [f". {shlex.quote(str(share / 'bash-completion/completions' / program))}" for program in asked_alone]
    script += ["ask " + shlex.join(bash_words(line)) for line in lines if not line.startswith("fairlead ")]
    found = blocks(run(["bash", "--norc", "--noprofile", "-c", "\n".join(script)], folder, env))
    order = [line for line in lines if line.startswith("fairlead ")] + [line for line in lines if not line.startswith("fairlead ")]
    return dict(zip(order, found))


def fish(lines, folder, env, share):
    env = {**env, "XDG_DATA_DIRS": str(share)}
    script = [f"printf '\\0\\n'; complete -C {shlex.quote(line)}" for line in lines]
    found = blocks(run(["fish", "--private", "-c", "\n".join(script)], folder, env))
    return dict(zip(lines, [{word.split("\t")[0] for word in block} for block in found]))


ZSH = r"""
PROMPT= RPROMPT=
unsetopt auto_list auto_menu beep # nothing is asked or listed that would take what is typed next
fpath=(@FUNCTIONS@ $fpath)
autoload -Uz compinit && compinit -u -D
zstyle ':completion:*' use-cache no
compadd() {
  if [[ -n ${@[(r)-[a-zA-Z]#[OAD]]} ]]; then builtin compadd "$@"; return; fi
  local -a hits
  builtin compadd -O hits "$@"
  print -rl -- $hits >>@HITS@
  builtin compadd "$@"
}
ended() { print -r -- END >>@HITS@ }
comppostfuncs=(ended)
ask() { zle complete-word; comppostfuncs=(ended) }
zle -N ask
bindkey '^I' ask
print READY >>@HITS@
"""


def zsh(lines, folder, env, share):
    """Types each line at a real prompt; what is offered to the line editor is written down on its way."""
    hits = folder.parent / "hits"
    setup = folder.parent / "setup.zsh"
    setup.write_text(ZSH.replace("@FUNCTIONS@", shlex.quote(str(share / "zsh/site-functions"))).replace("@HITS@", shlex.quote(str(hits))))
    hits.write_text("")
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(folder)
        os.execvpe("zsh", ["zsh", "-f", "-i"], {**env, "TERM": "dumb", "COLUMNS": "200"})

    def wait_for(word):
        deadline = time.monotonic() + 60
        while word not in hits.read_text().split("\n"):
            if select.select([terminal], [], [], 0.01)[0]:
                try:
                    os.read(terminal, 65536)
                except OSError:
                    break
            if time.monotonic() > deadline:
                raise SystemExit(f"zsh: no answer; completions.py waited for {word}")
        return hits.read_text()

    os.write(terminal, f". {shlex.quote(str(setup))}\n".encode())
    wait_for("READY")
    found = {}
    for line in lines:
        hits.write_text("")
        os.write(terminal, b"\x15" + line.encode() + b"\t")
        found[line] = set(filter(None, wait_for("END").split("\n"))) - {"END"}
    os.kill(pid, signal.SIGKILL)  # one that waits for its terminal would stay
    os.close(terminal)
    os.waitpid(pid, 0)
    return found


def trimmed(line, offered):
    """Without what the line has already: fish offers `--env=staging` for `--env=st`, zsh `--env=` for `--env`; and fish
    offers what only holds the letters (`status` for `su`) where nothing begins with them."""
    last = line.split(" ")[-1]
    flag, sign, value = last.partition("=") if last.startswith("--") else (last, "", last)
    words = {word.removeprefix(flag + sign).rstrip("= ") if sign else word.rstrip("= ") for word in offered}
    return {word for word in words if word.startswith((value if sign else last).split(":")[-1])}


def judge(shell, ask, folder, env, share):
    if not shutil.which(shell):
        skip(shell, f"what {shell} offers", "it is not installed; script/bootstrap test brings it")
        return
    wanted = dict([*flags_by_line(), *LINES, *(ONLY_BASH if shell == "bash" else [])])
    (folder / "fairlead.yml").write_text(CONFIG)
    found = ask(list(wanted), folder, env, share)
    for line, offers in wanted.items():
        got = trimmed(line, found.get(line, {"(no answer)"}))
        note(f"{shell}: {line}|", "" if got == offers else f"offers {sorted(got)}, expected {sorted(offers)}")
    for text in ("version: [", "version: 1\nnonsense: 1\n", None):
        (folder / "fairlead.yml").unlink(missing_ok=True)
        if text:
            (folder / "fairlead.yml").write_text(text)
        line = "fairlead-deploy --env "
        got = ask([line], folder, env, share).get(line)
        note(f"{shell}: environments of {text!r}", "" if got == set() else f"offers {got}")
    note(f"{shell}: names in fairlead.yml", "one of them was run" if list(folder.rglob("ACTED")) else "")


def main():
    with tempfile.TemporaryDirectory(prefix="fairlead completions ") as scratch:
        prefix, folder = pathlib.Path(scratch) / "usr", pathlib.Path(scratch) / "work"
        subprocess.run(["cmake", "--install", BIN.parent, "--prefix", prefix], check=True, stdout=subprocess.PIPE)
        folder.mkdir()
        (folder / "unit.xml").write_text("<testsuite/>")
        subprocess.run(["git", "init", "-q", folder], check=True)
        env = {"PATH": f"{prefix}/bin:/usr/local/bin:/usr/bin:/bin", "HOME": scratch, "LANG": "C.UTF-8"}
        env |= {key: value for key, value in os.environ.items() if key.endswith("SAN_OPTIONS")}
        for shell, ask in (("bash", bash), ("zsh", zsh), ("fish", fish)):
            judge(shell, ask, folder, env, prefix / "share")


main()
close()
