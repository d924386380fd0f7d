#include "project/development.h"
#include "read/compose/compose.h"
#include "support/catch.h"
#include "support/support.h"

using namespace fairlead;

namespace {

bool marked(std::string_view text) { return project::head_comment(text).has_value(); }

bool develops(const std::string& text) {
    return project::development_service(
               read::read_compose({.read = [&](const std::string& path) -> std::optional<std::string> {
                                       return path == "compose.yml" ? std::optional(text) : std::nullopt;
                                   },
                                   .files = {"compose.yml"},
                                   .variables = {},
                                   .env_files = {},
                                   .profiles = {}}))
        .has_value();
}

}

TEST_CASE("a comment that a file begins with says that it is for those who develop") {
    CHECK(marked("# Only for local development.\nservices: {}\n"));
    CHECK(marked("---\n# This file is NOT intended\n# for use in production\nservices: {}\n"));
    CHECK(marked("version: '3'\n\n# Used in CI, to run the integration tests\nservices: {}\n"));
    CHECK(marked("# syntax=docker/dockerfile:1\n# Development environment, with hot reload\nFROM node\n"));
    CHECK(marked("# DEVELOPMENT image: builds this repository\nFROM node\n"));
    CHECK(marked("# This is NOT the published shop image. That one is built from docker/Dockerfile\nFROM node\n"));
    const auto mark = project::head_comment("#!/bin/x\n\n# Notes\n# For testing purposes only\n");
    REQUIRE(mark);
    CHECK(mark->line == 4);
    CHECK(mark->words == "For testing purposes only");
}

TEST_CASE("a comment that speaks of production, or stands further down, is no mark") {
    CHECK_FALSE(marked("# For development see compose.dev.yml; this one is for production\nservices: {}\n"));
    CHECK_FALSE(marked("services:\n# for local development only\n  web: {}\n"));
    CHECK_FALSE(marked("# The shop and its database\nservices: {}\n"));
    CHECK(marked(
        "# This file is for the **development** setup.\n# For a production example please refer to the other one.\n"));
    CHECK_FALSE(marked(
        "# The OFFICIAL image.\n# (The Dockerfile at the root builds for development, and is not published.)\n"));
    CHECK_FALSE(marked("# Redeveloped for localities\nservices: {}\n"));
    CHECK_FALSE(marked(""));
}

TEST_CASE("a service that mounts its source and reloads, or is set to develop, is made for developing") {
    const std::string mounted = "services:\n  web:\n    build: .\n    volumes: ['./shop:/code/shop']\n";
    CHECK(develops(mounted + "    environment: {DJANGO_SETTINGS_MODULE: shop.settings.dev}\n"));
    CHECK(develops(mounted + "    command: uvicorn app:app --reload\n"));
    CHECK(develops(
        "services:\n  web:\n    build: .\n    volumes: ['.:/app']\n    environment: [NODE_ENV=development]\n"));
    CHECK(develops("services:\n  shop:\n    build: .\n    volumes: ['.:/app']\n    command: sleep infinity\n"));
    CHECK(develops("services:\n  laravel.test:\n    build: {context: ./vendor/laravel/sail/runtimes/8.4}\n"));
    CHECK_FALSE(develops(mounted));
    CHECK_FALSE(develops(mounted + "    environment: {DJANGO_SETTINGS_MODULE: shop.settings.production}\n"));
    CHECK_FALSE(develops(
        "services:\n  web:\n    build: .\n    volumes: ['./data:/data']\n    environment: [NODE_ENV=development]\n"));
    CHECK_FALSE(develops(
        "services:\n  web:\n    build: .\n    volumes: ['./shop.py:/code/shop.py']\n    command: app --reload\n"));
    CHECK_FALSE(develops("services:\n  web:\n    image: shop\n    volumes: ['.:/app']\n    command: app --reload\n"));
}

