"""A new user's folder and what they type there. Each command is told with its last line; a test judges by its exit status and by what it said."""
import subprocess
import time

SITE = "app.example.org"


class Shop:
    """`that(well, what, detail)` counts; `tls` holds fullchain.pem, and the proxy answers at `address`."""

    def __init__(self, folder, environment, address, tls, that):
        self.folder, self.environment, self.address, self.tls, self.that = folder, environment, address, tls, that
        folder.mkdir(parents=True)

    def type(self, line, status=0, shown=None):
        began = time.monotonic()
        done = subprocess.run(["bash", "-c", line], cwd=self.folder, env=self.environment, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=500, check=False)
        lines = [one for one in (done.stdout.strip() or done.stderr).splitlines() if one.strip()]
        print(f"     $ {line}\n       {(shown or (lines or ['(nothing)'])[-1])[:150]}  ({time.monotonic() - began:.1f} s)", flush=True)
        self.that(done.returncode == status, f"{line[:60]}: {status}", f"{done.returncode}: {(done.stdout + done.stderr)[-2500:]}")
        return done

    def curl(self, path, *words, scheme="https", name=SITE):
        port = 443 if scheme == "https" else 80
        return subprocess.run(["curl", "-sS", "-i", "--max-time", "20", "--cacert", f"{self.tls}/fullchain.pem", "--resolve", f"{name}:{port}:{self.address}",
                               *words, f"{scheme}://{name}{path}"], capture_output=True, text=True, check=False)
