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
    CHECK(app.kind == fairlead::init::Kind::service);
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
    CHECK(says(app, "no Python version is named, so 3.12 is used; write your version into .python-version"));
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
    CHECK(library.kind == fairlead::init::Kind::library);
    CHECK(library.manager == "uv");
    CHECK(library.serve.empty());
    CHECK(library.runtime.version_file == "pyproject.toml");
    CHECK(commands(library.install).find("uv sync --locked --group tests\n") != std::string::npos);
    CHECK(commands(library.install).find("uv pip install pytest-cov\n") != std::string::npos);
    CHECK(commands(library.test) ==
          ".venv/bin/python -m pytest --junitxml=reports/junit.xml --cov --cov-report=xml:reports/coverage.xml\n");
}

namespace {

const Texts flask_app = {
    {"app.py", "app = Flask(__name__)\n"}, {"requirements.txt", "flask\ngunicorn\n"}, {"test_app.py", ""}};

Texts with(Texts texts, const Texts& more) {
    for (const auto& [path, text] : more) texts[path] = text;
    return texts;
}

}

TEST_CASE("a manage.py that is not Django's makes no Django") {
    const auto project = found({{"requirements.txt", "flask\ngunicorn\n"},
                                {"app.py", "app = Flask(__name__)\n"},
                                {"shop/manage.py", "from flask.cli import FlaskGroup\n"}});
    REQUIRE(project.components.size() == 1);
    CHECK(project.components.front().framework == "flask");
    CHECK(found({{"shop/manage.py", "from django.core.management import execute_from_command_line\n"}})
              .components.front()
              .framework == "django");
}

TEST_CASE("Django without pytest is tested by manage.py, and its wsgi.py serves") {
    const auto site = only({{"manage.py", ""},
                            {"requirements.txt", "Django\ngunicorn\npsycopg[binary]\ndjango-redis\n"},
                            {".python-version", "3.13\n"},
                            {"shop/wsgi.py", "application = get_wsgi_application()\n"},
                            {"shop/asgi.py", "application = get_asgi_application()\n"},
                            {"hello/tests.py", "from django.test import TestCase\n"},
                            {"hello/urls.py", "path(\"health\", views.health),\n"}});
    CHECK(site.framework == "django");
    CHECK(site.runtime.version_file == ".python-version");
    CHECK(join(site.serve, " ") == ".venv/bin/gunicorn --bind unix:{socket} --workers 2 shop.wsgi:application");
    CHECK(commands(site.install).find("unittest-xml-reporting coverage\n") != std::string::npos);
    CHECK(commands(site.test).find(
              "manage.py test --noinput --testrunner xmlrunner.extra.djangotestrunner.XMLTestRunner") !=
          std::string::npos);
    CHECK(evidence(site) == "tests=TEST-*.xml coverage=reports/coverage.xml ");
    CHECK(site.health == "/health");
    CHECK(join(site.services, " ") == "postgresql redis");
}

TEST_CASE("Django with pytest-django is tested by pytest") {
    const auto site = only({{"manage.py", ""},
                            {"requirements.txt", "Django\npytest-django\n"},
                            {"a/wsgi.py", "application = get_wsgi_application()\n"},
                            {"a/test_a.py", ""}});
    CHECK(commands(site.test).find("-m pytest --junitxml=reports/junit.xml") != std::string::npos);
    CHECK(says(site, "gunicorn is to serve a.wsgi:application (a/wsgi.py), but is not in the project's packages"));
}

TEST_CASE("a FastAPI application is served by uvicorn") {
    const auto api = only({{"app/main.py", "app = FastAPI(title='x')\n"},
                           {"requirements.txt", "fastapi[standard]\n"},
                           {"tests/test_a.py", "import pytest\n"}});
    CHECK(api.framework == "fastapi");
    CHECK(join(api.serve, " ") == ".venv/bin/uvicorn --uds {socket} app.main:app");
    CHECK_FALSE(says(api, "uvicorn is to serve"));
}

