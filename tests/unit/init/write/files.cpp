#include "base/foreign_actions.h"
#include "base/text.h"
#include "init/write.h"
#include "support/catch.h"
#include "support/support.h"
#include <algorithm>
#include <fmt/format.h>

using namespace fairlead;
using namespace fairlead::init;
using fairlead::test::has;

namespace {

init::Step step(std::string name, std::vector<std::string> command) {
    return {std::move(name), {std::move(command)}, {}, ""};
}

Component service() {
    Component c{.name = "shop", .language = Language::python, .kind = init::Kind::service, .manager = "pip"};
    c.runtime = {"python", "3.12", ""};
    c.install = step("install", {"python3", "-m", "venv", ".venv"});
    c.test = step("test", {".venv/bin/python", "-m", "pytest", "${{ github.token }}"});
    c.evidence = {{"tests", "reports/junit.xml"}};
    c.serve = {".venv/bin/gunicorn", "--bind", "unix:{socket}"};
    c.health = "/health";
    c.secrets = {"DATABASE_URL"};
    return c;
}

Component library() {
    Component c{.name = "lib", .language = Language::go, .manager = "go"};
    c.runtime = {"go", "", "go.mod"};
    c.test = step("test", {"go", "test", "./..."});
    return c;
}

Component front_end() {
    Component c{.name = "web", .folder = "web", .language = Language::node, .kind = init::Kind::site, .manager = "npm"};
    c.install = step("install", {"npm", "ci"});
    c.build = step("build", {"npm", "run", "build"});
    c.dist = "web/dist";
    return c;
}

Project project_with(std::vector<Component> components) {
    return {.name = "shop",
            .default_branch = "main",
            .tags = TagForm::bare,
            .tag_globs = {"[0-9]+.*"},
            .components = std::move(components)};
}

const std::string pin(40, 'a');
const Given given{.ci = Ci::github,
                  .actions = "o/r",
                  .pin = pin,
                  .version = "1.0.0",
                  .release = Release{pin, std::string(64, '1'), std::string(64, '2')}};

Given before_release(Ci ci) {
    auto other = given;
    other.ci = ci;
    other.release.reset();
    return other;
}

std::string content(const Project& project, std::string_view name, const Given& with = given) {
    for (const auto& file : files(project, with))
        if (file.path.ends_with(name)) return file.content;
    return "";
}

std::vector<Project> kinds() {
    auto image = service();
    image.dockerfile = "Dockerfile";
    image.services = {"postgresql", "redis"};
    auto below = project_with({image});
    below.folder = "services/My Shop";
    auto second = service();
    second.name = second.folder = "api";
    auto first = service();
    first.name = first.folder = "shop";
    auto many = project_with({second, first, front_end()});
    many.tags = TagForm::component;
    return {project_with({service()}),
            project_with({image}),
            project_with({library()}),
            project_with({front_end()}),
            below,
            many};
}

}

TEST_CASE("no expression stands in a script, no secret in a job without an environment, and every foreign action is in "
          "the table") {
    for (const auto& one : kinds())
        for (const auto& file : files(one, given)) {
            if (!file.path.ends_with(".yml") || !has(file.path, "workflows")) continue;
            INFO(file.path);
            CHECK(has(file.content, "\npermissions: {}\n"));
            bool in_script = false, in_environment = false;
            for (const auto& line : split(file.content, '\n')) {
                if (line.starts_with("  ") && line.size() > 2 && line[2] != ' ') in_environment = false;
                if (line.starts_with("    environment: ")) in_environment = true;
                in_script = has(line, "run: |") || (in_script && line.starts_with("          "));
                if (in_script) CHECK_FALSE(has(line, "${{"));
                if (has(line, "secrets.")) CHECK(in_environment);
                const auto at = line.find("uses: ");
                if (at == line.npos || has(line, "o/r/")) continue;
                const auto used = line.substr(at + 6);
                CHECK(uses(used.substr(0, used.find('@'))) == used);
            }
            CHECK(std::count(file.content.begin(), file.content.end(), '\t') == 0);
        }
}

TEST_CASE("a library is published, and nothing of it is deployed or named an image") {
    const auto lib = project_with({library()});
    std::vector<std::string> names;
    for (const auto& file : files(lib, given)) names.push_back(file.path);
    CHECK(names == std::vector<std::string>{"fairlead.yml", ".github/workflows/pull-request.yml",
                                            ".github/workflows/release.yml", ".github/dependabot.yml"});
    CHECK_FALSE(has(content(lib, "release.yml"), "self-hosted"));
    CHECK_FALSE(has(content(lib, "fairlead.yml"), "deploy"));
    CHECK_FALSE(has(content(lib, "pull-request.yml"), "tag"));
}

