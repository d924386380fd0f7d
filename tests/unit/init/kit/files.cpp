#include "base/text.h"
#include "init/kit.h"
#include "init/kit/images.h"
#include "init/kit/texts.h"
#include "support/catch.h"
#include "support/support.h"
#include "unit/init/found.h"
#include <algorithm>
#include <set>

using namespace fairlead::init;
using fairlead::test::has;

namespace {

const Texts flask = {{"app.py", "from flask import Flask\napp = Flask(__name__)\n"}, {"requirements.txt", "flask\n"}};
const Texts two = {{"api/main.py", "from fastapi import FastAPI\napp = FastAPI()\n# '/healthz'\n"},
                   {"api/requirements.txt", "fastapi\nuvicorn\nredis\nsqlalchemy\nasyncpg\n"},
                   {"web/package.json", R"({"scripts":{"build":"vite build"},"dependencies":{"react":"19"}})"},
                   {"web/package-lock.json", "{}"},
                   {"web/index.html", ""}};

std::string content(const std::vector<NewFile>& files, const std::string& path) {
    for (const auto& file : files)
        if (file.path == path) return file.content;
    return "no such file";
}

std::vector<NewFile> written(const Texts& texts, Kit kit) {
    std::vector<std::string> told;
    kit.production = kit.readme = true;
    const auto files = kit_files(found(texts), kit, told);
    REQUIRE(files.ok());
    return files.value();
}

}

TEST_CASE("every file of the kit is written for some project, and none holds what stands for a value") {
    std::set<std::string> heads;
    const auto add = [&](const std::vector<NewFile>& files) {
        for (const auto& file : files) {
            INFO(file.path << "\n" << file.content);
            CHECK_FALSE(has(file.content, "kit.module"));
            CHECK_FALSE(has(file.content, "kit.module"));
            CHECK_FALSE(has(file.content, "kit.module"));
            CHECK_FALSE(has(file.content, "8765"));
            CHECK(is_ours(file.content));
            heads.insert(file.content.substr(0, file.content.find('\n')));
        }
    };
    for (const auto& stack : stacks())
        for (const auto* proxy : {"nginx", "caddy", "none"}) {
            std::vector<std::string> told;
            const auto files =
                kit_files(found({}), {.production = true, .readme = true, .stack = stack, .proxy = proxy}, told);
            REQUIRE(files.ok());
            add(files.value());
        }
    std::vector<std::string> told;
    add(kit_files(found({}), {.templates = templates()}, told).value());
    add(written(two, {}));
    for (const auto& text : kit_texts) {
        INFO(text.name);
        CHECK(heads.contains(std::string(text.text.substr(0, text.text.find('\n')))));
    }
}

TEST_CASE("each file goes where its component is, env files and compose to the root") {
    const auto files = written(two, {});
    std::set<std::string> paths;
    for (const auto& file : files) paths.insert(file.path);
    CHECK(paths.size() == files.size());
    for (const auto* path :
         {".env.production.example", "api/Dockerfile.prod", "api/config_production.py", "api/.dockerignore",
          "web/Dockerfile.prod", "web/.env.production.example", "docker-compose.prod.yml", "compose.override.yml",
          "docker/nginx/nginx.conf", "docs/runbook.md", "README.md"})
        CHECK(paths.contains(path));
    CHECK_FALSE(paths.contains("docker/caddy/Caddyfile"));
    const auto compose = content(files, "docker-compose.prod.yml");
    CHECK(has(compose, "context: api\n"));
    CHECK(has(compose, "context: web\n"));
    CHECK(has(compose, "postgresql+asyncpg://shop:"));
    CHECK(has(compose, "  redis:\n"));
    CHECK(has(content(files, "docker/nginx/nginx.conf"), "location = /healthz {"));
    CHECK(has(content(files, "api/Dockerfile.prod"), "\"--workers\", \"4\", \"-b\", \"0.0.0.0:8000\", \"main:app\"]"));
    CHECK_FALSE(has(content(files, "api/requirements-production.txt"), "uvicorn"));
}

