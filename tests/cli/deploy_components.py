#!/usr/bin/python3
# needs: nothing; takes: 23 s
"""deploy_components.py BIN: components deployed together in the order of their needs, and taken back in the opposite one."""
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402
from exec_site import BIN, ORDER, WHOLE, Site, Whole, check, shown


def usual(folder):
    whole = Whole(folder)
    plan = whole.run("plan", "--release-version", "1.0.0")
    places = [plan.stdout.find(f"\n{name}\n") for name in ORDER[1:]]
    check("the plan shows them in the order of their needs",
          plan.returncode == 0 and plan.stdout.startswith("api\n") and -1 < places[0] < places[1] and not whole.asked(), shown(plan))
    first = whole.apply("1.0.0")
    check("all are deployed in that order", first.returncode == 0 and whole.asked() == [f"{name} put 1.0.0" for name in ORDER],
          shown(first))
    back = whole.run("rollback")
    check("a rollback of the first of all is refused, and down named",
          back.returncode == 2 and "down" in back.stdout + back.stderr and whole.serving() == ["1.0.0"] * 3, shown(back))
    again = whole.apply("1.0.0")
    check("again there is nothing to do", again.returncode == 0 and not whole.asked(), shown(again))
    whole.apply("2.0.0")
    whole.asked()
    whole.sick("ui", "3.0.0")
    bad = whole.apply("3.0.0")
    check("when the second fails, it and the first are taken back, and the third is not touched",
          bad.returncode == 1 and whole.serving() == ["2.0.0"] * 3 and
          whole.asked() == ["api put 3.0.0", "ui put 3.0.0", "ui put 2.0.0", "api put 2.0.0"], shown(bad))
    ctl = whole.parts["ui"].here / "ctl"
    ctl.write_text(ctl.read_text().replace("3.0.0", "9.0.0"))
    mended = whole.apply("3.0.0")
    check("what was taken back for another's fault isn't marked", mended.returncode == 0, shown(mended))
    whole.run("rollback", "--reason", "for the test")
    status = whole.run("status", "--check")
    check("status asks all of them", status.returncode == 0 and status.stdout.count("2.0.0-") >= 3, shown(status))
    dry = whole.run("rollback", "--dry-run")
    check("a rollback of nothing is refused with the way out", dry.returncode == 2 and "--component" in dry.stdout + dry.stderr, shown(dry))
    whole.apply("4.0.0")
    whole.apply("4.0.0")  # a job that is run again: all serve already, and a rollback still leads back
    whole.asked()
    never = whole.run("rollback", "--if-current", "9.9.9")
    check("--if-current of what never was here is refused", never.returncode == 2 and "never" in never.stdout + never.stderr, shown(never))
    other = whole.run("rollback", "--if-current", "1.0.0")
    check("rollback --if-current of another release changes nothing",
          other.returncode == 0 and "untouched" in other.stdout and whole.serving() == ["4.0.0"] * 3, shown(other))
    back = whole.run("rollback", "--reason", "slow")
    check("a rollback takes all back in the opposite order",
          back.returncode == 0 and whole.asked() == [f"{name} put 2.0.0" for name in reversed(ORDER)], shown(back))
    one = whole.apply("5.0.0", "--component", "ui")
    whole.asked()
    check("one of them alone", one.returncode == 0 and whole.serving() == ["2.0.0", "5.0.0", "2.0.0"], shown(one))
    whole.asked()
    held = whole.run("lock", "--reason", "no", "--component", "ui")
    stays = whole.apply("6.0.0")
    check("what keeps one away is asked before the first moves",
          held.returncode == 0 and stays.returncode == 1 and not whole.asked() and "component ui" in stays.stdout + stays.stderr and whole.serving() == ["2.0.0", "5.0.0", "2.0.0"], shown(stays))
    whole.run("unlock")
    whole.asked()
    down = whole.run("down")
    check("down stops them in the opposite order",
          down.returncode == 0 and whole.asked("stop") == [f"{name} stop" for name in reversed(ORDER)], shown(down))


def first_time(folder):
    whole = Whole(folder)
    whole.sick("proxy", "1.0.0")
    bad = whole.apply("1.0.0")
    check("what never served before is stopped again", bad.returncode == 1 and whole.serving() == ["", "", ""], shown(bad))


def killed(folder):
    whole = Whole(folder)
    whole.apply("1.0.0")
    for number, fault in enumerate(("start", "bake+", "commit+", "prune")):
        version = f"2.{number}.0"
        before = whole.serving()
        died = whole.apply(version, FAIRLEAD_FAULT=f"kill@{fault}")
        back = whole.run("rollback")
        check(f"killed in the first at {fault}: a rollback leads back to what was before",
              died.returncode == -9 and back.returncode == 0 and whole.serving() == before, f"{whole.serving()}\n{shown(back)}")
        version = f"2.{number}.1"
        whole.apply(version, FAIRLEAD_FAULT=f"kill@{fault}")
        rerun = whole.apply(version)
        check(f"killed in the first at {fault}: a rerun deploys all",
              rerun.returncode == 0 and whole.serving() == [version] * 3, f"{whole.serving()}\n{shown(rerun)}")
        back = whole.run("rollback")
        check(f"killed in the first at {fault}, rerun: a rollback takes all back",
              back.returncode == 0 and whole.serving() == before, f"{before} {whole.serving()}\n{shown(back)}")


