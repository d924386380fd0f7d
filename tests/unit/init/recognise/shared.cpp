#include "support/catch.h"
#include "unit/init/found.h"
#include <fmt/format.h>

using namespace fairlead::init;

namespace {

Component deployed(Texts texts, const std::string& packages = "flask\ngunicorn\n") {
    texts["requirements.txt"] = packages;
    if (texts.count("app.py") == 0) texts["app.py"] = "app = Flask(__name__)\n";
    return only(texts);
}

std::string shared_by(const Component& component) {
    std::string text;
    for (const auto& one : component.shared) text += one.folder + " (" + one.from + ") ";
    return text;
}

std::string flask_with(const std::string& more) { return "app = Flask(__name__)\n" + more + "\n"; }

}

TEST_CASE("a folder that only the program writes into is shared by all releases") {
    const auto of = [](const std::string& line) { return shared_by(deployed({{"app.py", flask_with(line)}})); };
    CHECK(of("URL = 'sqlite:///data/shop.db'") == "data (app.py:2) ");
    CHECK(of("URL = f'sqlite:///{BASE}/data/shop.db'\nBASE = Path(__file__).parent") == "data (app.py:2) ");
    CHECK(of("import sqlite3\nx = sqlite3.connect(os.path.join(HERE, 'data', 'shop.db'))\n"
             "HERE = os.path.dirname(os.path.abspath(__file__))") == "data (app.py:3) ");
    CHECK(of("import sqlite3\nx = sqlite3.connect('./var/data/shop.sqlite3')") == "var/data (app.py:3) ");
    CHECK(of("app.config['UPLOAD_FOLDER'] = os.path.join(os.getcwd(), 'uploads')") == "uploads (app.py:2) ");
    CHECK(of("save_path = f'./static/upload/{user}/{name}'") == "static/upload (app.py:2) ");
    CHECK(of("logs_dir = 'logs'\nos.makedirs(logs_dir, exist_ok=True)") == "logs (app.py:3) ");
    CHECK(of("os.makedirs('data/x')\nURL = 'sqlite:///data/shop.db'") == "data (app.py:3) ");
}

TEST_CASE("what is outside of the release, in memory or for tests is not shared") {
    for (const auto* line :
         {"URL = 'sqlite:////var/lib/shop.db'", "URL = 'sqlite:///:memory:'", "URL = 'sqlite://'",
          "import sqlite3\nx = sqlite3.connect('/var/lib/shop.db')", "# URL = 'sqlite:///data/shop.db'",
          "import sqlite3\nTEST = {'NAME': 'data/test.db'}", "os.makedirs('/var/log/shop')", "os.makedirs(path)",
          "UPLOAD_FOLDER = '/srv/uploads'", "os.makedirs('../x')", "x = 'data/shop.db'"}) {
        INFO(line);
        const auto found = deployed({{"app.py", flask_with(line)}});
        CHECK(shared_by(found).empty());
        CHECK(found.decisions.empty());
    }
    CHECK(says(deployed({{"app.py", flask_with("URL = 'sqlite:////tmp/shop.db'")}}),
               "app.py:2 opens the SQLite database /tmp/shop.db, which a reboot may delete; environments on one host "
               "then share it; give each its own file, and name the file in backup.sources"));
    const std::string line = "URL = 'sqlite:///data/shop.db'\n";
    const std::string app = "import settings.dev, tests.a, scripts.load, config_local, config\n" + flask_with("");
    for (const auto* file : {"settings/dev.py", "tests/a.py", "scripts/load.py", "config_local.py", "seed.py"}) {
        INFO(file);
        CHECK(shared_by(deployed({{"app.py", app}, {file, line}})).empty());
    }
    CHECK(shared_by(deployed({{"app.py", app}, {"config.py", line}})) == "data (config.py:1) ");
    CHECK(shared_by(only({{"setup.py", "setup()\n"}, {"a.py", line}})).empty()); // nothing is deployed
}

TEST_CASE("Flask-SQLAlchemy's relative path is in the instance's folder, beside the application's package") {
    const Texts texts = {{"app.py", flask_with("URL = os.environ.get('DATABASE_URL', 'sqlite:///shop.db')")}};
    CHECK(shared_by(deployed(texts, "flask\nflask-sqlalchemy>=3\n")) == "instance (app.py:2) ");
    CHECK(shared_by(deployed({{"src/app.py", flask_with("URL = 'sqlite:///shop.db'")}, {"app.py", ""}},
                             "flask\nflask-sqlalchemy\n")) == "src/instance (src/app.py:2) ");
    const auto other = deployed(texts, "flask\nsqlalchemy\n");
    CHECK(shared_by(other).empty());
    CHECK(says(other, "shop.db (app.py:2) is a SQLite database among the files of the release, so the next deployment "
                      "begins with an empty one unless a variable of the environment names another place; decide"));
    CHECK(shared_by(deployed(texts, "flask\nflask-sqlalchemy==2.5.1\n")).empty());
}

