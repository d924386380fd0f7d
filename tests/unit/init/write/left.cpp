#include "init/write/left.h"
#include "base/text.h"
#include "init/write.h"
#include "support/catch.h"

using namespace fairlead;
using namespace fairlead::init;

namespace {

Component flask_service() {
    Component c{.name = "shop", .language = Language::python, .kind = init::Kind::service, .manager = "pip"};
    c.serve = {"gunicorn"};
    c.evidence = {{"tests", "reports/junit.xml"}, {"coverage", "reports/coverage.xml"}};
    c.ignored = {"reports/", ".coverage", "__pycache__/", ".venv/"};
    return c;
}

Project project_of(Component component, std::vector<std::string> folders = {}) {
    Project project{.name = "shop", .components = {std::move(component)}};
    project.folders = std::move(folders);
    return project;
}

std::string globs_of(const Project& project) { return join(left_out(project, project.components.front()), " "); }

}

TEST_CASE("a folder of the project's own is neither ignored nor left out, whatever its name") {
    CHECK(join(ignored(project_of(flask_service())), " ") ==
          "/reports/ .env.deploy .fairlead/out/ .env.staging .env.production .coverage __pycache__/ .venv/");
    CHECK(globs_of(project_of(flask_service())) == "reports reports/** coverage coverage/** .venv .venv/**");
    const auto own = project_of(flask_service(), {".venv", "coverage", "reports", "reports/daily"});
    CHECK(join(ignored(own), " ") == "/reports/junit.xml /reports/coverage.xml .env.deploy .fairlead/out/ .env.staging "
                                     ".env.production .coverage __pycache__/");
    CHECK(globs_of(own) == "reports/junit.xml reports/coverage.xml");
    // Further down it is another folder.
    CHECK(join(ignored(project_of(flask_service(), {"src/reports"})), " ").starts_with("/reports/ "));
    CHECK(globs_of(project_of(flask_service(), {"src/coverage"})) ==
          "reports reports/** coverage coverage/** .venv .venv/**");
}

TEST_CASE("lines of a component's folder are for that folder alone") {
    auto web = flask_service();
    web.folder = "web";
    web.evidence = {{"tests", "web/reports/junit.xml"}};
    web.ignored = {"web/reports/", "web/dist/"};
    CHECK(join(ignored(project_of(web)), " ").ends_with(".env.production web/reports/ web/dist/"));
    const auto own = project_of(web, {"web", "web/dist", "web/reports"});
    CHECK(join(ignored(own), " ").ends_with(".env.production /web/reports/junit.xml"));
    CHECK(globs_of(own) == "reports/junit.xml coverage coverage/** .venv .venv/**");
}

TEST_CASE("what a compiler makes is left out where no source is in that folder") {
    auto rust = flask_service();
    rust.language = Language::rust;
    rust.ignored = {"target/"};
    CHECK(join(ignored(project_of(rust)), " ").ends_with(" /target/"));
    CHECK(globs_of(project_of(rust)).find(" target/release/deps ") != std::string::npos);
    CHECK(globs_of(project_of(rust, {"target", "target/release", "target/release/deps"})).find("target/release/deps") ==
          std::string::npos);
    auto java = flask_service();
    java.language = Language::java;
    java.manager = "maven";
    java.ignored = {"target/"};
    CHECK(join(ignored(project_of(java)), " ")
              .ends_with(" target/ !**/src/**/target/")); // of each module, and no package
    CHECK(globs_of(project_of(java)).ends_with("target/maven-status target/*.original"));
}

TEST_CASE("an environment's file with values is ignored unless it is in git, as a front end's is") {
    auto project = project_of(flask_service());
    project.env_files = {"web/.env.production"};
    const auto lines = join(ignored(project), " ");
    CHECK(lines.find(".env.staging") != std::string::npos);
    CHECK(lines.find(".env.production") == std::string::npos);
    project.components.front().language = Language::node;
    CHECK(join(ignored(project), " ").find(".env.staging") != std::string::npos); // a server's may hold secrets
    project.components.front() = {.name = "lib", .language = Language::python};
    CHECK(join(ignored(project), " ") == "/reports/ .env.deploy .fairlead/out/");
}