TEST_CASE(
    "what no production has marks a file: settings of tests, mail that goes nowhere, three kinds of SQL servers") {
    CHECK(develops("services:\n  web: {image: shop, environment: {RAILS_ENV: test}}\n"));
    CHECK_FALSE(develops("services:\n  web: {image: shop, environment: {RAILS_ENV: development}}\n"));
    CHECK_FALSE(develops("services:\n  web: {image: shop, environment: {MODE: test}}\n"));
    CHECK(develops("services:\n  mail: {image: 'axllent/mailpit:v1.27'}\n"));
    CHECK_FALSE(develops("services:\n  mail: {image: 'boky/postfix:v4'}\n"));
    const std::string two = "services:\n  web: {build: .}\n  a: {image: 'postgres:17'}\n  b: {image: 'mysql:8'}\n";
    CHECK_FALSE(develops(two + "  c: {image: 'postgres:16'}\n"));
    CHECK_FALSE(develops(two + "  c: {image: 'minio/server:1'}\n"));
    CHECK(develops(two + "  c: {image: 'mcr.microsoft.com/mssql/server:2022'}\n"));
}

TEST_CASE("all of its source is mounted beside a published database, or a person sits before it") {
    const std::string all = "services:\n  web:\n    build: ./shop\n    volumes: ['./shop:/app']\n";
    CHECK_FALSE(develops(all));
    CHECK(develops(all + "    tty: true\n"));
    CHECK(develops(all + "  db: {image: 'postgres:17', ports: ['5432:5432']}\n"));
    CHECK_FALSE(develops(all + "  db: {image: 'postgres:17'}\n"));
    CHECK_FALSE(develops("services:\n  web:\n    build: ./shop\n    volumes: ['./shop:/app:ro']\n    tty: true\n"));
    CHECK(develops("services:\n  web:\n    build: {context: ., target: dev}\n    volumes: ['./shop:/code/shop']\n"));
    CHECK(develops("services:\n  web: {build: {context: ., target: dev-full}, volumes: ['./shop:/code/shop']}\n"));
    CHECK_FALSE(develops("services:\n  web:\n    build: {context: ., target: dev}\n"));
    CHECK(develops("services:\n  shop-dev: {build: .}\n"));
    CHECK_FALSE(develops("services:\n  shop-dev: {image: shop}\n"));
}

TEST_CASE("a template of another engine is told by its name, or by what means nothing in its own format") {
    using project::Format;
    CHECK(project::engine_of(".env.erb", "A=1\n", Format::env) == "ERB");
    CHECK(project::engine_of("compose.yml.j2", "", Format::compose) == "Jinja");
    CHECK(project::engine_of(".env", "A=<%= b %>\n", Format::env) == "ERB");
    CHECK(project::engine_of(".env", "A={{ b }}\n", Format::env) == "{{ }}");
    CHECK(project::engine_of("nginx.conf", "listen %%PORT%%;\n", Format::nginx) == "%%NAME%%");
    CHECK(project::engine_of("compose.yml", "{% if tls %}\nx: 1\n{% endif %}\n", Format::compose) == "Jinja");
    CHECK(project::engine_of("compose.yml", "hostname: '{{.Node.Hostname}}'\n", Format::compose).empty());
    CHECK(project::engine_of("Dockerfile", "RUN docker inspect -f '{{ .Id }}'\n", Format::dockerfile).empty());
    CHECK(project::engine_of("Dockerfile.web.m4", "m4_include(`base.m4')\n", Format::dockerfile) == "m4");
    CHECK(project::engine_of("Dockerfile.template", "FROM a\n{{ if b }}\nUSER c\n", Format::dockerfile) == "{{ }}");
    CHECK(project::engine_of("nginx.conf", "log_format x '%%';\n", Format::nginx).empty());
    CHECK(project::engine_of("app.conf.template", "listen ${PORT};\n", Format::nginx).empty());
}

TEST_CASE("a page says that it is for education only, in several languages, or that its folder is used by nobody") {
    CHECK(project::denies_production("> **For education only.**"));
    CHECK(project::denies_production("REPO INI DIGUNAKAN UNTUK KEPERLUAN EDUKASI SAJA!"));
    CHECK(project::denies_production("Этот проект только в учебных целях."));
    CHECK_FALSE(project::denies_production("For education, and for work."));
    CHECK_FALSE(project::denies_production("con fines educativos y comerciales"));
    CHECK(project::tells_disuse("> **Deprecated for the public website.**"));
    CHECK(project::tells_disuse("This folder is kept for reference."));
    CHECK_FALSE(project::tells_disuse("## Deprecated settings"));
    CHECK_FALSE(project::tells_disuse("The old API is deprecated."));
}
