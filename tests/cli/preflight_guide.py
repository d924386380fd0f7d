#!/usr/bin/python3
# needs: conformance; takes: 2 s
"""preflight_guide.py BIN: fairlead-preflight over the files of a real team, as they wrote them.

They lie in ../shared/conformance/seeds/scrum-guide (or $FAIRLEAD_CONFORMANCE/seeds) and are only read from there. The
tables below name every finding, each with the demand whose defect it is (S2-.., their own; others where a rule of another
team finds something here): one more or one less is a failure. --fix mends what is safe, and nothing more the second time.
"""
import collections
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from counted import ROOT, close, leave, note

PROGRAM = pathlib.Path(sys.argv[1]).resolve() / "fairlead-preflight"
SEEDS = pathlib.Path(os.environ.get("FAIRLEAD_CONFORMANCE") or ROOT.parent / "shared" / "conformance") / "seeds"
GUIDE = SEEDS / "scrum-guide"
NGINX = "docker/nginx/conf.d/default.conf"
SHORT = {"B": "docker/backend/Dockerfile", "F": "docker/frontend/Dockerfile", "C": "docker-compose.yml", "N": NGINX,
         "E": ".env", "P": "docker/backend/entrypoint.sh", "I": "docker/init-scripts/01-init.sql", "-": ""}

# The whole as it stands: RULE, demand, places (file by its letter above, lines).
AS_WRITTEN = """
repo-env-committed          S1-167         E:0
repo-env-template-missing   S1-161         E:0
conf-secret-placeholder     S2-73          E:4,10,16,34
conf-environment-name       S2-34          E:22 C:59
conf-debug-on               S2-74          E:23
conf-url-not-https          S1-13          C:89,90
conf-origin-localhost       S2-105         E:27 C:60
conf-var-unused             S0-23          E:5,6,7,30,31,32,33,34
compose-version-key         S2-11          C:2
compose-secret-literal      S2-16          C:12,54
compose-db-port-public      S2-18,S2-19    C:15,34
compose-db-auth             S2-17          C:34
compose-container-name      S2-14          C:8,32,52,87,114
compose-dev-target          S2-29          C:51,86
compose-source-mount        S2-30          C:64,95
compose-app-port-public     S2-38          C:62,93
compose-healthcheck-tool    S2-24          C:101
compose-healthcheck-weak    S2-25          C:126
compose-depends-healthy     S2-28          C:100,124,125
compose-subnet              S2-37          C:148
compose-schema              S2-130         C:111
compose-mount-missing       S2-20          C:95
compose-backup-volume       S1-91          C:6
compose-limits              S1-77          C:6,30,47,82,110
compose-log-rotation        S1-83          C:6,30,47,82,110
compose-no-new-privileges   -              C:6,30,47,82,110
compose-db-network          S4-24          C:6,30
docker-copy-missing         S2-127         B:26,33 F:17
docker-copy-env             S1-109         B:41
docker-dev-server           S2-46          B:53 F:23
docker-dev-dependencies     S1-98          B:34
docker-build-tools          S2-48          B:12
docker-chown-layer          S2-44          B:44
docker-base-eol             S2-53          F:2
docker-healthcheck          S1-99          B:30 F:11
docker-user-root            S2-57          F:11
ignore-missing              S0-17          B:41 F:17
mig-password-literal        S2-88          I:8
repo-wait-unbounded         S2-49          P:10,17
repo-migrate-in-entrypoint  S2-50          P:24
nginx-no-tls                S2-39,S2-70    N:11
nginx-header-inherit        S2-61          N:74
nginx-header-always         S2-62          N:17,18,19
nginx-try-files-proxy       S2-64          N:30
nginx-fake-health           S2-68          N:73
nginx-rate-limit            S1-143         N:42
nginx-csp                   S1-68          N:11
nginx-referrer              S1-69          N:11
nginx-server-tokens         S1-147         N:11
nginx-default-server        -              N:11
nginx-single-upstream       S4-35          N:2,6
repo-docs-missing           S4-80          -:0
repo-readme-missing         S1-149         -:0
"""
# What stands in the stages for production, which compose doesn't build: `--stage production`, beside what is above.
IN_PRODUCTION = """
docker-build-omits-dev      S2-55          F:35
docker-image-floating       S2-56          F:38
docker-user-root            S2-57          F:38
docker-copy-missing         S2-127         F:44
"""
# What is right there, and stays without a word: rule and the demand that has it so.
SOUND = """
compose-image-tag S2-12      compose-db-volume S2-03    compose-healthcheck S2-21   compose-restart S2-26
docker-image-latest S2-40    docker-pip-cache S2-41     docker-apt-recommends S2-42 docker-apt-lists S2-42
docker-entrypoint-exec S2-52 docker-npm-install S2-54   nginx-upstream-unknown S2-58 nginx-body-size S2-59
nginx-nosniff S2-60          nginx-frame S2-60          nginx-forwarded S2-63       nginx-websocket S2-66
compose-var-unset S2-32      conf-jwt-expiry S2-103     conf-workers-unset S2-47    conf-email S2-75
"""
MENDED = """conf-debug-on compose-version-key compose-db-port-public compose-log-rotation compose-no-new-privileges
ignore-missing docker-copy-env repo-env-template-missing""".split()


