#include "support/catch.h"
#include "unit/init/found.h"

using namespace fairlead;
using namespace fairlead::init;

namespace {

Component served_with(Texts more) {
    more["requirements.txt"] += "flask\ngunicorn\n";
    more["app.py"] += "app = Flask(__name__)\n";
    return only(more);
}

std::string processes(const Component& component) {
    std::string text;
    for (const auto& one : component.processes)
        text += one.name + " [" + one.from + "]: " + join(one.command, " ") + "\n";
    return text;
}

}

TEST_CASE("Procfile's workers start with the release, by its own programs") {
    const auto app =
        served_with({{"Procfile", "web: gunicorn app:app\nworker: celery -A app worker\nmy-clock: python clock.py\n"
                                  "mail: FROM=a rq worker $QUEUE\n"}});
    CHECK(processes(app) == "worker [Procfile:2]: .venv/bin/celery -A app worker\n"
                            "my_clock [Procfile:3]: .venv/bin/python clock.py\n"
                            "mail [Procfile:4]: sh -c FROM=a rq worker $QUEUE\n");
    CHECK(join(app.processes[0].in_image, " ") == "celery -A app worker");
    CHECK(app.processes[1].role == project::Role::scheduler);
    CHECK(says(app, "my_clock starts by a clock (Procfile:3)"));
    CHECK_FALSE(says(app, "does not start"));
}

TEST_CASE("Procfile's release line is run before the release serves, once") {
    const auto app =
        served_with({{"Procfile", "web: gunicorn app:app\nrelease: python seed.py && flask db upgrade\n"}});
    CHECK(commands(app.prepare).ends_with(".venv/bin/python seed.py\n.venv/bin/flask db upgrade\n"));
    CHECK(app.released_by == "Procfile:2");
    const auto twice = served_with({{"requirements.txt", "alembic\n"},
                                    {"alembic.ini", ""},
                                    {"Procfile", "web: gunicorn app:app\nrelease: alembic upgrade head\n"}});
    const auto text = commands(twice.prepare);
    CHECK(text.find("alembic upgrade head") == text.rfind("alembic upgrade head"));
}

TEST_CASE("workers are found in the compose file and in package.json, and developers' are not") {
    const auto app = served_with(
        {{"compose.yml", "services:\n  web: {build: .}\n  worker:\n    build: .\n    command: [rq, worker, 'a b']\n"
                         "  other:\n    image: x\n    command: worker\n  db: {image: postgres}\n"}});
    CHECK(processes(app) == "worker [compose.yml:3]: .venv/bin/rq worker a b\n");
    const auto node =
        only({{"package.json", R"({"scripts":{"start":"node a.js","worker":"node worker.js","worker:dev":"nodemon w.js",
        "queue:prod":"node a.js && x","test":"node --test"},"dependencies":{"express":"1"}})"},
              {"package-lock.json", "{}"}});
    CHECK(processes(node) == "worker [package.json: scripts.worker]: node worker.js\n"
                             "queue [package.json: scripts.queue:prod]: npm run queue:prod\n");
}

TEST_CASE("a process of a folder where nothing is deployed is told, with what to write") {
    const auto app =
        only({{"Procfile", "worker: ./work\n"}, {"pyproject.toml", "[project]\nname = 'x'\n"}, {"x.py", ""}});
    CHECK(app.processes.empty());
    CHECK(says(app, "Procfile:1 has the process 'worker'"));
}

TEST_CASE("a secret of a process's line is neither copied nor told") {
    const auto secret = std::string("hunter") + "2hunter2Q9x";
    for (const auto& line : {"rq worker --token=" + secret, "rq worker --token=" + secret + " $QUEUE"}) {
        const auto app = served_with({{"Procfile", "web: gunicorn app:app\nworker: " + line + "\n"}});
        CHECK(processes(app).find(secret) == std::string::npos);
        CHECK(join(app.processes.at(0).in_image, " ").find(secret) == std::string::npos);
        CHECK_FALSE(says(app, secret));
        CHECK(says(app, "a command of the project (--token)"));
    }
}