TEST_CASE("unittest's own projects are run by unittest, with a report") {
    const auto app = only({{"requirements.txt", "flask\n"},
                           {"a.py", ""},
                           {"tests/__init__.py", ""},
                           {"tests/test_a.py", "import unittest\n"}});
    CHECK(commands(app.test).find(
              "-m coverage run --source=. -m xmlrunner discover -s tests -t . --output-file reports/junit.xml\n") !=
          std::string::npos);
    CHECK(commands(app.test).find("coverage xml -o reports/coverage.xml; exit \"$status\"") != std::string::npos);
}

TEST_CASE("where only tox or nox knows what the tests need, theirs is the way") {
    const Texts library = {{"setup.py", "setup(name='a')\n"}, {"a.py", ""}, {"tests/test_a.py", ""}};
    const auto tox = only(with(library, {{"tox.ini", "[testenv]\ndeps = pytest\ncommands = pytest {posargs}\n"}}));
    CHECK(commands(tox.test) == ".fairlead/tools/tox/bin/tox run -e py -x testenv.pass_env+=PYTEST_ADDOPTS\n");
    REQUIRE(tox.test->variables.size() == 1);
    CHECK(tox.test->variables[0].second == "--junitxml=reports/junit.xml");
    CHECK(evidence(tox) == "tests=reports/junit.xml ");
    const auto nox =
        only(with(library, {{"noxfile.py", "@nox.session\ndef tests(session):\n    session.run('pytest')\n"}}));
    CHECK(commands(nox.test) == ".fairlead/tools/nox/bin/nox -s tests\n");
    const auto own = only(with(library, {{"tox.ini", "deps = pytest\n"}, {"requirements-dev.txt", "pytest\n"}}));
    CHECK(commands(own.test).starts_with(".venv/bin/python -m pytest"));
}

TEST_CASE("poetry installs what its lock says") {
    const auto library = only({{"pyproject.toml", "[tool.poetry]\nname='cleo'\n[tool.poetry.dependencies]\npython='^3."
                                                  "9'\n[tool.poetry.group.test]\noptional=true\n"
                                                  "[tool.poetry.group.test.dependencies]\npytest='^8'\npytest-cov='*'"
                                                  "\n[build-system]\nrequires=['poetry-core']\n"},
                               {"poetry.lock", ""},
                               {"cleo/a.py", ""},
                               {"tests/test_a.py", ""}});
    CHECK(library.manager == "poetry");
    CHECK(library.kind == fairlead::init::Kind::library);
    CHECK(commands(library.install).find("poetry install --no-interaction --with test\n") != std::string::npos);
    CHECK(commands(library.install).find("pip install pytest") == std::string::npos);
    CHECK(library.install->variables.size() == 1);
}

TEST_CASE("a member of a uv workspace is installed by its lock, and the root is no part") {
    const auto project =
        found({{"pyproject.toml", "[tool.uv.workspace]\nmembers=['backend']\n"},
               {"uv.lock", ""},
               {".python-version", "3.12"},
               {"backend/pyproject.toml",
                "[project]\nname='app'\ndependencies=['fastapi[standard]']\n[dependency-groups]\ndev=['pytest']\n"},
               {"backend/app/main.py", "app = FastAPI()\n"},
               {"backend/tests/test_a.py", ""}});
    REQUIRE(project.components.size() == 1);
    const auto& api = project.components[0];
    CHECK(api.folder == "backend");
    CHECK(api.manager == "uv");
    CHECK(commands(api.test).starts_with("../.venv/bin/python -m pytest"));
    CHECK(evidence(api) == "tests=backend/reports/junit.xml coverage=backend/reports/coverage.xml ");
}

