#include "support/catch.h"
#include "unit/init/found.h"
#include <fmt/format.h>

using fairlead::join;
using namespace fairlead::init;

namespace {

Texts plus(Texts texts, const Texts& more) {
    for (const auto& [path, text] : more) texts[path] = text;
    return texts;
}

std::string serve(const Texts& texts) { return join(only(texts).serve, " "); }

const std::string gunicorn = ".venv/bin/gunicorn --bind unix:{socket} --workers 2 ";
const Texts flask_packages = {{"requirements.txt", "flask\ngunicorn\nalembic\n"}};
const std::string factory = "def create_app():\n    return Flask(__name__)\n";

}

TEST_CASE("a server starts in the folder that the application's sources are imported from") {
    const Texts below_src =
        plus(flask_packages, {{"src/__init__.py", ""},
                              {"src/config.py", ""},
                              {"src/alembic/env.py", ""},
                              {"src/app/__init__.py", "import logging\nimport alembic\nimport config\n" + factory},
                              {"src/app/extensions.py", ""}});
    CHECK(serve(below_src) == ".venv/bin/gunicorn --chdir src --bind unix:{socket} --workers 2 app:create_app()");
    CHECK(only(below_src).modules == "src");
    const auto from_root = plus(below_src, {{"src/app/__init__.py", "from src.config import X\n" + factory}});
    CHECK(serve(from_root) == gunicorn + "src.app:create_app()");
    CHECK(only(from_root).modules.empty());
    // What the other files of the package import decides where the file itself imports nothing.
    CHECK(serve(plus(below_src, {{"src/app/__init__.py", factory}, {"src/app/views.py", "from config import X\n"}})) ==
          ".venv/bin/gunicorn --chdir src --bind unix:{socket} --workers 2 app:create_app()");
    CHECK(serve(plus(below_src, {{"src/app/__init__.py", factory}, {"src/app/views.py", "import src.config\n"}})) ==
          gunicorn + "src.app:create_app()");
}

TEST_CASE("without a telling import, src/ is the folder of the sources, and another folder is a package") {
    CHECK(serve(plus(flask_packages, {{"src/app.py", "app = Flask(__name__)\n"}})) ==
          ".venv/bin/gunicorn --chdir src --bind unix:{socket} --workers 2 app:app");
    CHECK(serve(plus(flask_packages, {{"src/__init__.py", ""}, {"src/app.py", "app = Flask(__name__)\n"}})) ==
          gunicorn + "src.app:app");
    CHECK(serve(plus(flask_packages, {{"web/app.py", "app = Flask(__name__)\n"}})) == gunicorn + "web.app:app");
    CHECK(serve(plus(flask_packages,
                     {{"web/app.py", "import models\napp = Flask(__name__)\n"}, {"web/models.py", ""}})) ==
          ".venv/bin/gunicorn --chdir web --bind unix:{socket} --workers 2 app:app");
    // A name that is found in both folders proves nothing.
    CHECK(serve(plus(flask_packages, {{"web/app.py", "import models\napp = Flask(__name__)\n"},
                                      {"web/models.py", ""},
                                      {"models.py", ""}})) == gunicorn + "web.app:app");
    CHECK(serve(plus(flask_packages, {{"my-web/app.py", "app = Flask(__name__)\n"}})) ==
          ".venv/bin/gunicorn --chdir my-web --bind unix:{socket} --workers 2 app:app");
}

TEST_CASE("a package that is installed from src/ is found from everywhere") {
    const Texts package = {
        {"pyproject.toml", "[project]\nname='shop'\ndependencies=['flask','gunicorn']\n[build-system]\nrequires=[]\n"},
        {"src/shop/__init__.py", factory}};
    CHECK(serve(package) == gunicorn + "shop:create_app()");
    const auto by_uv = plus(package, {{"uv.lock", ""}});
    CHECK(serve(by_uv) == gunicorn + "shop:create_app()");
    CHECK(serve(plus(by_uv, {{"pyproject.toml", "[project]\nname='shop'\ndependencies=['flask','gunicorn']\n"}})) ==
          ".venv/bin/gunicorn --chdir src --bind unix:{socket} --workers 2 shop:create_app()");
}

TEST_CASE("servers without an option for their folder are started in it, and their program is found above") {
    const Texts api = {{"requirements.txt", "fastapi\nuvicorn\n"},
                       {"backend/main.py", "from app.db import x\napp = FastAPI()\n"},
                       {"backend/app/db.py", ""}};
    CHECK(serve(api) == "env --chdir=backend ../.venv/bin/uvicorn --uds {socket} main:app");
    CHECK(serve(plus(api, {{"backend/main.py", "from backend.app.db import x\napp = FastAPI()\n"}})) ==
          ".venv/bin/uvicorn --uds {socket} backend.main:app");
    CHECK(serve({{"requirements.txt", "flask\nwaitress\n"},
                 {"a/src/app.py", "import db\n" + factory},
                 {"a/src/db.py", ""}}) ==
          "env --chdir=a/src ../../.venv/bin/waitress-serve --unix-socket={socket} --call app:create_app");
}

