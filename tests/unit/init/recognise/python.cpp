#include "support/catch.h"
#include "unit/init/found.h"

using fairlead::join;
using namespace fairlead::init;

TEST_CASE("a Flask application with requirements is served by the server that it asks for") {
    const auto app = only(
        {{"app.py", "from flask import Flask\n\napp = Flask(__name__)\n\n@app.get('/api/health')\ndef health(): ...\n"},
         {"requirements.txt", "Flask==3.0\ngunicorn>=21 # serves\n"},
         {"pytest.ini", "[pytest]\n"},
         {"tests/test_app.py", "import app\n"}});
    CHECK(app.language == Language::python);
    CHECK(app.kind == Kind::service);
    CHECK(app.framework == "flask");
    CHECK(app.manager == "pip");
    CHECK(app.health == "/api/health");
    CHECK(join(app.serve, " ") == ".venv/bin/gunicorn --bind unix:{socket} --workers 2 app:app");
    CHECK(commands(app.install) ==
          "python3 -m venv .venv\n.venv/bin/python -m pip install --disable-pip-version-check -r "
          "requirements.txt pytest pytest-cov\n");
    CHECK(commands(app.test) ==
          ".venv/bin/python -m pytest --junitxml=reports/junit.xml --cov=. --cov-report=xml:reports/coverage.xml\n");
    CHECK(evidence(app) == "tests=reports/junit.xml coverage=reports/coverage.xml ");
    CHECK(says(app, "no Python version is named; 3.12 is taken: write yours into .python-version"));
}

TEST_CASE("an application factory is called by the server") {
    const auto app =
        only({{"shop/__init__.py", "def create_app(config=None):\n    app = Flask(__name__)\n    return app\n"},
              {"requirements.txt", "flask\ngunicorn\n"}});
    CHECK(join(app.serve, " ") == ".venv/bin/gunicorn --bind unix:{socket} --workers 2 shop:create_app()");
    CHECK_FALSE(app.test);
    CHECK(says(app, "no tests were found"));
}

TEST_CASE("a library of Python's is tested and not served") {
    const auto library =
        only({{"pyproject.toml",
               "[project]\nname='click'\nrequires-python='>=3.10'\ndependencies=['colorama']\n"
               "[build-system]\nrequires=['flit_core']\n[dependency-groups]\ntests=['pytest']\ndev=['ruff']\n"
               "[tool.pytest.ini_options]\ntestpaths=['tests']\n[tool.coverage.run]\nbranch=true\n"},
              {"src/click/__init__.py", ""},
              {"tests/test_a.py", ""},
              {"examples/app.py", "app = Flask(__name__)\n"},
              {"uv.lock", ""}});
    CHECK(library.kind == Kind::library);
    CHECK(library.manager == "uv");
    CHECK(library.serve.empty());
    CHECK(library.runtime.version_file == "pyproject.toml");
    CHECK(commands(library.install).find("uv sync --locked --group tests\n") != std::string::npos);
    CHECK(commands(library.install).find("uv pip install pytest-cov\n") != std::string::npos);
    CHECK(commands(library.test) ==
          ".venv/bin/python -m pytest --junitxml=reports/junit.xml --cov --cov-report=xml:reports/coverage.xml\n");
}
