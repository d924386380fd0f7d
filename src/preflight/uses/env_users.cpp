#include "preflight/uses/env_users.h"
#include "base/path.h"
#include "base/text.h"
#include "preflight/kinds.h"
#include "read/compose/compose.h"
#include "read/env/env.h"
#include "read/unit.h"
#include <algorithm>
#include <filesystem>
#include <set>

namespace fairlead::preflight {

namespace {

using Users = std::map<std::string, std::vector<std::string>>;

void add_user(Users& users, const std::string& path, std::string_view dialect) {
    auto& all = users[path];
    if (std::find(all.begin(), all.end(), dialect) == all.end()) all.emplace_back(dialect);
}

void add_compose(const Compose& compose, Users& users) {
    add_user(users, path_in(compose.read->directory, ".env"), "compose");
    for (const auto& service : compose.read->services)
        for (const auto& file : service.env_files)
            add_user(users, file.path, file.format == "raw" ? "docker" : "compose");
}

}

std::string word_behind(std::string_view line, std::string_view flag) {
    const auto at = line.find(flag);
    if (at == line.npos) return {};
    auto rest = line.substr(at + flag.size());
    rest.remove_prefix(std::min(rest.find_first_not_of(" =-\"'"), rest.size()));
    return std::string(rest.substr(0, rest.find_first_of(" \t\"';&|\\\r")));
}

namespace {

bool runs_commands(std::string_view path) {
    const auto name = file_name(path);
    return name.ends_with(".sh") || name.ends_with(".bash") || name == "Makefile" || name == "justfile" ||
           path.starts_with(".github/workflows/");
}

// In a script names count from where it is started, which is mostly the project's root; else from its own folder.
void add_named(const Project& project, const std::string& by, const std::string& name, std::string_view dialect,
               Users& users) {
    if (name.empty() || name.find('$') != name.npos) return;
    const auto plain = file_name(name);
    for (const auto& path : {path_in("", name), path_in(folder_of(by), name), path_in(folder_of(by), plain)})
        if (!path.starts_with('/') && (kind_of(path) == FileKind::env || dialect == "systemd") && project.read(path))
            return add_user(users, path, dialect);
}

// `docker-compose up` and its like in a script: compose 1, which keeps quotes, has no other name.
bool calls_compose_1(std::string_view line) {
    constexpr std::string_view program = "docker-compose ";
    const auto at = line.find(program);
    if (at == line.npos || (at > 0 && std::string_view(" \t@&;|(\"'").find(line[at - 1]) == std::string_view::npos))
        return false;
    const auto rest = line.substr(at + program.size());
    for (const std::string_view word :
         {"up", "down", "build", "run ", "exec ", "pull", "start", "restart", "-f ", "--file", "-p ", "--env-file"})
        if (rest.starts_with(word)) return true;
    return false;
}

void add_lines(const Project& project, const std::string& path, Users& users, bool& compose_1) {
    const auto text = project.read(path);
    if (!text) return;
    for (const auto& line : split(*text, '\n')) {
        if (line.find("docker") != line.npos && line.find("compose") == line.npos)
            add_named(project, path, word_behind(line, "--env-file"), "docker", users);
        compose_1 = compose_1 || (profile_of(path) != Profile::development && calls_compose_1(line));
        const auto words = trim(std::string_view(line));
        if (words.starts_with("source ")) add_named(project, path, word_behind(words, "source "), "shell", users);
        if (words.starts_with(". ")) add_named(project, path, word_behind(words, ". "), "shell", users);
    }
}

struct UserManifest {
    std::string_view name, word, dialect;
};
constexpr UserManifest user_manifests[] = {{"requirements.txt", "python-dotenv", "dotenv"},
                                           {"pyproject.toml", "python-dotenv", "dotenv"},
                                           {"pyproject.toml", "pydantic-settings", "dotenv"},
                                           {"requirements.txt", "pydantic-settings", "dotenv"},
                                           {"Pipfile", "python-dotenv", "dotenv"},
                                           {"package.json", "\"dotenv\"", "node"}};

void add_manifest(const Project& project, const std::string& path, std::span<const std::string> files, Users& users) {
    const auto name = file_name(path);
    for (const UserManifest& row : user_manifests) {
        if (name != row.name) continue;
        const auto text = project.read(path);
        if (!text || text->find(row.word) == text->npos) continue;
        for (const auto& file : files)
            if (folder_of(file) == folder_of(path)) add_user(users, file, row.dialect);
    }
}

}

std::optional<std::string> value_in_template(const Project& project, std::string_view name) {
    std::set<std::string> taken; // env files of what is deployed
    for (const Compose& compose : project.composes)
        for (const auto& service : compose.read->services)
            if (!project.is_for_development(compose))
                for (const auto& file : service.env_files) taken.insert(file.path);
    for (const EnvFile& file : project.env_files) {
        if (!file.is_template && !project.doubtful.contains(file.file)) continue;
        for (const auto& path : taken)
            if (file.file.starts_with(path) && file.file != path && !project.has(path))
                for (const auto& entry : file.read->entries)
                    if (entry.name == name && entry.value) return entry.value;
    }
    return std::nullopt;
}

Users env_users(const Project& project) {
    Users users;
    for (const Compose& compose : project.composes) add_compose(compose, users);
    for (const Unit& unit : project.units)
        for (const auto& name : unit.read->environment_files) add_named(project, unit.file, name, "systemd", users);
    std::vector<std::string> files = project.ignored;
    for (const auto& path : project.paths)
        if (kind_of(path) == FileKind::env) files.push_back(path);
    if (files.empty()) return users;
    bool compose_1 = false;
    for (const auto& path : project.paths) {
        if (runs_commands(path)) add_lines(project, path, users, compose_1);
        add_manifest(project, path, files, users);
    }
    for (auto& [path, dialects] : users)
        if (compose_1 && std::find(dialects.begin(), dialects.end(), "compose") != dialects.end())
            dialects.emplace_back(by_compose_1);
    return users;
}

}