TEST_CASE("a release begins with the tags that the project has") {
    CHECK(has(content(project_with({library()}), "release.yml"), "tags: [\"[0-9]+.*\"]"));
    auto without = project_with({library()});
    without.tag_globs.clear();
    CHECK(has(content(without, "release.yml"), "tags: [\"v[0-9]+.*\"]"));
}

TEST_CASE("a release that smoke finds sick is taken back only where this run's deployment made it serve") {
    const auto staging = content(project_with({service()}), "staging.yml");
    CHECK(has(staging,
              "if: failure() && steps.deploy.outcome == 'success' && steps.deploy.outputs.verdict == 'deployed'\n"));
    CHECK(has(staging, "if-current: ${{ steps.deploy.outputs.release }}"));
    const auto rollback = content(project_with({service()}), "rollback.yml");
    CHECK(has(rollback, "if-current: any\n"));
    CHECK(has(rollback, "group: deploy-${{ inputs.environment }}"));
    CHECK(has(staging, "group: deploy-staging\n"));
}

TEST_CASE("secrets reach a deployment by name, those of the fairlead.yml that is there where there is one") {
    CHECK(has(content(project_with({service()}), "staging.yml"), "DATABASE_URL: ${{ secrets.DATABASE_URL }}"));
    auto there = given;
    there.environments = {{{"staging", {"TOKEN"}, false}}};
    const auto staging = content(project_with({service()}), "staging.yml", there);
    CHECK(has(staging, "TOKEN: ${{ secrets.TOKEN }}"));
    CHECK_FALSE(has(staging, "DATABASE_URL"));
    CHECK_FALSE(
        has(content(project_with({service()}), "release.yml", there), "self-hosted")); // production is none of its
}

TEST_CASE("production takes what staging proved, and only that") {
    const auto release = content(project_with({service()}), "release.yml");
    CHECK(has(release, "promote-from: ${{ runner.temp }}/proof/staging-record/staging-record.json"));
    CHECK(has(release, "git merge-base --is-ancestor"));
    CHECK(has(content(project_with({service()}), "staging.yml"), "export: .fairlead/out/staging-record.json"));
    CHECK(has(content(project_with({service()}), "fairlead.yml"), "promote_from: staging"));
}

TEST_CASE("a failing test goes on to the gate, which judges that component's reports") {
    CHECK(has(content(project_with({service()}), "pull-request.yml"), "continue-on-error: true # the gate decides"));
    CHECK_FALSE(has(content(project_with({library()}), "pull-request.yml"), "continue-on-error"));
    auto first = service();
    first.folder = first.name = "api";
    first.evidence = {{"tests", "api/reports/junit.xml"}};
    const auto many = content(project_with({first, front_end()}), "pull-request.yml");
    CHECK(has(many, "report: |\n            api/reports/junit.xml\n"));
    CHECK(has(many, "needs: [scan, gate-api, gate-web]"));
    CHECK(has(many, "test \"$RESULTS\" = \"success success success\""));
}

TEST_CASE("a front end is built from nothing, and an empty build is a no") {
    const auto text = content(project_with({front_end()}), "pull-request.yml");
    CHECK(text.find("rm -rf -- dist") < text.find("npm run build"));
    CHECK(text.find("npm run build") < text.find("the build wrote no file"));
    CHECK(has(text, "| tee --append \"$GITHUB_STEP_SUMMARY\""));
    const auto chain = content(project_with({front_end()}), "fairlead.yml");
    CHECK(has(chain, "sh, dist, \"51200\"]"));
    std::size_t last = 0;
    for (const auto* step : {"versions", "env", "install", "clean", "build", "sizes"}) {
        const auto at = chain.find(std::string("- name: ") + step);
        CHECK((at != chain.npos && at > last));
        last = at;
    }
}

TEST_CASE("in a folder of a repository the workflows go to its root, and say whose they are") {
    auto below = project_with({service()});
    below.folder = "services/My Shop";
    const auto all = files(below, given);
    CHECK(all[1].path == "../../.github/workflows/shop-pull-request.yml");
    CHECK(has(all[1].content, "working-directory: services/My Shop\n"));
    CHECK(has(all[1].content, "config: services/My Shop/fairlead.yml\n"));
    CHECK(has(content(below, "staging.yml"), "group: deploy-shop-staging\n"));
}

