#!/usr/bin/python3
"""sessions.py BIN: the recordings of deployments in docs/start.md and docs/deploy-rollback.md are what the commands print, but for ids and
times. FAIRLEAD_RECORD=1 writes them into the pages."""
import os
import pathlib
import sys

from rig import Rig, checks

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import learn  # noqa: E402


class Shop(Rig):
    """The rig's application under the name that the pages have for theirs."""

    def configure(self, **options):
        super().configure(**options)
        file = self.work / "fairlead.yml"
        text = file.read_text().replace("app: probe\n", "app: shop\n")
        if os.geteuid() == 0:  # as on a host: the application isn't root
            self.work.chmod(0o755)
            text = text.replace("kind: direct\n", "kind: direct\n        user: nobody\n")
        file.write_text(text)
        self.state_folder = self.state / "shop" / "staging"


def main():
    rig = Shop(sys.argv[1], bake="200ms")
    names = {"127.0.0.1:8080": rig.url.removeprefix("http://"), "/usr/bin/fairlead-deploy": f"{rig.bin}/fairlead-deploy", "/srv/shop": f"'{rig.root}'"}
    try:
        rig.release("1.3.2")
        checks.that(rig.apply().returncode == 0, "1.3.2 is deployed")
        rig.release("1.4.0")
        learn.recorded("docs/start.md", rig.work, rig.environment, names, blocks=[1])
        checks.that(rig.served() == "1.4.0", "1.4.0 serves", rig.served())
        learn.recorded("docs/deploy-rollback.md", rig.work, rig.environment, names)
        checks.that(rig.served() == "1.3.2", "1.3.2 serves again", rig.served())
    finally:
        rig.close()
    checks.close()


main()