TEST_CASE("extras and groups for tests are installed with a package") {
    const auto extra = only({{"pyproject.toml", "[project]\nname='a'\n[project.optional-dependencies]\ntest=['pytest']"
                                                "\ndocs=['sphinx']\n[build-system]\nrequires=[]\n"},
                             {"a.py", ""},
                             {"tests/test_a.py", ""}});
    CHECK(commands(extra.install).find("-e .[test] pytest-cov\n") != std::string::npos);
    const auto group = only(
        {{"pyproject.toml", "[project]\nname='a'\n[dependency-groups]\ndev=['pytest']\n[build-system]\nrequires=[]\n"},
         {"a.py", ""},
         {"tests/test_a.py", ""}});
    CHECK(commands(group.install).find("--upgrade pip\n") != std::string::npos);
    CHECK(commands(group.install).find("-e . --group dev pytest-cov\n") != std::string::npos);
    const auto setup = only(
        {{"setup.py", "setup(\n install_requires=['six'],\n extras_require={'dev': ['pytest'], 'docs': ['sphinx']})\n"},
         {"a.py", ""},
         {"tests/test_a.py", ""}});
    CHECK(commands(setup.install).find("-e .[dev] pytest-cov\n") != std::string::npos);
    const auto cfg =
        only({{"setup.cfg", "[options]\ninstall_requires =\n  six\n[options.extras_require]\ntesting =\n  pytest\n"},
              {"setup.py", "setup()\n"},
              {"a.py", ""},
              {"tests/test_a.py", ""}});
    CHECK(commands(cfg.install).find("-e .[testing] pytest-cov\n") != std::string::npos);
}

TEST_CASE("Procfile's web line is translated to a socket") {
    const auto serve = [](const std::string& line) {
        return join(only(with(flask_app, {{"Procfile", "web: " + line + "\n"}})).serve, " ");
    };
    CHECK(serve("gunicorn app:app --log-file - -b 0.0.0.0:$PORT") ==
          ".venv/bin/gunicorn --bind unix:{socket} app:app --log-file -");
    CHECK(serve("gunicorn --bind=0.0.0.0:8000 app:app") == ".venv/bin/gunicorn --bind unix:{socket} app:app");
    CHECK(serve("uvicorn app:app --host 0.0.0.0 --port $PORT") == ".venv/bin/uvicorn --uds {socket} app:app");
    CHECK(serve("flask db upgrade; gunicorn app:app") == ".venv/bin/gunicorn --bind unix:{socket} app:app");
    CHECK(serve("make run") == ".venv/bin/gunicorn --bind unix:{socket} --workers 2 app:app");
    const auto told =
        only(with(flask_app, {{"Procfile", "release: flask db upgrade\nweb: flask db upgrade && gunicorn app:app\n"}}));
    CHECK(commands(told.prepare).ends_with(".venv/bin/flask db upgrade\n"));
    CHECK(says(told, "does more than start the server"));
}

TEST_CASE("a secret of a manifest's command is neither copied nor told") {
    const auto secret = std::string("hunter") + "2hunter2Q9x";
    for (const auto& words : {"--token " + secret, "--password=" + secret, "--env API_TOKEN=" + secret,
                              "--store redis://u:" + secret + "@h/0", "--store=redis://u:" + secret + "@h/0"}) {
        INFO(words);
        const auto told = only(with(flask_app, {{"Procfile", "web: gunicorn app:app " + words + "\n"}}));
        CHECK(told.serve.back() == "app:app");
        CHECK(says(told, "a command of the project (--") != says(told, "a command of the project (API_TOKEN)"));
        CHECK_FALSE(says(told, secret));
    }
    const auto token = std::string("ghp") + "_" + std::string(35, 'Q') + "7";
    for (const auto& words : {token, "--with " + token, "--with=" + token}) {
        INFO(words);
        const auto told = only(with(flask_app, {{"Procfile", "web: gunicorn app:app " + words + "\n"}}));
        CHECK(told.serve.back() == "app:app");
        CHECK(says(told, "a command of the project"));
        CHECK_FALSE(says(told, token));
    }
    const auto other =
        only(with(flask_app, {{"Procfile", "release: x --token=" + secret + "\nweb: node --token=" + secret +
                                               "; sh --token " + secret + "\n"}}));
    CHECK_FALSE(says(other, secret));
    const auto plain =
        only(with(flask_app, {{"Procfile", "web: gunicorn app:app --keyfile /etc/k --timeout 30000000\n"}}));
    CHECK(join(plain.serve, " ").ends_with("app:app --keyfile /etc/k --timeout 30000000"));
}