def places(text):
    """Of a table above: how often each (rule, file, line) is to be told."""
    wanted = collections.Counter()
    for row in text.strip().splitlines():
        rule, _, *where = row.split()
        for part in where:
            letter, lines = part.split(":")
            wanted.update((rule, SHORT[letter], int(line)) for line in lines.split(","))
    return wanted


def lay_out(folder):
    """The guide's files, committed as the team has them."""
    shutil.copytree(GUIDE, folder)
    for path in [folder, *folder.rglob("*")]:
        path.chmod(path.stat().st_mode | 0o200)
    for words in (["init", "-q"], ["add", "-A"]):
        subprocess.run(["git", *words], cwd=folder, check=True, env=environment(folder))
    return folder


def environment(folder):
    return {"PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_CEILING_DIRECTORIES": str(folder.parent)}


def run(folder, *words):
    done = subprocess.run([PROGRAM, *words], cwd=folder, capture_output=True, text=True, timeout=120, env=environment(folder),
                          stdin=subprocess.DEVNULL)
    return done


def told(folder, *words):
    """What the tool says: (rule, file, line) -> how often, and the report."""
    done = run(folder, "--format", "json", "--all", *words)
    report = json.loads(done.stdout)
    found = collections.Counter((one["rule"], one.get("file") or "", one.get("line") or 0) for one in report["findings"])
    return found, report


def difference(found, wanted):
    more = [f"not in the table: {one}" for one in (found - wanted).elements()]
    return more + [f"not found: {one}" for one in (wanted - found).elements()]


def points(report):
    return report["score"]["total"]


def rules(counter):
    return {rule for rule, _, _ in counter}


def change(folder, name, before, after):
    path = folder / name
    text = path.read_text()
    assert before in text, f"{name} has no {before!r}"
    path.write_text(text.replace(before, after))


def main():
    if not GUIDE.is_dir():
        leave("conformance", f"the Scrum Master guide, {GUIDE}, isn't there")
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch).resolve()
        guide = lay_out(scratch / "guide")
        found, report = told(guide)
        note("every defect, and no more", "\n  ".join(difference(found, places(AS_WRITTEN))))
        note("it must not go to production", "" if report["verdict"] != "passed" else f"verdict {report['verdict']}")
        refs = {one["rule"]: one["refs"] for one in report["findings"]}
        foreign = re.findall(r"^(\S+) +(S[^2]-\d+)", AS_WRITTEN, re.M)
        note("defects of other teams' demands", " ".join(rule for rule, demand in foreign if demand not in refs[rule]))
        silent = re.findall(r"(\S+) S2-\d+", SOUND)
        note("what is right stays without a word", " ".join(sorted(set(silent) & rules(found))))

        more, _ = told(guide, "--stage", "production")
        missing = places(IN_PRODUCTION) - more
        note("the stages for production", "\n  ".join(map(str, missing.elements())))
        back = {place for place in more if place[1] in (SHORT["B"], SHORT["F"])} - set(found) - set(places(IN_PRODUCTION))
        back = {place for place in back if (place[0], place[1]) not in {(rule, file) for rule, file, _ in found}}
        note("nothing else there", " ".join(map(str, sorted(back))))

        fixing(scratch)
        changes(scratch)
    close()


