#include "migrate/drivers/tool.h"
#include "support/fake_host.h"
#include "sys/files/files.h"
#include "unit/migrate/drivers/seen.h"
#include <algorithm>

using namespace fairlead;
using namespace fairlead::migrate::drivers;
using fairlead::test::FakeHost;

namespace {

const Driver& named(std::string_view name) { return *driver_named(name); }

migrate::server::Address at(std::string url, std::string source = "FAIRLEAD_DATABASE_URL") {
    migrate::server::Address address;
    address.url = std::move(url);
    address.source = std::move(source);
    return address;
}

sys::Environment with(std::map<std::string, std::string> variables) { return sys::Environment(std::move(variables)); }

std::string told(std::string_view driver, const migrate::server::Address& address,
                 const sys::Environment& environment) {
    const auto pairs = told_by_environment(named(driver), address, environment);
    return pairs.ok() ? join(pairs.value(), " ") : pairs.error().message;
}

}

TEST_CASE("a tool is told the URL by its environment") {
    const std::string url = "postgres://app:geheim%21x@db:5433/shop?sslmode=require";
    const auto ours = with({{"FAIRLEAD_DATABASE_URL", url}, {"DATABASE_URL", "postgresql+asyncpg://app@old/shop"}});
    CHECK(told("alembic", at(url), ours) ==
          "DATABASE_URL=postgresql+asyncpg://app:geheim%21x@db:5433/shop?sslmode=require");
    CHECK(told("django", at(url), with({{"FAIRLEAD_DATABASE_URL", url}})) ==
          "DATABASE_URL=postgresql://app:geheim%21x@db:5433/shop?sslmode=require");
    CHECK(told("flyway", at(url), ours) == "FLYWAY_URL=jdbc:postgresql://db:5433/shop?sslmode=require FLYWAY_USER=app "
                                           "FLYWAY_PASSWORD=geheim!x");
    CHECK(told("flyway", at(url), with({{"FLYWAY_URL", "jdbc:postgresql://db/shop"}})).empty());
    CHECK(told("flyway", at(""), with({})).starts_with("Flyway needs a URL; "));
    CHECK(told("flyway", at("postgresql:///shop?host=/run/postgresql"), with({})) ==
          "Flyway can't use a unix socket; name a host in DATABASE_URL");
    CHECK(told("alembic", at("", "PGHOST"), with({{"PGHOST", "db"}})).empty());
}

TEST_CASE("no argv and no message holds the URL") {
    const auto scratch = std::move(sys::TemporaryFolder::make("fairlead tool")).value();
    FakeHost host(scratch.path());
    const std::string url = "postgresql://app:geheimnis@db/shop";
    for (const auto* name : {"alembic", "django", "flyway"}) {
        const auto tool =
            Tool::open(host, named(name), {scratch.path(), {}, ""}, at(url), with({{"FAIRLEAD_DATABASE_URL", url}}));
        REQUIRE(tool.ok());
        REQUIRE(tool.value().act({"up"}).ok());
        REQUIRE(tool.value().ask({"up"}).ok());
    }
    for (const auto& command : host.commands) {
        CHECK(join(command.argv, " ").find("geheimnis") == std::string::npos);
        CHECK(command.dies_with_us);
        const auto& environment = *command.environment;
        CHECK(std::any_of(environment.begin(), environment.end(),
                          [](const auto& one) { return one.find("geheimnis") != std::string::npos; }));
    }
}

TEST_CASE("where a tool's program is") {
    const auto scratch = std::move(sys::TemporaryFolder::make("fairlead tool")).value();
    const Ways here{scratch.path(), {}, ""};
    CHECK(join(starting_words(named("alembic"), here, with({})), " ") == "alembic");
    CHECK(join(starting_words(named("django"), here, with({})), " ") == "python3 manage.py");
    REQUIRE(sys::make_folders(scratch.path() / ".venv/bin").ok());
    REQUIRE(sys::write_file(scratch.path() / ".venv/bin/python", "").ok());
    CHECK(join(starting_words(named("django"), here, with({})), " ") ==
          (scratch.path() / ".venv/bin/python").string() + " manage.py");
    CHECK(join(starting_words(named("alembic"), {scratch.path(), {"uv", "run", "alembic"}, ""}, with({})), " ") ==
          "uv run alembic");
    CHECK(join(starting_words(named("django"), {scratch.path(), {}, "compose:web"}, with({})), " ") ==
          "python manage.py");
}

TEST_CASE("in a container of compose: joined where one runs, else one of its own") {
    const auto scratch = std::move(sys::TemporaryFolder::make("fairlead tool")).value();
    FakeHost host(scratch.path());
    host.output.out = "db\nweb\n";
    const auto argv = [&](const std::string& service) {
        const auto tool = Tool::open(host, named("django"), {scratch.path(), {}, "compose:" + service},
                                     at("postgresql://db/shop"), with({}));
        REQUIRE(tool.ok());
        REQUIRE(tool.value().act({"migrate"}).ok());
        return join(host.commands.back().argv, " ");
    };
    CHECK(argv("web") == "docker compose exec -T web python manage.py migrate");
    CHECK(argv("job") == "docker compose run --rm -T job python manage.py migrate");
    const auto wrong = Tool::open(host, named("django"), {scratch.path(), {}, "podman:x"}, at(""), with({}));
    REQUIRE_FALSE(wrong.ok());
    CHECK(wrong.error().message == "migrate.via: 'podman:x' is unknown; write compose:SERVICE");
}
