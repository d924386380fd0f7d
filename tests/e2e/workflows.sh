#!/bin/bash
# needs: lint; takes: 5 s
# The workflows that `fairlead init` writes, for several kinds of project, and those in our pages: actionlint finds nothing
# in them, nor zizmor at its strictest in what is written. (Our own workflows: script/lint.)
. "$(dirname "$0")/lib.sh"
PATH=$root/build/tools/bin:$PATH:${HOME:-/root}/go/bin:${HOME:-/root}/.local/bin
have() { command -v "$1" >/dev/null && "$1" --version >/dev/null 2>&1; }
lint() { # NAME FILE...
    local name=$1
    shift
    if have actionlint; then expect "actionlint: $name" 0 actionlint "$@"; else skip lint "actionlint: $name" "not installed; script/bootstrap lint installs it"; fi
}

project() { # NAME: a repository with what the functions below leave in it
    mkdir "$scratch/$1" && cd "$scratch/$1" && git init -q . && "$1" && git add -A &&
        git -c user.name=A -c user.email=a@example.org commit -q -m a && fairlead init >/dev/null
}
flask() { echo flask >requirements.txt; printf 'from flask import Flask\napp = Flask(__name__)\n' >app.py; mkdir tests; echo 'def test_a(): pass' >tests/test_a.py; echo 'FROM python:3' >Dockerfile; echo SECRET_KEY= >.env.example; }
django() { echo django >requirements.txt; touch manage.py; mkdir shop; echo 'application = get_wsgi_application()' >shop/wsgi.py; }
library() { printf '[project]\nname = "x"\nversion = "1"\n' >pyproject.toml; mkdir tests; echo 'def test_a(): pass' >tests/test_a.py; }
express() { echo '{"name": "x", "scripts": {"test": "jest", "start": "node s.js"}, "dependencies": {"express": "4", "jest": "29"}}' >package.json; echo '{}' >package-lock.json; echo "require('express')().listen(process.env.PORT)" >s.js; }
vite() { echo '{"name": "x", "scripts": {"build": "vite build", "test": "vitest"}, "devDependencies": {"vite": "5", "vitest": "1"}}' >package.json; echo '{}' >package-lock.json; touch index.html vite.config.js; }
go_module() { printf 'module x\n\ngo 1.22\n' >go.mod; echo 'package x' >x.go; echo 'package x' >x_test.go; }
maven() { echo '<project><modelVersion>4.0.0</modelVersion><groupId>a</groupId><artifactId>b</artifactId><version>1</version></project>' >pom.xml; mkdir -p src/test/java; touch src/test/java/ATest.java; }
rust() { printf '[package]\nname = "x"\nversion = "0.1.0"\n' >Cargo.toml; mkdir src; echo 'fn main() {}' >src/main.rs; }
cpp() { printf 'project(x)\nenable_testing()\nadd_test(NAME a COMMAND true)\n' >CMakeLists.txt; }
several() { mkdir api web && (cd api && flask) && (cd web && vite); }
other() { printf 'test:\n\ttrue\n' >Makefile; }
for kind in flask django library express vite go_module maven rust cpp several other; do
    project $kind || { fail "fairlead init of $kind"; continue; }
    lint "what init writes for $kind" .github/workflows/*.yml
    if have zizmor; then
        expect "zizmor: what init writes for $kind" 0 zizmor --offline --quiet --persona auditor --no-progress .github
    else
        skip lint "zizmor: what init writes for $kind" "not installed; script/bootstrap lint installs it"
    fi
    fairlead init --ci generic >/dev/null
    if have shellcheck; then
        expect "shellcheck: ci.sh for $kind" 0 shellcheck ci.sh
    else
        skip lint "shellcheck: ci.sh for $kind" "not installed; script/bootstrap lint installs it"
    fi
done

mkdir -p "$scratch/pages/.github/workflows"
cd "$scratch/pages" && git init -q . || exit 3
/usr/bin/python3 - "$root" .github/workflows <<'PYTHON'
import pathlib
import re
import sys

root, to = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
for page in [*root.glob("*.md"), *root.glob("docs/*.md"), *root.glob("actions/*/README.md")]:
    for number, block in enumerate(re.findall(r"^```yaml\n(.*?)^```", page.read_text(), re.M | re.S)):
        if re.search("^jobs:", block, re.M) and re.search("^on:", block, re.M):
            (to / f"{page.parent.name}-{page.stem}-{number}.yml").write_text(block)
PYTHON
found=(.github/workflows/*.yml)
if [ -e "${found[0]}" ]; then lint "${#found[@]} workflows of our pages" "${found[@]}"; else fail "our pages hold no workflow"; fi
finish
