#include "base/text.h"
#include "preflight/kinds.h"
#include "preflight/rules/code_lines.h"
#include "preflight/rules/conf_values.h"
#include "preflight/rules/env_lines.h"
#include "preflight/rules/groups.h"
#include "read/compose.h"
#include <algorithm>
#include <bitset>
#include <fmt/format.h>
#include <map>
#include <set>
#include <unordered_set>

// What source, manifests and compose files say about variables, beside the env files.
namespace fairlead::preflight {

std::optional<std::unordered_set<std::string>> source_words(const Project& project,
                                                            const std::unordered_set<std::string>& wanted) {
    std::unordered_set<std::string> words;
    std::bitset<80> lengths; // of those wanted: of most words no more is asked
    for (const auto& one : wanted)
        if (one.size() < lengths.size()) lengths.set(one.size());
    std::size_t seen = 0;
    for (const auto& path : project.paths) {
        if (kind_of(path) == FileKind::env || path.ends_with(".md") || path.ends_with(".lock") ||
            path.ends_with("lock.json") || path.ends_with(".svg") || path.ends_with(".csv"))
            continue;
        const auto text = project.read(path);
        if (!text) continue;
        if ((seen += text->size()) > source_at_most) return std::nullopt;
        const auto is_of_word = [](char c) {
            return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || (c >= '0' && c <= '9');
        };
        for (auto begin = text->begin(); begin != text->end();) {
            const auto end = std::find_if_not(begin, text->end(), is_of_word);
            const auto length = static_cast<std::size_t>(end - begin);
            if (length > 1 && length < lengths.size() && lengths[length])
                if (auto word = upper({&*begin, length}); wanted.contains(word)) // pydantic reads database_url
                    words.insert(std::move(word));
            begin = std::find_if(end, text->end(), is_of_word);
        }
    }
    return words;
}

bool is_read_by_others(std::string_view name) {
    for (const std::string_view start :
         {"PYTHON",   "NODE_",   "GUNICORN_", "UVICORN_", "PG",    "POSTGRES_", "MYSQL_",
          "COMPOSE_", "DOCKER_", "FLASK_",    "NEXT",     "NUXT_", "SENTRY_",   "AWS_",
          "OTEL_",    "DJANGO_", "GOOGLE_",   "CELERY_",  "npm_",  "LC_",       "REDIS_"})
        if (name.starts_with(start)) return true;
    return is_any(name,
                  {"TZ", "LANG", "PORT", "HOST", "PATH", "WEB_CONCURRENCY", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"});
}

namespace {

// The text in quotes at `at`, behind blanks.
std::string_view literal_at(std::string_view line, std::size_t at) {
    at = line.find_first_not_of(" \t", at);
    if (at == line.npos || (line[at] != '"' && line[at] != '\'')) return {};
    const auto end = line.find(line[at], at + 1);
    return end == line.npos ? std::string_view() : line.substr(at + 1, end - at - 1);
}

struct Default {
    std::string_view name, value;
};

// os.environ.get("NAME", "x"), os.getenv("NAME", "x"), process.env.NAME || "x" and ??
Default default_in(std::string_view line) {
    for (const std::string_view call : {"os.environ.get(", "os.getenv(", "environ.get("}) {
        const auto at = line.find(call);
        if (at == line.npos) continue;
        const auto name = literal_at(line, at + call.size());
        if (name.empty()) return {};
        const auto comma =
            line.find_first_not_of(" \t", static_cast<std::size_t>(name.data() - line.data()) + name.size() + 1);
        if (comma == line.npos || line[comma] != ',') return {};
        return {name, literal_at(line, comma + 1)};
    }
    constexpr std::string_view env = "process.env.";
    const auto at = line.find(env);
    if (at == line.npos) return {};
    const auto begin = at + env.size();
    const auto end = std::min(line.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789", begin), line.size());
    const auto either = line.find_first_not_of(" \t", end);
    if (either == line.npos || (line.substr(either, 2) != "||" && line.substr(either, 2) != "??")) return {};
    return {line.substr(begin, end - begin), literal_at(line, either + 2)};
}

// A switch, or what stands for "not set": nobody gets in by it.
bool is_no_secret(std::string_view name, std::string_view value) {
    const std::string text = lower(value);
    if (is_any(text, {"0", "1", "true", "false", "yes", "no", "on", "off", "none", "null", "undefined"})) return true;
    const auto begins = {"ENABLE_", "DISABLE_", "USE_", "HAS_", "IS_", "ALLOW_", "REQUIRE_"};
    return name.ends_with("_ENABLED") ||
           std::any_of(begins.begin(), begins.end(), [&](const char* one) { return name.starts_with(one); });
}

constexpr std::string_view server_prefixes[] = {"DB_",    "SQL_",     "DATABASE_", "POSTGRES", "PG_",     "PGPASS",
                                                "MYSQL_", "MARIADB_", "MONGO",     "REDIS",    "RABBITMQ"};

// OPENAI_API_KEY || "sk-": what lets the program start without somebody else's service. Nobody gets in by it.
bool is_stand_in_for_a_service(std::string_view name, std::string_view value) {
    for (const std::string_view own : {"PASS", "PWD", "JWT", "SESSION", "COOKIE", "CSRF", "AUTH", "APP_", "DJANGO",
                                       "FLASK", "ENCRYPT", "SIGN", "SALT", "ADMIN", "HASH"})
        if (name.find(own) != name.npos) return false;
    const bool is_of_service = name.ends_with("API_KEY") || name.find('_') < name.rfind("_SECRET") + 1;
    std::string letters;
    for (const char c : value)
        if (c != '-' && c != '_' && letters.find(c) == letters.npos) letters += c;
    constexpr std::size_t shortest = 9;
    return is_of_service && (value.size() < shortest || letters.size() < 3 || value.find("dummy") != value.npos ||
                             value.ends_with("...") || (name.ends_with("API_KEY") && is_placeholder(value)));
}

// DB_PASSWORD of a program is the server's, which has one of its own: with another the program gets no connection.
bool is_of_client(std::string_view name) {
    return (name.ends_with("PASSWORD") || name.ends_with("_PASS")) &&
           std::any_of(std::begin(server_prefixes), std::end(server_prefixes), [&](std::string_view server) {
               return name.starts_with(server) || name.find("_" + std::string(server)) != name.npos;
           });
}

void default_in_code(const Project& project, Hits& hits) {
    each_line_of_code(project, is_code, "env", [&](const std::string& path, int number, std::string_view line) {
        const auto [name, value] = default_in(line);
        const bool is_for_everybody = lower(value).starts_with("demo"); // a vendor's
        if (!value.empty() && is_secret_name(name) && !is_no_secret(name, value) && !is_for_everybody) {
            Hit& hit =
                hits.add(path, number, 1,
                         fmt::format("{} has a default in the source; without the variable everybody knows the secret; "
                                     "read it without one",
                                     short_name(name)));
            if (is_stand_in_for_a_service(name, value) || is_of_client(name)) hit.level = Level::warning;
            hit.cause = cause_in_code(name);
        }
    });
}

void url_hardcoded(const Project& project, Hits& hits) {
    each_line_of_code(project, is_code, "://", [&](const std::string& path, int number, std::string_view line) {
        for (const std::string_view scheme : {"http://", "https://"}) {
            const auto at = line.find(scheme);
            if (at == line.npos || at == 0 || std::string_view("\"'`").find(line[at - 1]) == std::string_view::npos)
                continue;
            const auto begin = at + scheme.size();
            const auto host = line.substr(begin, line.find_first_of(":/\"'`?# ", begin) - begin);
            const bool local = host == "localhost" || host == "127.0.0.1" || host == "0.0.0.0" ||
                               (host.find('.') != host.npos && host.find_first_not_of("0123456789.") == host.npos &&
                                is_private_host(host));
            // Alone it is a base for taking URLs apart; beside these words, what a variable falls back to.
            const auto text = lower(line);
            bool doubt = begin + host.size() >= line.size() || line[begin + host.size()] != ':';
            for (const std::string_view word : {"env", "default", "debug", "print", "log", "fallback", "usage", "help"})
                doubt = doubt || text.find(word) != text.npos;
            if (!local || doubt || path.find("config.") != path.npos) continue;
            hits.add(path, number, 1,
                     fmt::format("{}{} is written into the source; in production nothing answers there; read it from a "
                                 "variable",
                                 scheme, short_name(host)));
            return;
        }
    });
}

// With pydantic's env_prefix APP_LOG_LEVEL is the field log_level.
bool is_field(const std::unordered_set<std::string>& words, const std::string& name) {
    const auto prefix = name.find('_');
    return words.contains("ENV_PREFIX") && prefix != name.npos && words.contains(name.substr(prefix + 1));
}

bool is_of_process(const EnvFile& file) { return file.file.starts_with('('); } // it has what its shell has

void var_unused(const Project& project, Hits& hits) {
    const bool has_code =
        std::any_of(project.paths.begin(), project.paths.end(), [](const auto& path) { return is_code(path); });
    if (!has_code || project.env_files.empty()) return;
    std::unordered_set<std::string> wanted;
    for (const EnvFile& file : project.env_files)
        for (const auto& one : file.is_template || is_of_process(file) ? std::vector<EnvValue>() : values_of(file)) {
            wanted.insert(one.name);
            wanted.insert(one.name.substr(one.name.find('_') + 1)); // the field of a prefix
        }
    if (wanted.empty()) return;
    wanted.insert("ENV_PREFIX");
    const auto words = source_words(project, wanted);
    if (!words) return;
    for (const EnvFile& file : project.env_files)
        for (const auto& one : file.is_template || is_of_process(file) ? std::vector<EnvValue>() : values_of(file))
            if (upper(one.name) == one.name && !words->contains(one.name) && !is_read_by_others(one.name) &&
                !is_field(*words, one.name))
                hit_at(hits, one,
                       fmt::format("{} is read nowhere in source, scripts or compose files; it misleads; remove it",
                                   short_name(one.name)));
}

void var_undocumented(const Project& project, Hits& hits) {
    for (const EnvFile& file : project.env_files) {
        if (!file.is_template) continue;
        const auto readme = project.read("README.md").value_or("");
        bool told = false; // a comment says something of the lines below it, up to a blank one
        for (const auto& line : lines_of(file)) {
            const auto text = trim(line.text);
            if (text.empty()) told = false;
            if (text.starts_with('#')) told = true;
            if (text.empty() || text.starts_with('#') || line.entry == nullptr || !line.entry->has_equals) continue;
            if (told || line.text.find(" #") != line.text.npos || readme.find(line.entry->name) != readme.npos)
                continue;
            hits.add(file.file, line.number, 1,
                     fmt::format("{} has no comment and is not in README.md; nobody knows what to put; write a comment "
                                 "above it",
                                 short_name(line.entry->name)));
        }
    }
}

void db_pool(const EnvValues& file, const Project&, Hits& hits) {
    const auto number = [&](std::initializer_list<std::string_view> names) -> std::int64_t {
        for (const auto name : names)
            if (const auto* found = file.find(name))
                if (const auto value = parse_integer(found->value))
                    return std::clamp<std::int64_t>(value.value(), 0, 100'000);
        return 1;
    };
    const auto pool = number({"DB_POOL_SIZE", "DATABASE_POOL_SIZE", "POOL_SIZE", "SQLALCHEMY_POOL_SIZE"});
    const auto overflow = number({"DB_MAX_OVERFLOW", "SQLALCHEMY_MAX_OVERFLOW"});
    const auto workers = number({"WEB_CONCURRENCY", "GUNICORN_WORKERS", "UVICORN_WORKERS", "WORKERS"});
    const auto total = (pool + (overflow > 1 ? overflow : 0)) * workers;
    for (const auto* name : {"DB_POOL_SIZE", "DATABASE_POOL_SIZE", "POOL_SIZE", "SQLALCHEMY_POOL_SIZE"})
        if (const auto* found = file.find(name); found != nullptr && total > 100)
            hit_at(hits, *found,
                   fmt::format("{} makes {} connections with {} workers; PostgreSQL takes 100; lower one of them", name,
                               total, workers));
}

void sqlite_instances(const Project& project, Hits& hits) {
    bool several = false;
    for (const Compose& compose : project.composes)
        for (const auto& service : compose.read->services) {
            const auto replicas = parse_integer(service.text("deploy.replicas"));
            several = several || (replicas && replicas.value() > 1);
        }
    if (!several) return;
    for (const EnvValues& values : project.values)
        for (const auto& one : values.all)
            if (one.name.find("DATABASE_UR") != std::string::npos && lower(one.value).starts_with("sqlite"))
                hit_at(hits, one,
                       fmt::format("{} names sqlite and a service has replicas; each would have its own data; use "
                                   "PostgreSQL",
                                   short_name(one.name)));
}

}

std::span<const Rule> conf_source_rules() {
    static const Rule rules[] = {
        {"conf-secret-default-in-code",
         "A secret has a default in the source",
         always(Level::error),
         default_in_code,
         "Where the variable is missing the program starts all the same, with a secret that everybody can read.",
         "SECRET_KEY = os.environ[\"SECRET_KEY\"]",
         {},
         {"S2-104"}},
        {"conf-url-hardcoded",
         "An address of this machine is in the source",
         always(Level::warning),
         url_hardcoded,
         "In production nothing answers there, or something else does.",
         "Read it from a variable.",
         {},
         {"S0-03"}},
        {"conf-var-unused",
         "A variable is read nowhere",
         always(Level::info),
         var_unused,
         "It misleads, and its secret is kept for nothing.",
         "Remove it.",
         {},
         {"S0-23"}},
        {"conf-var-undocumented",
         "A variable of the template is not explained",
         always(Level::warning),
         var_undocumented,
         "Whoever sets up an environment has to guess its value.",
         "# what it is for, above the line",
         {},
         {"S1-01"}},
        {"conf-db-pool",
         "More connections than the database takes",
         always(Level::info),
         db_pool,
         "Each worker has a pool of its own; PostgreSQL refuses the 101st connection.",
         "DB_POOL_SIZE=5",
         {},
         {"S1-79"}},
        {"conf-sqlite-multi-instance",
         "SQLite with several replicas",
         always(Level::error),
         sqlite_instances,
         "Each replica would have its own data.",
         "DATABASE_URL=postgresql://...",
         {},
         {"S3-44"}},
    };
    return rules;
}

}
