#!/usr/bin/python3
"""seeds.py FOLDER: writes what the fuzz targets of preflight and its readers begin with, from tests/preflight/*.txtar.

FOLDER/preflight_rules has the fixtures as they are, FOLDER/read_KIND each of their files of that kind.
"""
import pathlib
import re
import sys

FIXTURES = pathlib.Path(__file__).resolve().parents[1] / "preflight"
KINDS = {"read_dockerfile": r"(^|/|\.)Dockerfile|Containerfile", "read_compose": r"compose[^/]*\.ya?ml$", "read_nginx": r"\.conf$", "read_unit": r"\.service$",
         "read_ignore": r"\.dockerignore$", "read_kube": r"(^|/)k8s/|^(bad|good)/(?!.*compose)[^/]*\.ya?ml$", "read_env": r"(^|/)\.env|\.env$"}
MANIFESTS = """pyproject.toml Pipfile package.json composer.json go.mod pom.xml build.gradle .nvmrc .tool-versions uv.lock
requirements.txt Pipfile.lock runtime.txt""".split()  # as in read/manifest.cpp


def main():
    folder = pathlib.Path(sys.argv[1])
    for name in ["preflight_rules", "read_manifest", *KINDS]:
        (folder / name).mkdir(parents=True, exist_ok=True)
    for fixture in sorted(FIXTURES.glob("*.txtar")):
        text = fixture.read_bytes()
        (folder / "preflight_rules" / fixture.stem).write_bytes(text)
        parts = re.split(rb"^-- (.+?) --\n", text, flags=re.M)
        for number, (path, part) in enumerate(zip(parts[1::2], parts[2::2])):
            file = path.decode().rsplit("/", 1)[-1]
            if file in MANIFESTS:
                (folder / "read_manifest" / f"{fixture.stem}-{number}").write_bytes(bytes([MANIFESTS.index(file)]) + part)
            for name, pattern in KINDS.items():
                if re.search(pattern, path.decode()):  # of an env file the first byte says in which dialect
                    first = bytes([number % 6]) if name == "read_env" else b""
                    (folder / name / f"{fixture.stem}-{number}").write_bytes(first + part)


main()