TEST_CASE("what can't be shared is the first thing to decide") {
    const Texts django = {
        {"manage.py", "import django\nos.environ['DJANGO_SETTINGS_MODULE'] = 'shop.settings'\n"},
        {"shop/wsgi.py", "application = get_wsgi_application()\n"},
        {"shop/settings.py",
         "BASE_DIR = Path(__file__).resolve().parent.parent\n'ENGINE': 'django.db.backends.sqlite3',\n"
         "'NAME': BASE_DIR / 'db.sqlite3',\nMEDIA_ROOT = BASE_DIR / 'media'\n"}};
    const auto site = deployed(django, "django\ngunicorn\n");
    CHECK(shared_by(site) == "media (shop/settings.py:4) ");
    CHECK(says(site, "shop/settings.py:4 gets uploads, and nginx refuses those over 1 MB with status 413; write "
                     "client_max_body_size with the size that you allow into nginx's http {}"));
    REQUIRE(site.decisions.size() == 1);
    CHECK(site.doubts.front() == site.decisions.front());
    CHECK(site.decisions.front() ==
          "db.sqlite3 (shop/settings.py:3) is a SQLite database among the files of the release, so the next deployment "
          "begins with an empty one; decide this first: keep the database in a folder of its own, such as data, and "
          "name that folder in deploy.target.shared");
    auto committed = django;
    committed["db.sqlite3"] = "";
    CHECK(says(deployed(committed, "django\ngunicorn\n"), "begins with the one that is in git; decide"));
    committed["media/logo.png"] = "";
    CHECK(says(deployed(committed, "django\n"), "media (shop/settings.py:4) gets files while the program runs and has "
                                                "files of the project, so the releases can't share it"));
    committed.erase("media/logo.png");
    committed["media/.gitkeep"] = "";
    CHECK(shared_by(deployed(committed, "django\n")) == "media (shop/settings.py:4) ");
    const auto unknown =
        deployed({{"app.py", flask_with("import sqlite3\nx = sqlite3.connect(os.path.join(conf.x(), 'shop.db'))")}});
    CHECK(says(unknown, "app.py:3 opens a SQLite database in a folder that init can't tell; decide this first"));
    const auto made = deployed({{"app.py", flask_with("os.makedirs('static', exist_ok=True)")}, {"static/a.css", ""}});
    CHECK(made.decisions.empty()); // it is there, so nothing is made
}

TEST_CASE("only the modules that the application imports say what it writes") {
    const std::string line = "URL = 'sqlite:///data/shop.db'\n";
    const auto shares = [&](const std::string& app, const std::string& file) {
        Texts texts = {{"app.py", app + "\napp = Flask(__name__)\n"},
                       {"shop/__init__.py", "from . import db\n"},
                       {"shop/db.py", "from .deep.store import (\n    a, # one\n    b)\n"},
                       {"shop/deep/store.py", "import shop.views\n"}};
        texts[file] += line;
        return !shared_by(deployed(texts)).empty();
    };
    CHECK(shares("import shop", "shop/deep/store.py"));
    CHECK(shares("from shop.deep import store", "shop/deep/store.py"));
    CHECK(shares("import shop", "shop/views.py"));
    CHECK(shares("app2.config.from_object('settings.Production')", "settings.py"));
    CHECK_FALSE(shares("import shop", "shop/other.py"));
    CHECK_FALSE(shares("# import shop", "shop/views.py"));
    CHECK_FALSE(shares("x = 'settings.Production'", "settings.py"));
}

TEST_CASE("a word that only looks like a database's file is none") {
    for (const auto* text :
         {"NAMES = [\n'shop.db',\n'.sqlite']", "ENGINE_NAME = 'django.db.backends.sqlite3'", "db_ending = '.sqlite3'",
          "db_path = 'a b.db'", "UPLOAD_FOLDER = app.config['UPLOAD_FOLDER']",
          "UPLOAD_FOLDER = config('UPLOAD_FOLDER')", "app.config['UPLOAD_FOLDER'] = x"}) {
        INFO(text);
        const auto found = deployed({{"app.py", flask_with(std::string("import sqlite3\n") + text)}});
        CHECK(found.written.empty());
    }
    CHECK(
        shared_by(deployed({{"app.py", flask_with("import sqlite3\ndb_path = os.path.join(here, 'data', f'{name}.db')\n"
                                                  "URL = f'sqlite:///{db_path}'\n"
                                                  "here = os.path.dirname(__file__)")}})) == "data (app.py:3) ");
}

TEST_CASE("other languages write SQLite's files, too") {
    const auto node =
        only({{"package.json", R"({"scripts": {"start": "node server.js"}, "dependencies": {"express": "5"}})"},
              {"server.js", "const Database = require('better-sqlite3')\nconst db = new Database(path.join("
                            "__dirname, 'data', 'shop.db'))\napp.listen(process.env.PORT)\n"}});
    CHECK(shared_by(node) == "data (server.js:2) ");
}
