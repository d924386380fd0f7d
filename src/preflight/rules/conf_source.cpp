#include "base/text.h"
#include "preflight/kinds.h"
#include "preflight/parts/code_lines.h"
#include "preflight/parts/compose_parts.h"
#include "preflight/parts/conf_values.h"
#include "preflight/parts/docker.h"
#include "preflight/rules/env_lines.h"
#include "preflight/rules/groups.h"
#include "read/compose/compose.h"
#include <algorithm>
#include <bitset>
#include <fmt/format.h>
#include <unordered_set>

// What source, manifests and compose files say about variables, beside the env files.
namespace fairlead::preflight {

// A name of one word, such as DOMAIN, counts as it is written: `domain` is something else, unless fields are variables.
bool is_read_as(std::string_view path, std::string_view text, std::string_view word, const std::string& name) {
    return name.find('_') != name.npos || word == name || path.ends_with(".java") || path.ends_with(".properties") ||
           text.find("BaseSettings") != text.npos;
}

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
                if (auto word = upper({&*begin, length}); // pydantic reads database_url
                    wanted.contains(word) && is_read_as(path, *text, {&*begin, length}, word))
                    words.insert(std::move(word));
            begin = std::find_if(end, text->end(), is_of_word);
        }
    }
    return words;
}

bool is_read_by_others(std::string_view name) {
    for (const std::string_view start :
         {"PYTHON",   "NODE_",   "GUNICORN_",   "UVICORN_",     "PG",    "POSTGRES_", "MYSQL_",
          "COMPOSE_", "DOCKER_", "FLASK_",      "NEXT",         "NUXT_", "SENTRY_",   "AWS_",
          "OTEL_",    "DJANGO_", "GOOGLE_",     "CELERY_",      "npm_",  "LC_",       "REDIS_",
          "RAILS_",   "SPRING_", "ASPNETCORE_", "BETTER_AUTH_", "MONGO", "MARIADB_",  "RABBITMQ_"})
        if (name.starts_with(start)) return true;
    return name.find("__") != name.npos || // .NET and others make sections of it
           is_one_of(name, {"TZ", "LANG", "PORT", "HOST", "PATH", "WEB_CONCURRENCY", "HTTP_PROXY", "HTTPS_PROXY",
                            "NO_PROXY", "SECRET_KEY_BASE", "AUTH_SECRET", "DATABASE_URL"});
}

namespace {

// An entry of the sites that may call, which a development server's address is beside those of production.
bool is_of_allowed_sites(std::string_view whole, std::size_t at, std::string_view line) {
    for (int more = 0; more < 20; ++more) {
        if (has_any(lower(line), {"origin", "cors", "trusted", "allowed", "whitelist", "connect-src"})) return true;
        const auto words = trim(line);
        const bool is_entry =
            words.empty() || std::string_view("\"'`#/.").find(words.front()) != std::string_view::npos;
        if (!is_entry || at == 0) return false;
        const auto begin = at < 2 ? 0 : whole.rfind('\n', at - 2) + 1; // npos + 1 is 0
        line = whole.substr(begin, at - 1 - begin);
        at = begin;
    }
    return false;
}

void url_hardcoded(const Project& project, Hits& hits) {
    const auto look = [&](const std::string& path, std::string_view whole, std::size_t offset, int number,
                          std::string_view line) {
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
            if (!local || doubt || path.find("config.") != path.npos || is_of_allowed_sites(whole, offset, line))
                continue;
            hits.add(path, number, 1,
                     fmt::format("{}{} is written into the source; in production nothing answers there; read it from a "
                                 "variable",
                                 scheme, short_name(host)));
            return;
        }
    };
    each_source(project, is_code, [&](const std::string& path, std::string_view text) {
        each_line_with(text, "://",
                       [&](std::size_t at, int number, std::string_view line) { look(path, text, at, number, line); });
    });
}