TEST_CASE("what holds pytest is installed, whatever it is called") {
    const auto with_extra = [](const std::string& name) {
        return only(
            {{"pyproject.toml", "[project]\nname = \"x\"\n[project.optional-dependencies]\ndev = [\"ruff\"]\n\"" +
                                    name + "\" = [\"pytest>=8\"]\n"},
             {"tests/test_a.py", ""}});
    };
    CHECK(commands(with_extra("qa").install).find("-e .[dev,qa] ") != std::string::npos);
    CHECK(says(with_extra("te st"), "the group 'te st' of pyproject.toml holds pytest"));
    const auto poetry = only({{"pyproject.toml", "[tool.poetry]\nname = \"x\"\n[tool.poetry.group.dev.dependencies]\n"
                                                 "pytest = \"*\"\n[build-system]\n"
                                                 "build-backend = \"poetry.core.masonry.api\"\n"},
                              {"tests/test_a.py", ""}});
    CHECK(poetry.manager == "poetry");
}

TEST_CASE("versions of Python are read where they are named") {
    CHECK(only(with(flask_app, {{"runtime.txt", "python-3.11.4\n"}})).runtime.version == "3.11.4");
    CHECK(only(with(flask_app, {{".python-version", "3.12.1\n"}})).runtime.version_file == ".python-version");
    CHECK(only(with(flask_app, {{".python-version", "system\n"}})).runtime.version == "3.12");
    CHECK(only(with(flask_app, {{"runtime.txt", "python-${{ x }}\n"}})).runtime.version == "3.12");
}

TEST_CASE("two lock files are told") {
    const auto both =
        only(with(flask_app, {{"pyproject.toml", "[project]\nname='a'\n"}, {"uv.lock", ""}, {"poetry.lock", ""}}));
    CHECK(both.manager == "uv");
    CHECK(says(
        both, "there are several lock files (uv.lock, poetry.lock), and uv.lock is used; delete the other lock files"));
}

TEST_CASE("a pyproject.toml that only configures tools makes no part") {
    const auto project = found({{"pyproject.toml", "[tool.ruff]\nline-length=100\n"}, {"go.mod", "module a\n"}});
    REQUIRE(project.components.size() == 1);
    CHECK(project.components[0].language == Language::go);
}

TEST_CASE("a release is prepared without what only tests need, and with its server") {
    const auto prepared = [](const Texts& more) { return commands(only(with(flask_app, more)).prepare); };
    const std::string pip =
        "python3 -m venv .venv\n.venv/bin/python -m pip install --disable-pip-version-check -r requirements.txt";
    CHECK(prepared({{"requirements-dev.txt", "pytest\n"}}) == pip + "\n");
    CHECK(prepared({{"requirements.txt", "flask\n"}}) == pip + " gunicorn\n");
    CHECK(prepared({{"uv.lock", ""}, {"pyproject.toml", "[project]\nname='a'\n"}})
              .ends_with("uv sync --locked --no-dev\n"));
    CHECK_FALSE(only({{"setup.py", ""}, {"a.py", ""}}).prepare);
}

TEST_CASE("a release's database is brought up to date before it serves") {
    const Texts django = {{"manage.py", ""},
                          {"requirements.txt", "django\ngunicorn\n"},
                          {"shop/wsgi.py", "application = get_wsgi_application()\n"},
                          {"hello/migrations/0001_initial.py", ""},
                          {"hello/tests.py", ""}};
    CHECK(commands(only(django).prepare)
              .ends_with("-r requirements.txt\n.venv/bin/python manage.py migrate --noinput\n"));
    CHECK(commands(only(with(django, {{"shop/settings.py", "\nSTATIC_ROOT = 1\n"}})).prepare)
              .ends_with("manage.py collectstatic --noinput\n"));
    const auto migrated =
        only(with(flask_app, {{"requirements.txt", "flask-migrate\ngunicorn\n"}, {"migrations/env.py", ""}}));
    CHECK(commands(migrated.prepare).ends_with(".venv/bin/flask --app app:app db upgrade\n"));
    CHECK(commands(only(with(flask_app, {{"requirements.txt", "alembic\ngunicorn\n"}, {"alembic.ini", ""}})).prepare)
              .ends_with(".venv/bin/alembic upgrade head\n"));
}

TEST_CASE("a package that holds an app object for others is no service") {
    const auto library = only({{"setup.py", "setup(name='a')\n"}, {"a/demo_app.py", "app = Flask(__name__)\n"}});
    CHECK(library.kind == fairlead::init::Kind::library);
}