TEST_CASE("a Procfile's server starts in the folder that its line changes to") {
    const Texts api = {{"requirements.txt", "fastapi\nuvicorn\ngunicorn\n"}, {"backend/main.py", "app = FastAPI()\n"}};
    const auto line = [&](const std::string& web) { return plus(api, {{"Procfile", "web: " + web + "\n"}}); };
    const auto app = only(line("cd backend && uvicorn main:app --port $PORT"));
    CHECK(join(app.serve, " ") == "env --chdir=backend ../.venv/bin/uvicorn --uds {socket} main:app");
    CHECK(app.modules == "backend");
    CHECK_FALSE(says(app, "does more than start the server"));
    CHECK(serve(line("cd ./backend/; gunicorn main:app")) ==
          ".venv/bin/gunicorn --chdir backend --bind unix:{socket} main:app");
    for (const auto* folder : {"$HOME", "../backend", "/srv", "gone"}) {
        INFO(folder);
        const auto other = only(line(std::string("cd ") + folder + " && uvicorn main:app"));
        CHECK(join(other.serve, " ") == ".venv/bin/uvicorn --uds {socket} backend.main:app");
        CHECK(says(other, "Procfile's web line starts the server in a folder that is not in the project"));
    }
}

TEST_CASE("Django's wsgi.py is found among hundreds of files, however deep") {
    Texts site = {{"manage.py", "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.project.settingsproxy')\n"},
                  {"requirements.txt", "Django\ngunicorn\n"}};
    for (int i = 0; i < 250; ++i) site[fmt::format("shop/app{}/models.py", i)] = "";
    CHECK(says(only(site), "manage.py is here, but no file was found that calls get_wsgi_application()"));
    site["shop/project/production/wsgi.py"] = "application = get_wsgi_application()\n";
    const auto found = only(site);
    CHECK(join(found.serve, " ") == gunicorn + "shop.project.production.wsgi:application");
    CHECK(says(found, "shop/project/production/wsgi.py names no DJANGO_SETTINGS_MODULE, manage.py uses "
                      "shop.project.settingsproxy; set the variable in the file that env.file of each environment"));
    site["shop/project/production/wsgi.py"] = "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n"
                                              "application = Sentry(get_wsgi_application())\n";
    CHECK(join(only(site).serve, " ") == gunicorn + "shop.project.production.wsgi:application");
    CHECK_FALSE(says(only(site), "names no DJANGO_SETTINGS_MODULE"));
}

TEST_CASE("of several applications the one beside Django's settings serves, and none for debugging") {
    const std::string wsgi = "application = get_wsgi_application() # DJANGO_SETTINGS_MODULE\n";
    CHECK(serve({{"manage.py", "DJANGO_SETTINGS_MODULE = 'shop.settings'\n"},
                 {"requirements.txt", "Django\n"},
                 {"hoster_wsgi.py", wsgi},
                 {"shop/wsgi.py", wsgi}}) == gunicorn + "shop.wsgi:application");
    CHECK(serve(plus(flask_packages, {{"web/debug_test.py", "app = Flask(__name__)\n"},
                                      {"web/server.py", "app = Flask(__name__)\n"}})) == gunicorn + "web.server:app");
}

TEST_CASE("a manage.py below the requirements is a part of that project, and starts in its folder") {
    const Texts site = {
        {"requirements.txt", "Django\ngunicorn\n"},
        {"backend/manage.py", "import django\nos.environ['DJANGO_SETTINGS_MODULE'] = 'shop.settings'\n"},
        {"backend/shop/settings.py", "\nSTATIC_ROOT = 1\n"},
        {"backend/shop/wsgi.py", "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n"
                                 "application = get_wsgi_application()\n"},
        {"backend/shop/tests.py", ""}};
    const auto found = only(site);
    CHECK(join(found.serve, " ") ==
          ".venv/bin/gunicorn --chdir backend --bind unix:{socket} --workers 2 shop.wsgi:application");
    CHECK(found.settings == "shop.settings");
    CHECK(commands(found.prepare)
              .ends_with(".venv/bin/python backend/manage.py migrate --noinput\n"
                         ".venv/bin/python backend/manage.py collectstatic --noinput\n"));
    CHECK(commands(found.test)
              .find("backend/manage.py test --noinput --testrunner "
                    "xmlrunner.extra.djangotestrunner.XMLTestRunner backend\n") != std::string::npos);
    const auto apart = fairlead::init::found(plus(site, {{"backend/requirements.txt", "Django\n"}}));
    REQUIRE(apart.components.size() == 2);
    CHECK(apart.components[1].folder == "backend");
    CHECK(join(apart.components[1].serve, " ") == gunicorn + "shop.wsgi:application");
}

TEST_CASE("migrations run in the folder that the application starts in") {
    const Texts app = plus(flask_packages, {{"requirements.txt", "flask\ngunicorn\nflask-migrate\n"},
                                            {"src/app.py", "import db\napp = Flask(__name__)\n"},
                                            {"src/db.py", ""}});
    CHECK(commands(only(plus(app, {{"src/migrations/env.py", ""}})).prepare)
              .ends_with("env --chdir=src ../.venv/bin/flask --app app:app db upgrade\n"));
    CHECK(commands(only(plus(app, {{"migrations/env.py", ""}})).prepare)
              .ends_with("env --chdir=src ../.venv/bin/flask --app app:app db upgrade --directory ../migrations\n"));
    CHECK(commands(only(plus(app, {{"src/shop/migrations/env.py", ""}})).prepare)
              .ends_with("env --chdir=src ../.venv/bin/flask --app app:app db upgrade --directory shop/migrations\n"));
    CHECK(commands(only(plus(app, {{"a/migrations/env.py", ""}, {"b/migrations/env.py", ""}})).prepare)
              .ends_with("db upgrade\n"));
    CHECK(
        commands(only(plus(app, {{"requirements.txt", "flask\ngunicorn\nalembic\n"}, {"src/alembic.ini", ""}})).prepare)
            .ends_with("env --chdir=src ../.venv/bin/alembic upgrade head\n"));
}