def between(folder):
    """What comes between two runs of all."""
    whole = Whole(folder)
    for version in ("1.0.0", "2.0.0"):
        whole.apply(version)
    ui = whole.parts["ui"]
    ctl = (ui.here / "ctl").read_text()
    (ui.here / "ctl").write_text(ctl.replace("put)", 'put) [ "$2" != 4.0.0 ] || kill -9 $(cat ../../pid);', 1))
    run = subprocess.Popen([BIN / "fairlead-deploy", "--env", "staging", "--release-version", "4.0.0"], cwd=whole.here,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=whole.environment())
    (folder / "pid").write_text(str(run.pid))
    run.wait(timeout=60)
    check("it died when the first was deployed", run.returncode == -9 and whole.serving()[0] == "4.0.0", whole.serving())
    other = whole.apply("5.0.0")
    back = whole.run("rollback")
    check("after another release went on, a rollback leads to what was before both",
          other.returncode == 0 and back.returncode == 0 and whole.serving() == ["2.0.0"] * 3, f"{whole.serving()}\n{shown(back)}")
    (ui.here / "ctl").write_text(ctl.replace("put)", 'put) [ "$2" != 6.0.0 ] || { touch ../../here; sleep 30; };', 1))
    run = subprocess.Popen([BIN / "fairlead-deploy", "--env", "staging", "--release-version", "6.0.0"], cwd=whole.here,
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=whole.environment())
    for _ in range(300):
        if (folder / "here").exists():
            break
        time.sleep(0.05)
    alone = whole.apply("9.1.0", "--component", "proxy")
    check("one of them waits for all", alone.returncode == 3 and "held by" in alone.stdout + alone.stderr, shown(alone))
    run.send_signal(signal.SIGTERM)
    out, err = run.communicate(timeout=60)
    check("SIGTERM in the second: it is undone, the first stays, and both ways on are told",
          run.returncode == 3 and "run the same command again" in out + err and "rollback" in out + err and whole.serving() == ["6.0.0", "2.0.0", "2.0.0"],
          f"{run.returncode} {whole.serving()}\n{out}{err}")
    back = whole.run("rollback")
    check("a rollback takes the first back", back.returncode == 0 and whole.serving() == ["2.0.0"] * 3, f"{whole.serving()}\n{shown(back)}")


def renamed(folder):
    whole = Whole(folder)
    for version in ("1.0.0", "2.0.0"):
        whole.apply(version)
    ui = whole.parts["ui"]
    text = (ui.here / "fairlead.yml").read_text()
    ui.write(text.replace("app: whole-ui", "app: whole-new"))
    done = whole.run("rollback")
    check("an app that was renamed is told before anything moves",
          done.returncode == 2 and "renamed" in done.stdout + done.stderr and whole.serving() == ["2.0.0"] * 3, shown(done))
    ui.write(text)
    whole.write(WHOLE.replace("    ui: {config: ui/here/fairlead.yml, needs: [api]}\n", "").replace("needs: [ui]", "needs: [api]"))
    done = whole.run("rollback")
    check("so is a component that is gone", done.returncode == 2 and "'ui'" in done.stdout + done.stderr and whole.serving() == ["2.0.0"] * 3, shown(done))
    whole.write(WHOLE)
    record = folder / "state/whole/staging/components.json"
    record.write_text("{{")
    done = whole.run("rollback")
    check("a damaged record is told with its name and the way out", done.returncode == 2 and "components.json" in done.stderr and "--component" in done.stderr + done.stdout,
          shown(done))
    done = whole.apply("3.0.0")
    check("and stops no deployment", done.returncode == 0 and whole.serving() == ["3.0.0"] * 3, shown(done))


def one_cannot(folder):
    """Two of three could go back: before the first of them moves it is told that the last one can't."""
    whole = Whole(folder)
    for version in ("1.0.0", "2.0.0"):
        whole.apply(version)
    whole.asked()
    for record in folder.glob("state/whole-api/staging/releases/1.0.0-*.json"):
        record.unlink()
    for words in (["--dry-run"], []):
        done = whole.run("rollback", *words)
        check(f"a rollback {' '.join(words)} takes none back where one can't be", done.returncode in (1, 2) and "no component was taken back, because api" in done.stderr
              and not whole.asked() and whole.serving() == ["2.0.0"] * 3, shown(done))


def refusals(folder):
    whole = Whole(folder)
    for old, new, words in (
            ("needs: [api]", "needs: [apy]", "needs 'apy', which is not a component; expected"),
            ("api/here/fairlead.yml}", "api/here/fairlead.yml, needs: [proxy]}", "need each other"),
            ("api/here", "app/here", "no such file"),
            ("api/here", "../../else", "keep it in this repository"),
            ("staging: {url", "staging: {profile: production, url", "write the same profile"),
            ("ui/here", "api/here", "is also the app of component"),
            ("  components:", "  health: {path: /}\n  components:", "belongs in the files of the components"),
            ("    api: {config", "    Api: {config", "component 'Api' must have only small letters")):
        whole.write(WHOLE.replace(old, new, 1))
        done = whole.apply("1.0.0")
        check(f"refused: {words}", done.returncode == 2 and words in done.stdout + done.stderr and whole.serving() == [""] * 3, shown(done))
    whole.write(WHOLE)
    for words in (["--component", "apy"], ["--plan", "x.json"]):
        done = whole.apply("1.0.0", *words)
        check(f"refused: {words}", done.returncode == 2 and "api" in done.stdout + done.stderr, shown(done))
    alone = whole.parts["api"].apply("1.0.0", "--component", "api")
    check("--component without components is refused", alone.returncode == 2 and "deploy.components" in alone.stderr + alone.stdout,
          shown(alone))


with tempfile.TemporaryDirectory(prefix="fairlead-components-") as made:
    for number, part in enumerate((usual, first_time, killed, between, renamed, one_cannot, refusals)):
        part(pathlib.Path(made) / str(number))
counted.close()
