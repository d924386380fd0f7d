"""What tests/cli/deploy_exec.py and deploy_components.py deploy: a script that writes down what it was asked, and a server that answers as it says."""
import contextlib
import http.server
import json
import os
import pathlib
import subprocess
import sys
import threading

import counted

BIN = pathlib.Path(sys.argv[1]).resolve()
CTL = """#!/bin/sh
set -e
echo "$@" >> "{live}/calls"
case $1 in
put) [ "$2" != 9.0.0 ] || { echo "no such version: $TOKEN"; exit 1; }
     [ "$2" != 7.0.0 ] || sleep 60
     echo "$2" > "{live}/current"; echo "$FAIRLEAD_RELEASE ${DATABASE_URL-none}" > "{live}/told" ;;
stop) rm "{live}/current" ;;
current) cat "{live}/current" ;;
esac
"""
YML = """version: 1
app: site
deploy:
  health: {path: /version, version: {json: $.version}, interval: 50ms, deadline: 2s}
  bake: 200ms
environments:
  staging:
    url: http://127.0.0.1:PORT
    env: {secrets: [TOKEN]}
    deploy:
      target:
        kind: exec
        deploy: [./ctl, put, "{version}", "{previous}"]
        current: [./ctl, current]
        down: [./ctl, stop]
        prepare: [[./ctl, prepare, "{version}"]]
        timeout: 20s
        state: STATE
"""
WHOLE = """version: 1
app: whole
deploy:
  components:
    proxy: {config: proxy/here/fairlead.yml, needs: [ui]}
    ui: {config: ui/here/fairlead.yml, needs: [api]}
    api: {config: api/here/fairlead.yml}
environments:
  staging: {url: "http://127.0.0.1:1"}
"""
ORDER = ["api", "ui", "proxy"]


def check(name, true, shown=""):
    counted.note(name, "" if true else f"no\n{shown}")


class Site:
    """What the script put there, answered over HTTP: 8.0.0 answers with another version, nothing there is a 503."""

    def __init__(self, folder, app="site"):
        self.live, self.here, self.state = folder / "live", folder / "here", folder / "state"
        for each in (self.live, self.here):
            each.mkdir(parents=True)
        site = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                version = site.current()
                self.send_response(200 if version else 503)
                self.end_headers()
                with contextlib.suppress(BrokenPipeError):  # whoever asked was killed
                    self.wfile.write(json.dumps({"version": "odd" if version == "8.0.0" else version}).encode())

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        port = self.server.server_port
        (self.here / "ctl").write_text(CTL.replace("{live}", str(self.live)))
        (self.here / "ctl").chmod(0o755)
        self.yml = YML.replace("PORT", str(port)).replace("STATE", str(self.state)).replace("app: site", f"app: {app}")
        self.write(self.yml)

    def write(self, text):
        (self.here / "fairlead.yml").write_text(text)

    def current(self):
        file = self.live / "current"
        return file.read_text().strip() if file.exists() else ""

    def calls(self):
        file = self.live / "calls"
        lines = file.read_text().splitlines() if file.exists() else []
        file.write_text("")
        return [line for line in lines if line != "current"]

    def run(self, *words, **variables):
        return subprocess.run([BIN / "fairlead-deploy", *words, "--env", "staging"], cwd=self.here, capture_output=True,
                              text=True, timeout=90,
                              env=self.environment() | variables)

    def environment(self):
        return {"PATH": os.environ["PATH"], "HOME": str(self.here), "TOKEN": "s3cr3t-t0k3n-4711"}

    def apply(self, version, *words, **variables):
        return self.run("apply", "--release-version", version, *words, **variables)


class Whole(Site):
    """Three sites below one fairlead.yml; `log` is the order in which they were asked for anything."""

    def __init__(self, folder):
        self.here = folder
        self.parts = {name: Site(folder / name, app=f"whole-{name}") for name in ORDER}
        self.log = folder / "order"
        for name, part in self.parts.items():
            ctl = part.here / "ctl"
            ctl.write_text(ctl.read_text().replace("set -e\n", f"set -e\n[ $1 = current ] || echo {name} $1 $2 >> {self.log}\n"))
            part.write(part.yml.replace(str(part.state), str(folder / "state")))
        self.write(WHOLE)

    def serving(self):
        return [part.current() for part in self.parts.values()]

    def asked(self, verb="put"):
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        self.log.write_text("")
        return [line for line in lines if line.split()[1] == verb]

    def sick(self, name, version):
        """That component's command fails for that version."""
        ctl = self.parts[name].here / "ctl"
        ctl.write_text(ctl.read_text().replace("9.0.0", version))

    def well(self, name, version):
        """And now it doesn't."""
        ctl = self.parts[name].here / "ctl"
        ctl.write_text(ctl.read_text().replace(version, "9.0.0"))


def shown(done):
    return f"{done.returncode}\n{done.stdout}{done.stderr}"


