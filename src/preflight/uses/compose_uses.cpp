#include "preflight/uses/compose_uses.h"
#include "base/path.h"
#include "base/text.h"
#include "preflight/kinds.h"
#include "preflight/parts/told_commands.h"
#include "preflight/uses/env_users.h"
#include <algorithm>

namespace fairlead::preflight {

namespace {

// "#   ├── repo/   <- git clone of this repository": the folder's name.
std::string drawn_clone(std::string_view line) {
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";
    const auto slash = line.find('/');
    if (slash == line.npos || line.find(" clone", slash) == line.npos) return "";
    const auto before = line.substr(0, slash);
    const auto outside = before.find_last_not_of(letters);
    return std::string(before.substr(outside + 1)); // npos + 1 is 0
}

// cp repo/deploy/compose.yml ./ : "repo", for deploy/compose.yml.
std::string copied_from(const std::string& line, const std::string& compose) {
    const auto words = split(trim(std::string_view(line)), ' ');
    const auto command = std::find_if(
        words.begin(), words.end(), [](const auto& word) { return word == "cp" || word == "mv" || word == "install"; });
    if (command == words.end() || words.back().starts_with("/") || words.back().starts_with("~")) return "";
    for (auto word = command + 1; word != words.end(); ++word) {
        auto path = std::string_view(*word);
        while (path.starts_with("./")) path.remove_prefix(2);
        if (path.size() <= compose.size() + 1 || !path.ends_with("/" + compose)) continue;
        path.remove_suffix(compose.size() + 1);
        if (path.find_first_of("/$~") == path.npos && path != "..") return std::string(path);
    }
    return "";
}

}

std::string way_to_root(const std::string& path) {
    std::string way;
    for (const char c : path)
        if (c == '/') way += way.empty() ? ".." : "/..";
    return way.empty() ? "." : way;
}

std::vector<std::string> clones_beside(const Project& project, const std::string& compose) {
    std::vector<std::string> names;
    const auto take = [&](std::string name) {
        if (!name.empty()) names.push_back(std::move(name));
    };
    for (const auto& line : split(project.read(compose).value_or(""), '\n')) {
        if (!line.starts_with('#')) break;
        take(drawn_clone(line));
    }
    for (const auto& by : project.paths) {
        const auto text = tells_commands(by) ? project.read(by) : std::nullopt;
        if (!text || text->find("/" + compose) == text->npos) continue;
        for (const auto& line : command_lines(*text)) take(copied_from(line, compose));
    }
    return names;
}

std::pair<std::string, std::string> parts_in_other_case(const Project& project, const std::string& path) {
    const auto small = lower(path);
    const auto other = std::find_if(project.paths.begin(), project.paths.end(), [&](const std::string& one) {
        return one.size() == path.size() && one != path && lower(one) == small;
    });
    if (other == project.paths.end()) return {};
    const auto asked = split(path, '/'), is = split(*other, '/');
    for (std::size_t at = 0; at < std::min(asked.size(), is.size()); ++at)
        if (asked[at] != is[at]) return {asked[at], is[at]};
    return {};
}

namespace {

// COMPOSE_FILE="docker-stack.yml" of the script, for $COMPOSE_FILE. Other words are as they are.
std::string value_in_script(const std::vector<std::string>& lines, const std::string& word) {
    if (!word.starts_with('$')) return word;
    const auto name = replace_all(replace_all(word.substr(1), "{", ""), "}", "") + "=";
    for (const auto& line : lines)
        if (trim(std::string_view(line)).starts_with(name)) return word_behind(line, name);
    return word;
}

// docker-stack.prod.yml, stack.yml
bool is_named_stack(std::string_view path) {
    const auto name = file_name(path);
    return (name.ends_with(".yml") || name.ends_with(".yaml")) &&
           (name.starts_with("docker-stack.") || name.starts_with("docker-stack-") || name.starts_with("stack."));
}

}

std::set<std::string> stacks_of(const Project& project, const std::string& by) {
    std::set<std::string> files;
    const auto text = tells_commands(by) ? project.read(by) : std::nullopt;
    if (!text || text->find("docker stack ") == text->npos) return files;
    const auto lines = command_lines(*text);
    for (const auto& line : lines) {
        if (!has_any(line, {"docker stack deploy", "docker stack up"})) continue;
        for (const std::string_view flag : {"-c", "--compose-file"})
            if (const auto name = value_in_script(lines, word_behind(line, flag)); !name.empty())
                for (const auto& path : {path_in("", name), path_in(folder_of(by), name)})
                    if (project.has(path)) files.insert(path);
    }
    return files;
}

namespace {

// "#   docker stack deploy -c docker-compose.swarm.yml shop" in the file's own comment.
bool says_stack_of_itself(const std::string& path, const std::string& text) {
    if (text.find("docker stack deploy") == text.npos) return false;
    const auto lines = split(text, '\n');
    return std::any_of(lines.begin(), lines.end(), [&](const std::string& line) {
        return line.starts_with('#') && has_any(line, {"docker stack deploy"}) && names_file(line, file_name(path));
    });
}

}

std::set<std::string> stack_files(const Project& project) {
    std::set<std::string> files;
    for (const auto& path : project.paths) {
        files.merge(stacks_of(project, path));
        const bool is_compose = kind_of(path) == FileKind::compose, is_named = is_named_stack(path);
        const auto text = is_compose || is_named ? project.read(path) : std::nullopt;
        if (text && is_compose && says_stack_of_itself(path, *text)) files.insert(path);
        if (text && is_named && (text->starts_with("services:") || text->find("\nservices:") != text->npos))
            files.insert(path);
    }
    return files;
}

}