TEST_CASE("what Django doesn't lead to https is its health alone") {
    const Texts django = {{"manage.py", "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n"},
                          {"shop/wsgi.py", "application = get_wsgi_application()\n"},
                          {"requirements.txt", "django\n"}};
    auto healthy = django;
    healthy["shop/urls.py"] = "urlpatterns = [path('health/', views.health)]\n";
    const std::string settings = "shop/settings_production.py";
    CHECK(has(content(written(healthy, {}), settings), "SECURE_REDIRECT_EXEMPT = [r\"^health/\"]"));
    CHECK(has(content(written(django, {}), settings), "SECURE_REDIRECT_EXEMPT = [r\"^$\"]"));
}

TEST_CASE("the proxy is the one that is asked for, or none") {
    const auto caddy = written(flask, {.proxy = "caddy", .domain = "shop.example.net"});
    CHECK(has(content(caddy, "docker/caddy/Caddyfile"), "{$DOMAIN:shop.example.net} {"));
    CHECK(content(caddy, "docker/nginx/nginx.conf") == "no such file");
    const auto none = content(written(flask, {.proxy = "none"}), "docker-compose.prod.yml");
    CHECK(has(none, "ports: [\"127.0.0.1:${APP_PORT:-8080}:8080\"]"));
    CHECK_FALSE(has(none, "proxy:"));
}

TEST_CASE("a front end below the back end stays out of its image, and packages of Node's wherever they lie") {
    Texts below = flask;
    for (const auto* name : {"package.json", "package-lock.json", "index.html"})
        below[std::string("web/") + name] = two.at(std::string("web/") + name);
    CHECK(has(content(written(below, {}), ".dockerignore"), "\nweb\n"));
    CHECK(has(content(written(below, {}), ".dockerignore"), "\n**/node_modules\n"));
    CHECK_FALSE(has(content(written(two, {}), "api/.dockerignore"), "\nweb\n"));
    CHECK_FALSE(has(content(written(flask, {}), ".dockerignore"), "front end"));
}

TEST_CASE("development says so by itself, without .env.local") {
    CHECK(has(content(written(flask, {}), "compose.yml"), "      ENVIRONMENT: development\n"));
    CHECK_FALSE(has(content(written(flask, {}), "docker-compose.prod.yml"), "ENVIRONMENT: development"));
}

TEST_CASE("contacts are whoever answers, else cells that are to be filled") {
    CHECK(has(content(written(flask, {.contact = "Ada L", .address = "ada@example.org"}), "docs/contacts.md"),
              "| answers first | Ada L | ada@example.org |\n"));
    CHECK(has(content(written(flask, {}), "docs/contacts.md"), "| answers first | | |\n"));
}

TEST_CASE("beside a compose file of others there is neither compose.yml nor an override") {
    auto texts = flask;
    texts["docker-compose.yml"] = "services: {}\n";
    CHECK(content(written(texts, {}), "compose.override.yml") == "no such file");
    CHECK(content(written(flask, {.own_compose = true}), "compose.yml") == "no such file");
}

TEST_CASE("what the kit is for has to be there, or be named") {
    std::vector<std::string> told;
    const auto none = kit_files(found({{"go.mod", "module a\n"}}), {.production = true}, told);
    REQUIRE_FALSE(none.ok());
    CHECK(has(none.error().message, "--stack"));
    CHECK(kit_files(found({}), {.templates = {"contacts"}}, told)->size() == 1);
}

TEST_CASE("an image is that of the version that the project pins") {
    CHECK(image_of("python").reference.starts_with("python:3.13."));
    CHECK(image_of("python", "3.12").pinned);
    CHECK(image_of("python", "3.12.1").reference.starts_with("python:3.12."));
    CHECK(image_of("python", "3.9").reference == "python:3.9-slim-bookworm");
    CHECK_FALSE(image_of("python", "3.1").pinned);
    CHECK(image_of("node", "24.1.0").reference.starts_with("node:24."));
    CHECK(image_of("nginx").pinned);
}