def fixing(scratch):
    guide = lay_out(scratch / "fixed")
    before = {path.name: path.read_text() for path in (guide / ".env", guide / SHORT["C"])}
    first, report = told(guide)
    shown = run(guide, "--fix", "--dry-run")
    unchanged = all((guide / name).read_text() == text for name, text in before.items())
    note("--fix --dry-run shows and writes nothing",
         "" if unchanged and "+DEBUG=false" in shown.stdout + shown.stderr else "files changed, or no diff")
    run(guide, "--fix")
    after, mended = told(guide)
    left = sorted(set(MENDED) & rules(after))
    note("--fix mends what is safe", " ".join(left))
    fresh = rules(after) - rules(first)
    note("--fix brings nothing new", " ".join(sorted(fresh)))
    note("--fix makes the score better", "" if points(mended) > points(report) else f"{points(report)} -> {points(mended)}")
    env = (guide / ".env").read_text()
    note("comments and blank lines of .env stay (S2-78)",
         "" if env == before[".env"].replace("DEBUG=true", "DEBUG=false") else "more than DEBUG has changed")
    template = (guide / ".env.example").read_text()
    values = [line for line in template.splitlines() if "=" in line and not line.endswith("=")]
    note("the template holds no value and says what each is for (S2-80)",
         "" if not values and "# Database Configuration" in template else f"values: {values}")
    state = {path: path.read_bytes() for path in guide.rglob("*") if path.is_file() and ".git/" not in str(path)}
    again = run(guide, "--fix")
    same = all(path.read_bytes() == text for path, text in state.items())
    said = again.stdout + again.stderr
    note("--fix once more changes nothing", "" if same and "--fix has nothing to fix" in said else said[-300:])


def changes(scratch):
    """Rows that the files as they stand don't show: each is one change away."""
    guide = lay_out(scratch / "tls")
    with (guide / NGINX).open("a") as out:
        out.write("server {\n    listen 443 ssl;\n    server_name localhost;\n    ssl_certificate /c.pem;\n"
                  "    ssl_certificate_key /k.pem;\n}\n")
    found, _ = told(guide)
    note("beside a TLS server port 80 has to lead there (S2-70)",
         "" if "nginx-no-redirect" in rules(found) and "nginx-no-tls" not in rules(found) else "nginx-no-redirect is silent")

    guide = lay_out(scratch / "unset")
    change(guide, ".env", "JWT_SECRET_KEY=generate_secure_256_bit_key_here\n", "")
    found, _ = told(guide)
    note("a variable without default that nobody sets (S2-32)",
         "" if ("compose-var-unset", SHORT["C"], 56) in found else "compose-var-unset is silent")

    guide = lay_out(scratch / "production")
    (guide / "docker-compose.prod.yml").write_text(
        "services:\n  backend:\n    build:\n      target: production\n    ports: !reset []\n    volumes: !override\n"
        "      - backend_logs:/app/logs\n  db:\n    ports:\n      - \"127.0.0.1:5433:5432\"\n")
    found, _ = told(guide, "-f", SHORT["C"], "-f", "docker-compose.prod.yml")
    wrong = [f"{rule}:{line} is still told" for rule, line in (("compose-app-port-public", 62), ("compose-source-mount", 64),
                                                                ("compose-dev-target", 51)) if (rule, SHORT["C"], line) in found]
    if ("compose-db-port-public", SHORT["C"], 15) not in found:
        wrong.append("a port is no longer told that an override can't take back (S2-31)")
    note("the override for production, merged as compose does (S2-07, S2-31, S2-83)", "; ".join(wrong))

    guide = lay_out(scratch / "scaled")
    change(guide, SHORT["C"], "    container_name: ai_scrum_backend\n", "    container_name: ai_scrum_backend\n    scale: 3\n")
    found, _ = told(guide)
    note("three of a service with a fixed name (S2-84)",
         "" if "compose-scale-conflict" in rules(found) else "compose-scale-conflict is silent")

    guide = lay_out(scratch / "short")
    is_told = {}
    for length in (31, 32):
        env = (GUIDE / ".env").read_text().replace("generate_secure_256_bit_key_here", ("kq7Zr2" * 8)[:length])
        (guide / ".env").write_text(env)
        found, _ = told(guide, "--set", "preflight.secret_min=32")
        is_told[length] = bool({("conf-secret-short", ".env", 10), ("conf-jwt-short", ".env", 10)} & set(found))
    note("where 32 letters are asked, a key of 31 is told (S2-76, S2-77)", "" if is_told == {31: True, 32: False} else is_told)


main()