TEST_CASE("with a release each step of ours is pinned to its commit, and the comment is its version") {
    for (const auto& project : kinds())
        for (const auto& file : files(project, given)) {
            for (auto at = file.content.find("uses: o/r"); at != std::string::npos;
                 at = file.content.find("uses: o/r", at + 1))
                CHECK(has(file.content.substr(at, file.content.find('\n', at) - at), "@" + pin + " # v1.0.0"));
            CHECK_FALSE(has(file.content, "from source"));
            CHECK_FALSE(has(file.content, "actions/cache"));
        }
}

TEST_CASE(
    "before a release a workflow says that it builds, has time for it, and a change's jobs keep what they built") {
    const auto with = before_release(Ci::github);
    for (const auto& project : kinds())
        for (const auto& file : files(project, with)) {
            if (!has(file.path, ".github/workflows/")) continue;
            const bool uses_ours = has(file.content, "uses: o/r");
            CHECK(has(file.content, "# No release of Fairlead was at hand") == uses_ours);
            CHECK_FALSE(has(file.content, "# v1.0.0"));
            CHECK(has(file.content, "actions/cache@") ==
                  (uses_ours && has(file.path, "pull-request"))); // nothing that is deployed comes from a cache
        }
    const auto text = content(project_with({service()}), "pull-request.yml", with);
    CHECK(has(text, "actions/scan@" + pin + " # main, built from source"));
    CHECK(has(text, "key: ${{ runner.arch }}-fairlead-scan-" + pin));
    CHECK(has(text, "    timeout-minutes: 60\n")); // scan's 30, and as much for the build
    const auto shorter = content(project_with({service()}), "pull-request.yml");
    CHECK(has(shorter, "    timeout-minutes: 30\n"));
}

TEST_CASE("other CIs fetch the release by its digest, and say before a release that there is none") {
    for (const auto ci : {Ci::gitlab, Ci::generic}) {
        auto with = given;
        with.ci = ci;
        const std::string name = ci == Ci::gitlab ? ".gitlab-ci.yml" : "ci.sh";
        const auto released = content(project_with({service()}), name, with);
        CHECK(has(released, "x86_64) file=fairlead-1.0.0-linux-x64-bin.tar.gz sum=" + std::string(64, '1')));
        CHECK(has(released, "arm64) file=fairlead-1.0.0-linux-arm64-bin.tar.gz sum=" + std::string(64, '2')));
        CHECK(has(released, "https://github.com/o/r/releases/download"));
        with.release->arm64.clear();
        CHECK_FALSE(has(content(project_with({service()}), name, with), "arm64"));
        const auto before = content(project_with({service()}), name, before_release(ci));
        CHECK_FALSE(has(before, "releases/download"));
        CHECK(has(before, "there was no release when this was written"));
        CHECK(has(before, "https://github.com/o/r/blob/" + pin + "/docs/ci.md"));
    }
}

TEST_CASE("other CIs get the same chain") {
    auto other = given;
    other.ci = Ci::generic;
    const auto script = files(project_with({service()}), other).back();
    CHECK(script.path == "ci.sh");
    CHECK(script.executable);
    CHECK(has(script.content, "fairlead-gate\n"));
    CHECK(has(script.content, "--if-current \"$release\""));
    other.ci = Ci::gitlab;
    const auto gitlab = content(project_with({service()}), ".gitlab-ci.yml", other);
    CHECK(has(gitlab, "resource_group: deploy-staging"));
    CHECK(has(gitlab, "image: \"python:3.12\""));
}

TEST_CASE("in other CIs, too, production takes what staging proved, and only what this run deployed is taken back") {
    auto built = service();
    built.build = step("build", {"make"});
    auto other = given;
    for (const auto ci : {Ci::gitlab, Ci::generic}) {
        other.ci = ci;
        const std::string name = ci == Ci::gitlab ? ".gitlab-ci.yml" : "ci.sh";
        const auto text = content(project_with({built}), name, other);
        CHECK(has(text, "fairlead-deploy history --env staging --export .fairlead/out/staging-record.json\n"));
        CHECK(has(text, "fairlead-deploy --env production --promote-from .fairlead/out/staging-record.json "));
        CHECK(has(text, "tar --extract --gzip --file .fairlead/out/release.tar.gz\n"));
        CHECK(text.find("tar --create") < text.find("fairlead-deploy --env staging"));
        CHECK_FALSE(has(text, ".fairlead-deploy.json"));
        CHECK(text.find("if grep -q '\"verdict\": \"deployed\"'") < text.find("fairlead-deploy rollback"));
        other.environments = {{{"test", {}, false}, {"live", {}, false}}};
        const auto alone = content(project_with({built}), name, other);
        CHECK_FALSE(has(alone, "promote-from"));
        CHECK_FALSE(has(alone, "--export"));
        CHECK_FALSE(has(alone, "\ntest() {"));
        other.environments = std::nullopt;
    }
    other.ci = Ci::gitlab;
    auto folder = project_with({built});
    folder.folder = "services/My Shop";
    const auto text = content(folder, ".gitlab-ci.yml", other);
    CHECK(has(text, "      cd -- 'services/My Shop'\n"));
    CHECK(has(text, "- services/My Shop/.fairlead/out/staging-record.json\n"));
    CHECK(has(text, "- services/My Shop/reports/junit.xml\n"));
}

