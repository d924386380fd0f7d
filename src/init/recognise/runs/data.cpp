// Databases, caches and queues, with what speaks to them and what changes their tables.
#include "base/text.h"
#include "base/words.h"
#include "init/recognise/runs/runs.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::init {

namespace {

struct Driver {
    std::string_view package, what;
};
constexpr Driver drivers[] = {{"psycopg", "postgresql"},
                              {"psycopg2", "postgresql"},
                              {"psycopg2-binary", "postgresql"},
                              {"asyncpg", "postgresql"},
                              {"pg", "postgresql"},
                              {"postgres", "postgresql"},
                              {"github.com/jackc/pgx", "postgresql"},
                              {"github.com/lib/pq", "postgresql"},
                              {"gorm.io/driver/postgres", "postgresql"},
                              {"postgresql", "postgresql"},
                              {"tokio-postgres", "postgresql"},
                              {"npgsql", "postgresql"},
                              {"redis", "redis"},
                              {"ioredis", "redis"},
                              {"django-redis", "redis"},
                              {"bullmq", "redis"},
                              {"rq", "redis"},
                              {"github.com/redis/go-redis", "redis"},
                              {"mysql2", "mysql"},
                              {"mysqlclient", "mysql"},
                              {"pymysql", "mysql"},
                              {"pymongo", "mongodb"},
                              {"motor", "mongodb"},
                              {"mongoose", "mongodb"},
                              {"mongodb", "mongodb"},
                              {"pika", "rabbitmq"},
                              {"amqplib", "rabbitmq"}};

constexpr std::string_view manifests[] = {"requirements.txt",
                                          "pyproject.toml",
                                          "Pipfile",
                                          "setup.py",
                                          "setup.cfg",
                                          "requirements/base.txt",
                                          "requirements/production.txt",
                                          "package.json",
                                          "go.mod",
                                          "Gemfile",
                                          "composer.json",
                                          "pom.xml",
                                          "build.gradle",
                                          "build.gradle.kts",
                                          "Cargo.toml",
                                          "compose.yaml",
                                          "compose.yml",
                                          "docker-compose.yaml",
                                          "docker-compose.yml"};

// The project's own tool, by its files and by what it asks for.
std::string migrations_tool(Folder& folder, const Component& component) {
    const auto asks = [&](std::string_view package) {
        return contains(component.packages, package) || !line_naming(folder, package).empty();
    };
    if (component.framework == "django") return "django";
    if (asks("flask-migrate")) return "flask-migrate";
    if (asks("alembic") || folder.has("alembic.ini")) return "alembic";
    if (folder.has("prisma/schema.prisma")) return "prisma";
    if (!folder.first({"knexfile.js", "knexfile.ts", "knexfile.cjs"}).empty()) return "knex";
    if (asks("node-pg-migrate")) return "node-pg-migrate";
    if (!folder.below("db/migrate").empty() && folder.has("Gemfile")) return "rails";
    if (folder.has("artisan")) return "laravel";
    if (!folder.below("src/main/resources/db/migration").empty()) return "flyway";
    return {};
}

}

std::string line_naming(Folder& folder, std::string_view word) {
    auto quiet = folder;
    for (const auto& name : manifests) {
        if (!folder.has(name)) continue;
        int number = 0;
        for (const auto& line : split(quiet.text(name), '\n')) {
            ++number;
            if (mentions(lower(line), lower(word))) return fmt::format("{}:{}", name, number);
        }
    }
    return {};
}

void add_data(Folder& folder, Component& component) {
    for (const auto& service : component.services) {
        Data data{.what = service};
        for (const auto& [package, what] : drivers) {
            if (what != service || !data.driver.empty()) continue;
            if (auto from = line_naming(folder, package); !from.empty()) {
                data.driver = package;
                data.from = std::move(from);
            }
        }
        if (data.from.empty()) data.from = line_naming(folder, service == "postgresql" ? "postgres" : service);
        if (is_one_of(service, {"postgresql", "mysql"})) data.migrations = migrations_tool(folder, component);
        component.data.push_back(std::move(data));
    }
}

}
