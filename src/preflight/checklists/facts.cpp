#include "preflight/checklists/facts.h"
#include "base/text.h"
#include "preflight/checklists/needs.h"
#include "read/compose/compose.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::preflight {

namespace {

bool any_value(const Around& around, const std::function<bool(const EnvValue&)>& is_one) {
    const auto& all = around.project.values;
    return std::any_of(all.begin(), all.end(), [&](const EnvValues& values) {
        return std::any_of(values.all.begin(), values.all.end(), is_one);
    });
}

// "postgres" of postgresql+asyncpg://…
bool has_scheme(const EnvValue& one, std::initializer_list<std::string_view> schemes) {
    const auto end = one.value.find("://");
    if (end == one.value.npos) return false;
    const auto scheme = lower(one.value.substr(0, std::min(one.value.find('+'), end)));
    return std::find(schemes.begin(), schemes.end(), scheme) != schemes.end();
}

// "postgres" of docker.io/library/postgres:16@sha256:…
bool has_image(const Around& around, std::initializer_list<std::string_view> names) {
    for (const Compose& compose : around.project.composes)
        for (const auto& service : compose.read->services) {
            const auto image = lower(service.image);
            const auto name = image.substr(image.rfind('/') + 1);
            const auto plain = name.substr(0, name.find_first_of(":@"));
            if (std::find(names.begin(), names.end(), plain) != names.end()) return true;
        }
    return false;
}

bool has_section(const Around& around, std::string_view tool) {
    return around.config.section(tool, around.environment).present();
}

bool has_database(const Around& around) {
    constexpr std::string_view names[] = {"POSTGRES_DB",    "POSTGRES_USER", "PGHOST",     "PGDATABASE",
                                          "MYSQL_DATABASE", "DB_HOST",       "DB_NAME",    "MONGO_URL",
                                          "DATABASE_URL",   "DATABASE_HOST", "MONGODB_URI"};
    return has_section(around, "migrate") || has_image(around, {"postgres", "mysql", "mariadb", "mongo", "postgis"}) ||
           any_value(around, [&](const EnvValue& one) {
               return std::find(std::begin(names), std::end(names), one.name) != std::end(names) ||
                      has_scheme(one, {"postgres", "postgresql", "mysql", "mariadb", "mongodb", "sqlite", "sqlserver"});
           });
}

constexpr Fact fact_rows[] = {
    {"docker", "there is no Dockerfile", [](const Around& around) { return !around.project.dockerfiles.empty(); }},
    {"compose", "there is no compose file", [](const Around& around) { return !around.project.composes.empty(); }},
    {"nginx", "there is no nginx configuration", [](const Around& around) { return !around.project.nginxes.empty(); }},
    {"database", "no database is named", has_database},
    {"redis", "no Redis is named",
     [](const Around& around) {
         return has_image(around, {"redis", "valkey"}) || any_value(around, [](const EnvValue& one) {
                    return has_scheme(one, {"redis", "rediss"});
                });
     }},
    {"cdn", "no variable names a CDN",
     [](const Around& around) {
         return any_value(around, [](const EnvValue& one) {
             return upper(one.name).find("CDN") != std::string::npos && !one.value.empty();
         });
     }},
    // Where no env file is, that can't be told: then its items are open, by what their rules lack.
    {"jwt", "no variable in the env files holds a token (JWT_..., ACCESS_TOKEN_...)",
     [](const Around& around) {
         if (!lack_of("conf-jwt-short", around.project).empty()) return true;
         return any_value(around, [](const EnvValue& one) {
             return one.name.find("JWT") != std::string::npos || one.name.starts_with("ACCESS_TOKEN");
         });
     }},
    {"backup", "fairlead.yml has no backup:", [](const Around& around) { return has_section(around, "backup"); }},
    {"migrate", "fairlead.yml has no migrate:", [](const Around& around) { return has_section(around, "migrate"); }},
    {"deploy", "fairlead.yml has no deploy:", [](const Around& around) { return has_section(around, "deploy"); }},
    {"smoke", "fairlead.yml has no smoke:", [](const Around& around) { return has_section(around, "smoke"); }},
    {"staging", "fairlead.yml has no environment staging",
     [](const Around& around) { return around.config.environment("staging").present(); }},
};

bool holds(const std::string& name, const Around& around) {
    const Fact* fact = find_fact(name);
    return fact && fact->holds(around);
}

}

std::span<const Fact> facts() { return fact_rows; }

const Fact* find_fact(std::string_view name) {
    const auto found =
        std::find_if(std::begin(fact_rows), std::end(fact_rows), [&](const Fact& one) { return one.name == name; });
    return found == std::end(fact_rows) ? nullptr : found;
}

std::string reason_against(const Item& item, const Around& around) {
    const When& when = item.when;
    if (!when.profiles.empty() &&
        std::find(when.profiles.begin(), when.profiles.end(), around.profile) == when.profiles.end())
        return fmt::format("it is not for {}", config::name_of(around.profile));
    for (const auto& name : when.has)
        if (!holds(name, around)) return std::string(find_fact(name) ? find_fact(name)->without : name);
    if (!when.any.empty() &&
        std::none_of(when.any.begin(), when.any.end(), [&](const auto& name) { return holds(name, around); })) {
        std::vector<std::string> reasons;
        for (const auto& name : when.any) reasons.emplace_back(find_fact(name) ? find_fact(name)->without : name);
        return join(reasons, ", ");
    }
    if (when.deployed && around.is_deployed() != *when.deployed)
        return *when.deployed ? "nothing is deployed yet" : "something is deployed already";
    return {};
}

}