TEST_CASE("production takes the record of what staging is called") {
    auto there = given;
    there.environments = {{{"stage", {}, false}, {"live", {}, true}}};
    CHECK(has(content(project_with({service()}), "staging.yml", there), "export: .fairlead/out/stage-record.json"));
    CHECK(has(content(project_with({service()}), "release.yml", there), "/proof/stage-record/stage-record.json"));
}

TEST_CASE("a name that YAML takes for something else is quoted") {
    auto empty = project_with({library()});
    for (const auto* name : {"null", "yes", "on"}) {
        empty.name = name;
        CHECK(has(content(empty, "fairlead.yml"), fmt::format("app: \"{}\"\n", name)));
    }
}

TEST_CASE("a release holds the program, and not what its compiler keeps for the next time") {
    auto rust = service();
    rust.language = Language::rust;
    rust.manager = "cargo";
    const auto text = content(project_with({rust}), "fairlead.yml");
    CHECK(has(text, "target/release/deps"));
    CHECK_FALSE(has(text, "target/release,"));
    rust.language = Language::java;
    rust.manager = "maven";
    CHECK(has(content(project_with({rust}), "fairlead.yml"), "target/classes"));
}

TEST_CASE("lines of .gitignore are added once, however they are written") {
    CHECK(with_lines("", {"reports/", ".coverage"}) == "reports/\n.coverage\n");
    CHECK(with_lines("/reports\nx", {"reports/", ".coverage"}) == "/reports\nx\n.coverage\n");
    CHECK(with_lines("reports/ \n", {"reports/"}) == "reports/ \n");
}

TEST_CASE("a workflow of somebody else keeps its name, and ours gets another") {
    auto there = given;
    there.taken = {"staging.yml"};
    CHECK_FALSE(has(content(project_with({service()}), "/fairlead-staging.yml", there), "nothing that init saw"));
    CHECK(content(project_with({service()}), "/staging.yml", there).empty());
    CHECK(has(content(project_with({service()}), "release.yml", there), "--workflow fairlead-staging.yml"));
    CHECK(is_ours(content(project_with({service()}), "staging.yml")));
    CHECK_FALSE(is_ours("name: release\n"));
}

TEST_CASE("what measures coverage runs after a failing test, and the job still tells of it") {
    auto two = service();
    two.test->commands.push_back({"coverage", "xml"});
    const auto text = content(project_with({two}), "pull-request.yml");
    CHECK(has(text, "status=0\n"));
    CHECK(has(text, "coverage xml || status=$?\n          exit \"$status\"\n"));
    const auto chain = content(project_with({two}), "fairlead.yml");
    CHECK(has(chain, "name: tests-1"));
    std::size_t judged = 0;
    for (auto at = chain.find("judged_by"); at != chain.npos; at = chain.find("judged_by", at + 1)) ++judged;
    CHECK(judged == 2);
}

TEST_CASE("an image is built once, after the tests, and goes to staging before production") {
    auto image = service();
    image.dockerfile = "Dockerfile";
    const auto staging = content(project_with({image}), "staging.yml");
    std::size_t before = 0;
    for (const auto* step : {"uses: actions/checkout@", "pytest", "docker build ", "docker push ",
                             "o/r/actions/deploy@", "env: staging"}) {
        INFO(step);
        const auto at = staging.find(step, before);
        REQUIRE(at != std::string::npos);
        before = at;
    }
    CHECK(staging.find("docker build ", staging.find("docker build ") + 1) == std::string::npos);
    const auto release = content(project_with({image}), "release.yml");
    CHECK(release.find("docker build ") == std::string::npos);
    CHECK(has(release, "env: production"));
}
