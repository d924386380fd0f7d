#!/usr/bin/python3
# needs: nothing; takes: 1 s
"""waiver_rules.py BIN: every rule id that stands in a tool's source can be waived, a misspelt one is refused with its place.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402

BIN = pathlib.Path(sys.argv[1]).resolve()
SOURCE = pathlib.Path(__file__).resolve().parents[2] / "src"
SECTIONS = {
    "gate": "gate: {reports: {all: {path: a.xml}}}",
    "smoke": "smoke: {base: 'http://127.0.0.1:1', checks: [{get: /}]}",
    "deploy": "environments: {staging: {url: 'http://a', deploy: {target: {kind: direct, root: srv, command: [serve]}}}}",
    "tag": "", "scan": "", "preflight": "", "migrate": "",
}
MISSPELT = {"gate": ("tests-faild", "tests-failed"), "smoke": ("boddy", "body"), "deploy": ("drft", "drift"),
            "tag": ("relase", "release"), "scan": ("github-pta", "github-pat"),
            "preflight": ("docker-user-rot", "docker-user-root"), "migrate": ("mig-drop-tabel", "mig-drop-table")}
problems = count = 0


def explain(tool, rules):
    with tempfile.TemporaryDirectory(prefix="fairlead waiver ") as folder:
        waivers = "".join(f"\n  - {{id: W{i}, rule: {rule}, owner: a, reason: b, expires: 2027-01-01}}"
                          for i, rule in enumerate(rules))
        pathlib.Path(folder, "fairlead.yml").write_text(
            f"version: 1\napp: shop\nmax_waiver_days: 36500\n{SECTIONS[tool]}\nwaivers:{waivers}\n")
        subprocess.run(["git", "init", "-q", folder], check=True)
        return subprocess.run([BIN / f"fairlead-{tool}", "--explain-config"], cwd=folder, capture_output=True, text=True,
                              env={"PATH": os.environ["PATH"], "HOME": folder}, stdin=subprocess.DEVNULL, timeout=60)


def that(holds, what, ran):
    global problems, count
    count += 1
    problems += not holds
    if not holds:
        print(f"{what}: status {ran.returncode}: {ran.stderr}")


for tool, (wrong, near) in MISSPELT.items():
    text = "".join(path.read_text() for path in sorted((SOURCE / tool).rglob("*.cpp")))
    used = sorted(set(re.findall(rf'"({tool}/[a-z-]*[a-z])"', text)))
    that(used, f"{tool} uses rule ids", explain(tool, []))
    ran = explain(tool, used)
    that("unknown" not in ran.stderr, f"{tool}: {used}", ran)
    ran = explain(tool, [f"{tool}/{wrong}"])
    that(ran.returncode == 2 and ran.stderr.startswith("fairlead.yml:") and f"did you mean '{tool}/{near}'?" in ran.stderr,
         f"{tool}/{wrong} is refused", ran)
counted.close(count - problems, problems)
