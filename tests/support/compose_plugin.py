"""docker's compose plugin (v2): the one that script/bootstrap brought, else this machine's own."""
import pathlib

PLACES = (pathlib.Path(__file__).resolve().parents[2] / "build/tools/compose",
          *(pathlib.Path(place) / "docker/cli-plugins" for place in ("/usr/libexec", "/usr/lib", "/usr/local/libexec", "/usr/local/lib")),
          pathlib.Path.home() / ".docker/cli-plugins")
MISSING = "the compose plugin (v2) is not here; script/bootstrap test brings it"


def plugin():
    """Its path, or None. It answers `plugin() config` without docker, too."""
    return next((place / "docker-compose" for place in PLACES if (place / "docker-compose").is_file()), None)