// With pydantic's env_prefix APP_LOG_LEVEL is the field log_level.
bool is_field(const std::unordered_set<std::string>& words, const std::string& name) {
    const auto prefix = name.find('_');
    return words.contains("ENV_PREFIX") && prefix != name.npos && words.contains(name.substr(prefix + 1));
}

// Those of a template nobody reads, and a process has what its shell has.
std::vector<EnvValue> values_to_read(const EnvFile& file) {
    return file.is_template || file.file.starts_with('(') ? std::vector<EnvValue>() : values_of(file);
}

// Who gets the file whole are images that are built here of a bare system: what they run, the project says.
bool is_for_own_images(const Project& project, const EnvFile& file) {
    bool is_given = false;
    for (const Compose& compose : project.composes_for(file.profile))
        for (const auto& service : compose.read->services) {
            if (std::none_of(service.env_files.begin(), service.env_files.end(),
                             [&](const auto& one) { return one.path == file.file; }))
                continue;
            const auto* const image = compose::dockerfile_of(service, project);
            if (!service.build || image == nullptr ||
                !is_one_of(docker::base_image(*image).family, {"debian", "ubuntu", "alpine", "fedora", "rockylinux"}))
                return false;
            is_given = true;
        }
    return is_given;
}

std::set<std::string> find_unread(const Project& project) {
    const bool has_code =
        std::any_of(project.paths.begin(), project.paths.end(), [](const auto& path) { return is_code(path); });
    std::unordered_set<std::string> names, wanted;
    for (const EnvFile& file : project.env_files)
        for (const auto& one : values_to_read(file))
            if (upper(one.name) == one.name && (has_code || is_for_own_images(project, file))) names.insert(one.name);
    if (names.empty()) return {};
    for (const auto& name : names) {
        wanted.insert(name);
        wanted.insert(name.substr(name.find('_') + 1)); // the field of a prefix
    }
    wanted.insert("ENV_PREFIX");
    const auto words = source_words(project, wanted);
    std::set<std::string> unread;
    for (const auto& name : names)
        if (words && !words->contains(name) && !is_read_by_others(name) && !is_field(*words, name)) unread.insert(name);
    return unread;
}

void var_unused(const Project& project, Hits& hits) {
    for (const EnvFile& file : project.env_files)
        for (const auto& one : values_to_read(file))
            if (unread_variables(project).contains(one.name))
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
                     fmt::format("{} has no comment and is not in README.md; nobody knows which value it needs; write "
                                 "a comment above it",
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
                   fmt::format(
                       "{} makes {} connections with {} workers; PostgreSQL takes 100; reduce the pool or the workers",
                       name, total, workers));
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

const std::set<std::string>& unread_variables(const Project& project) {
    auto& unread = *project.unread_variables;
    if (!unread) unread = find_unread(project);
    return *unread;
}

std::span<const Rule> conf_source_rules() {
    static const Rule rules[] = {
        {"conf-url-hardcoded",
         "The source contains an address of localhost",
         always(Level::warning),
         url_hardcoded,
         "In production, nothing answers at this address, or another program answers.",
         "Read it from a variable.",
         {},
         {"S0-03"}},
        {"conf-var-unused",
         "Nothing reads a variable",
         always(Level::info),
         var_unused,
         "The variable misleads people who read the file. If the variable has a secret, the file keeps this secret "
         "without need.",
         "Remove it.",
         {},
         {"S0-23"}},
        {"conf-var-undocumented",
         "The template doesn't explain a variable",
         always(Level::warning),
         var_undocumented,
         "Anyone who sets up an environment has to guess the variable's value.",
         "# what it is for, above the line",
         {},
         {"S1-01"}},
        {"conf-db-pool",
         "There are more connections than the database accepts",
         always(Level::info),
         db_pool,
         "Each worker opens its own pool of connections. PostgreSQL accepts 100 connections by default, and refuses "
         "all further connections.",
         "DB_POOL_SIZE=5",
         {},
         {"S1-79"}},
        {"conf-sqlite-multi-instance",
         "Several replicas use SQLite",
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
