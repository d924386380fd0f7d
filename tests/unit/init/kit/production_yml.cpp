#include "init/kit/production_yml.h"
#include "base/text.h"
#include "init/write.h"
#include "support/catch.h"
#include "support/support.h"
#include "sys/data/yaml.h"
#include "unit/init/found.h"

using namespace fairlead;
using namespace fairlead::init;
using fairlead::test::has;

namespace {

const Texts kit_flask = {{"requirements.txt", "flask\ngunicorn\npsycopg2-binary\nalembic\n"},
                         {"alembic.ini", ""},
                         {"Procfile", "web: gunicorn app:app\nworker: rq worker\n"},
                         {"app.py", "app = Flask(__name__)\na = os.environ['REGION']\n@app.get('/health')\n"}};

std::string first(const Project& project) {
    for (const auto& file : files(project, {}))
        if (file.path == "fairlead.yml") return file.content;
    return "";
}

std::string after(const std::string& before, const Kit& kit = {.production = true}) {
    const auto project = found(kit_flask);
    std::vector<std::string> told;
    const auto text = kit_configuration(project, kit, before, told);
    if (text) CHECK(sys::parse_yaml(*text, "fairlead.yml").ok());
    return text ? *text : "told: " + join(told, "\n");
}

std::size_t times(const std::string& text, std::string_view word) {
    std::size_t found = 0;
    for (auto at = text.find(word); at != text.npos; at = text.find(word, at + 1)) ++found;
    return found;
}

}

TEST_CASE("after init and init --production there is one production, and it is what the kit runs") {
    const auto text = after(first(found(kit_flask)));
    INFO(text);
    CHECK(times(text, "\n  production:\n") == 1);
    CHECK(times(text, "kind:") == 2); // of target and of router
    CHECK(
        has(text,
            "    kind: compose\n    files: [docker-compose.prod.yml]\n    services: [app, worker]\n    port: 8080\n"));
    CHECK(has(text, "      - [alembic, upgrade, head]\n"));
    CHECK(has(text, "  router: {kind: service}"));
    CHECK(has(text, "  strategy: recreate"));
    CHECK(has(text,
              "    env: {file: .env.production, required: [REGION]}\n    deploy:\n      target: {project: shop}\n"));
    CHECK(
        has(text,
            "    env: {file: .env.staging, required: [REGION]}\n    deploy:\n      target: {project: shop-staging}\n"));
    CHECK(has(text, "    - {name: db, engine: postgres, url_env: BACKUP_URL, via: \"compose:db\"}\n"));
    CHECK_FALSE(has(text, "direct"));
    CHECK_FALSE(has(text, "/srv/shop-production"));
    CHECK(has(text, "\nrun: # what `fairlead run` does")); // the rest stays
    CHECK(after(text) == text);                            // once
}

TEST_CASE("what somebody wrote into fairlead.yml stays") {
    const auto text =
        after("version: 1\n# ours\napp: shop\nscan: {}\ndeploy:\n  health: {path: /up}\n  hooks:\n    pre: []\n"
              "  target:\n    kind: direct\n    command: [x]\nenvironments:\n  demo:\n    url: http://demo # mine\n"
              "  production:\n    url: https://shop.example.org # the domain\n    deploy:\n      target: {root: /x}\n"
              "backup:\n  stores: [\"file:/b\"]\n");
    INFO(text);
    CHECK(has(text, "# ours\napp: shop\nscan: {}\n"));
    CHECK(has(text, "  health: {path: /up}\n  hooks:\n    pre: []\n  target: #"));
    CHECK(has(text, "  demo:\n    url: http://demo # mine\n"));
    CHECK(has(text, "  production:\n    url: https://shop.example.org\n"));
    CHECK(has(text, "backup:\n  stores: [\"file:/b\"]\n  sources:"));
    CHECK_FALSE(has(text, "command: [x]"));
}

TEST_CASE("a file without these sections gets them, and one in braces is told instead") {
    const auto text = after("version: 1\n");
    CHECK(text.starts_with("version: 1\n\ndeploy: # for every environment\n  health: {path: /health}\n"));
    CHECK(has(text, "\nsmoke: #"));
    CHECK(after("").starts_with("version: 1\napp: shop\n\ndeploy:"));
    CHECK(after("version: 1\ndeploy: {health: {path: /up}}\n")
              .starts_with("told: deploy, environments or backup of fairlead.yml is written in {}"));
}

TEST_CASE("without a proxy of its own, the host's nginx leads to the containers and no request is lost") {
    const auto text = after("", {.production = true, .proxy = "none"});
    CHECK_FALSE(has(text, "strategy: recreate"));
    CHECK(has(text, "      router: {kind: nginx, mode: include, include: /etc/nginx/fairlead/shop-production.conf}\n"));
}

TEST_CASE("the kit runs each process with the application's image, and asks for the team's own variables") {
    std::vector<std::string> told;
    const auto files = kit_files(found(kit_flask), {.production = true}, told).value();
    const auto content = [&](std::string_view path) {
        for (const auto& file : files)
            if (file.path == path) return file.content;
        return std::string();
    };
    const auto compose = content("docker-compose.prod.yml");
    CHECK(has(compose,
              "  # Procfile:2\n  worker:\n    <<: *held\n    image: ${APP_IMAGE:-shop:${APP_VERSION:-0.0.0}}\n"));
    CHECK(has(compose, "    command: [rq, worker]\n"));
    CHECK(has(content(".env.production.example"), "# Read at app.py:2, and needed there.\nREGION=\n"));
    CHECK_FALSE(has(compose, "kit-processes"));
}

TEST_CASE("a stack that we don't know is served by the team's own Dockerfile") {
    const Texts go = {
        {"go.mod", "module shop\n"},
        {"main.go",
         "package main\nimport \"net/http\"\nfunc main() { http.ListenAndServe(\":9000\", nil) }\n// \"/healthz\"\n"},
        {"Dockerfile", "FROM golang\nEXPOSE 9000\nCMD [\"/shop\"]\n"}};
    std::vector<std::string> told;
    const auto files = kit_files(found(go), {.production = true}, told);
    REQUIRE(files.ok());
    std::string compose;
    for (const auto& file : files.value()) {
        CHECK_FALSE(file.path == "Dockerfile.prod");
        if (file.path == "docker-compose.prod.yml") compose = file.content;
    }
    CHECK(has(compose, "      dockerfile: Dockerfile\n"));
    CHECK(has(compose, "wget -q -O /dev/null http://127.0.0.1:9000/"));
}
