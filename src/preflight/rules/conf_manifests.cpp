#include "base/path.h"
#include "base/text.h"
#include "preflight/kinds.h"
#include "preflight/parts/conf_values.h"
#include "preflight/rules/env_lines.h"
#include "preflight/rules/groups.h"
#include "read/compose/compose.h"
#include <algorithm>
#include <fmt/format.h>

// What manifests list, beside what is started and asked for.
namespace fairlead::preflight {

namespace {

std::string manifests_of(const Project& project) {
    std::string all;
    for (const auto& path : project.paths) {
        const auto name = std::string_view(path).substr(path.rfind('/') + 1);
        const bool is_one = (name.starts_with("requirements") && name.ends_with(".txt")) || name == "pyproject.toml" ||
                            name == "Pipfile" || name == "setup.cfg" || name == "setup.py" ||
                            name == "environment.yml" || path.find("requirements/") != path.npos;
        if (is_one) all += lower(project.read(path).value_or("")) + "\n";
    }
    std::erase(all, '\0'); // of UTF-16, which PowerShell writes and pip reads
    return all;
}

void add_server(const Dockerfile& file, const std::string& manifests, Hits& hits) {
    int number = 0;
    for (const auto& line : split(file.text, '\n')) {
        ++number;
        const auto text = trim(std::string_view(line));
        if (!text.starts_with("CMD") && !text.starts_with("ENTRYPOINT")) continue;
        for (const std::string_view server : {"gunicorn", "uvicorn", "daphne", "hypercorn", "celery"}) {
            const auto at = text.find_first_not_of("[\"' \t", text.find_first_of(" \t["));
            if (at == text.npos || !text.substr(at).starts_with(server)) continue;
            const bool installed = manifests.find(server) != manifests.npos ||
                                   file.text.find("install " + std::string(server)) != file.text.npos ||
                                   file.text.find(" " + std::string(server)) < file.text.find(line) ||
                                   (server == "uvicorn" && manifests.find("fastapi[") != manifests.npos);
            if (!installed)
                hits.add(file.file, number, 1,
                         fmt::format("{} runs {}; no manifest lists it, so the container can't start; add {} to "
                                     "requirements.txt",
                                     text.substr(0, text.find_first_of(" \t[")), server, server));
        }
    }
}

struct Driver {
    std::string_view scheme, package;
};
constexpr Driver drivers[] = {{"+asyncpg:", "asyncpg"}, {"+psycopg2:", "psycopg2"},   {"+psycopg:", "psycopg"},
                              {"+pg8000:", "pg8000"},   {"+pymysql:", "pymysql"},     {"+aiomysql:", "aiomysql"},
                              {"+asyncmy:", "asyncmy"}, {"+mysqldb:", "mysqlclient"}, {"+aiosqlite:", "aiosqlite"}};

// Only services of somebody else's image are given these values: what it holds is in no manifest here.
bool is_of_foreign_image(const Project& project, const EnvValues& values, const EnvValue& one) {
    if (one.name.starts_with("AIRFLOW__")) return true;
    bool is_given = false;
    for (const Compose& compose : project.composes_for(values.profile))
        for (const auto& service : compose.read->services) {
            const bool takes =
                std::any_of(service.env_files.begin(), service.env_files.end(),
                            [&](const auto& file) { return file.path == values.file; }) ||
                std::any_of(service.environment.begin(), service.environment.end(),
                            [&](const auto& has) { return has.name == one.name && has.value == one.value; });
            if (takes && service.build) return false;
            is_given = is_given || takes;
        }
    return is_given;
}

// What a value asks for: postgresql+asyncpg://… its driver, a DSN of Sentry's its client.
void add_packages(const Project& project, const EnvValues& values, const std::string& manifests, bool sentry_elsewhere,
                  Hits& hits) {
    for (const auto& one : values.all) {
        const auto scheme = std::string_view(one.value).substr(0, one.value.find("//"));
        for (const auto& [driver, package] : drivers)
            if (scheme.ends_with(driver) && manifests.find(package) == manifests.npos &&
                !is_of_foreign_image(project, values, one))
                hit_at(hits, one,
                       fmt::format("{} asks for {}; no manifest lists it, so the first query fails; add {} to "
                                   "requirements.txt",
                                   short_name(one.name), package, package));
        if (one.name == "SENTRY_DSN" && !one.value.empty() && !sentry_elsewhere &&
            manifests.find("sentry") == manifests.npos)
            hit_at(hits, one,
                   "SENTRY_DSN is set; no manifest lists sentry-sdk, so no error is reported; add sentry-sdk to "
                   "requirements.txt")
                .level = Level::warning;
    }
}

void server_not_installed(const Project& project, Hits& hits) {
    const auto manifests = manifests_of(project);
    if (manifests.empty()) return;
    for (const Dockerfile& file : project.dockerfiles) add_server(file, manifests, hits);
    const bool sentry_elsewhere = std::any_of(project.paths.begin(), project.paths.end(), [&](const auto& path) {
        return is_one_of(file_name(path), {"package.json", "go.mod", "Gemfile", "composer.json", "Cargo.toml",
                                           "pom.xml", "build.gradle", "mix.exs"}) &&
               project.read(path).value_or("").find("sentry") != std::string::npos;
    });
    for (const EnvValues& values : project.values) add_packages(project, values, manifests, sentry_elsewhere, hits);
}

// "3.12" of "python:3.12.7-slim", "20" of "v20.11.0".
std::string version_in(std::string_view text, bool minor) {
    const auto begin = text.find_first_of("0123456789");
    if (begin == text.npos) return {};
    const auto end = std::min(text.find_first_not_of("0123456789.", begin), text.size());
    const auto parts = split(text.substr(begin, end - begin), '.');
    if (!minor) return parts[0];
    return parts.size() < 2 ? std::string() : parts[0] + "." + parts[1];
}

void runtime_mismatch(const Dockerfile& file, const Project& project, Hits& hits) {
    struct Runtime {
        std::string_view image, pin;
        bool minor;
    };
    for (const auto& [image, pin, minor] :
         {Runtime{"python", ".python-version", true}, Runtime{"node", ".nvmrc", false}}) {
        const auto pinned = version_in(project.read(std::string(pin)).value_or(""), minor);
        if (pinned.empty()) continue;
        int number = 0;
        for (const auto& line : split(file.text, '\n')) {
            ++number;
            const auto from = "FROM " + std::string(image) + ":";
            if (!line.starts_with(from)) continue;
            const auto used = version_in(line.substr(from.size()), minor);
            if (!used.empty() && used != pinned)
                hits.add(
                    file.file, number, 1,
                    fmt::format(
                        "FROM {}:{} is not the version of {} ({}); tests ran on another version; name the same version",
                        image, used, pin, pinned));
        }
    }
}

}

std::span<const Rule> conf_manifest_rules() {
    static const Rule rules[] = {
        {"conf-server-not-installed",
         "No manifest (requirements.txt, package.json …) names a program or package that is needed",
         always(Level::error),
         server_not_installed,
         "The container can't start, or fails at the first query. Examples: gunicorn in CMD, asyncpg for "
         "postgresql+asyncpg://, sentry-sdk for SENTRY_DSN.",
         "gunicorn==23.0.0 in requirements.txt",
         {},
         {"S0-06", "S1-72", "S1-73"}},
        {"conf-runtime-mismatch",
         "Two places name different versions of the language",
         always(Level::warning),
         runtime_mismatch,
         "The version that was tested is not the version that runs.",
         "The same version in Dockerfile, .python-version, .nvmrc and CI.",
         {},
         {"S3-15"}},
    };
    return rules;
}

}
