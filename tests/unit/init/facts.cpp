#include "init/facts.h"
#include "init/kit.h"
#include "support/catch.h"
#include "unit/init/found.h"
#include <set>

using namespace fairlead;
using namespace fairlead::init;

namespace {

const Texts everything = {
    {"requirements.txt", "flask\ngunicorn\npsycopg2-binary\nalembic\nredis\npytest\n"},
    {"alembic.ini", ""},
    {"Dockerfile", "FROM a\nEXPOSE 8000\nCMD [\"gunicorn\", \"app:app\"]\n"},
    {"compose.yml", "services:\n  db: {image: postgres}\n"},
    {"Procfile",
     "web: gunicorn app:app\nworker: celery -A app worker\nclock: python clock.py\nrelease: python seed.py\n"},
    {".env.example", "MAIL_PASSWORD=\n"},
    {"app.py",
     "app = Flask(__name__)\na = os.environ['REGION']\nb = os.environ['API_TOKEN']\nc = os.getenv('COLOUR', 'red')\n"
     "@app.get('/health')\nU = 'data/uploads'\nd = sqlite3.connect('data/x.db')\n"},
    {"test_app.py", "def test(): pass\n"},
    {"web/package.json",
     R"({"private":true,"scripts":{"build":"vite build"},"devDependencies":{"vite":"8"},"dependencies":{"react":"19"}})"},
    {"web/package-lock.json", "{}"},
    {"web/index.html", "<p>"}};

std::vector<NewFile> all_written(const Project& project) {
    auto written = files(project, {.backup = true});
    std::vector<std::string> told;
    auto kit = kit_files(project, {.production = true}, told);
    for (auto& file : kit.value()) written.push_back(std::move(file));
    return written;
}

}

TEST_CASE("each fact is in a written file, or is told with what to write: none is lost") {
    const auto project = found(everything);
    std::set<std::string> kinds;
    for (const auto& written : {files(project, {}), all_written(project)})
        for (const auto& fact : facts_of(project, written)) {
            INFO(name_of(fact.kind) << " " << fact.what << " [" << fact.from << "]");
            kinds.insert(std::string(name_of(fact.kind)));
            CHECK_FALSE(fact.by_hand.empty());
            CHECK_FALSE(fact.from.empty());
            for (const auto& writer : fact.writers) // by a file that is really written
                CHECK(std::any_of(written.begin(), written.end(),
                                  [&](const NewFile& file) { return file.path == writer; }));
            const auto said = lost({fact});
            CHECK((!fact.writers.empty() || fact.may_be_left) == said.empty());
        }
    // Every kind is walked.
    CHECK(kinds == std::set<std::string>{"build", "compose", "data", "folder", "health", "image", "migrations",
                                         "process", "release", "report", "secret", "server", "site", "test",
                                         "variable"});
}

TEST_CASE("what fairlead.yml says of each kind") {
    const auto project = found(everything);
    for (const auto& fact : facts_of(project, files(project, {}))) {
        const bool in_file = std::find(fact.writers.begin(), fact.writers.end(), "fairlead.yml") != fact.writers.end();
        const bool may_be_elsewhere = fact.kind == FactKind::image || fact.kind == FactKind::compose ||
                                      fact.kind == FactKind::data ||
                                      (fact.kind == FactKind::variable && fact.may_be_left);
        INFO(name_of(fact.kind) << " " << fact.what);
        CHECK((in_file || may_be_elsewhere));
    }
}

TEST_CASE("a fact that no file says is told with its place and the way out") {
    const auto project = found(everything);
    const auto facts = facts_of(project, {});
    const auto told = lost(facts);
    CHECK(told.find(
              "unclear  process worker (worker): celery -A app worker (Procfile:2) is in no written file; write it as "
              "deploy.target.processes.worker\n") != std::string::npos);
    CHECK(told.find("COLOUR") == std::string::npos); // the source does without
    const auto shown = explained(facts);
    CHECK(shown.find("fact     variable COLOUR (optional) [app.py:4]: by hand: ") != std::string::npos);
    CHECK(explained(facts_of(project, files(project, {})))
              .find("process worker (worker): celery -A app worker [Procfile:2]: in fairlead.yml\n") !=
          std::string::npos);
}
