#include "preflight/uses/started_words.h"
#include "base/path.h"
#include "base/text.h"
#include "project/development.h"
#include <algorithm>
#include <nlohmann/json.hpp>

namespace fairlead::preflight {

std::string script_of_package(const Project& project, const std::string& folder, const std::string& name) {
    const auto json = nlohmann::json::parse(project.read(path_in(folder, "package.json")).value_or(""), nullptr, false);
    if (!json.is_object() || !json.contains("scripts") || !json["scripts"].is_object()) return {};
    const auto& script = json["scripts"].value(name, nlohmann::json());
    return script.is_string() ? script.get<std::string>() : std::string();
}

namespace {

std::vector<std::string> plain_words(std::string text) {
    for (char& c : text)
        if (std::string_view("'\"`,[]()\r\t\n").find(c) != std::string_view::npos) c = ' ';
    auto words = split(text, ' ');
    std::erase(words, "");
    return words;
}

// The last command of a script, which is what it goes on as.
std::string last_command_line(const std::string& text) {
    std::string last;
    for (const auto& line : split(text, '\n'))
        if (const auto words = trim(std::string_view(line)); !words.empty() && !words.starts_with('#')) last = words;
    return last;
}

// The only script of that name in the folder or below it.
std::string script_named(const Project& project, const std::string& folder, std::string_view name) {
    std::string found;
    for (const auto& path : project.paths)
        if (file_name(path) == name && (folder.empty() || path.starts_with(folder + "/"))) {
            if (!found.empty()) return {};
            found = path;
        }
    return found;
}

// The words, and those of the scripts that they lead to.
std::string all_started(const Project& project, const std::string& folder, const std::string& text, int depth = 0) {
    constexpr int deepest = 3;
    const auto words = plain_words(text);
    std::string all = " " + join(words, " ") + " ";
    if (depth > deepest) return all;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (words[i].ends_with(".sh"))
            if (const auto path = script_named(project, folder, file_name(words[i])); !path.empty())
                all += all_started(project, folder, last_command_line(project.read(path).value_or("")), depth + 1);
        const auto& program = words[i];
        if ((program != "npm" && program != "yarn" && program != "pnpm" && program != "bun") || i + 1 == words.size())
            continue;
        const bool runs = words[i + 1] == "run" && i + 2 < words.size();
        all += all_started(project, folder, script_of_package(project, folder, words[i + (runs ? 2 : 1)]), depth + 1);
    }
    return all;
}

bool changes_while_edited(const std::string& words) {
    const auto vite = words.find(" vite ");
    return has_any(words, {" nodemon ", " next dev ", " ts-node-dev ", " nest start --watch ", " ng serve ",
                           " tsx watch ", " react-scripts start ", " vue-cli-service serve ", " runserver "}) ||
           (vite != words.npos && !has_any(words, {" vite build ", " vite preview "}));
}

// ENTRYPOINT and CMD of the last stage.
std::pair<std::string, std::string> last_start_of(const read::Dockerfile& file) {
    std::pair<std::string, std::string> start;
    if (file.stages.empty()) return start;
    for (auto i = file.stages.back().first; i < file.stages.back().end; ++i) {
        const auto& one = file.instructions[i];
        if (one.verb == read::Verb::entrypoint) start.first = one.arguments;
        if (one.verb == read::Verb::cmd) start.second = one.arguments;
    }
    return start;
}

}

bool starts_words(const Project& project, const std::string& folder, const read::Dockerfile& file,
                  std::initializer_list<std::string_view> words) {
    const auto [entrypoint, command] = last_start_of(file);
    return has_any(all_started(project, folder, entrypoint + " " + command), words);
}

bool serves_while_edited(const Project& project, const std::string& folder, const read::Dockerfile& file) {
    const auto [entrypoint, command] = last_start_of(file);
    return changes_while_edited(all_started(project, folder, entrypoint + " " + command));
}

bool serves_while_edited(const Project& project, const read::ComposeService& service) {
    if (const auto source = project::source_in_language(service); !source.empty())
        return changes_while_edited(all_started(project, path_in("", source),
                                                join(service.entrypoint, " ") + " " + join(service.command, " ")));
    if (!service.build || !project::mounts_source(service)) return false;
    const auto folder = path_in(service.build->context, "");
    const auto file =
        read::read_dockerfile(project.read(path_in(service.build->context, service.build->dockerfile)).value_or(""));
    auto [entrypoint, command] = last_start_of(file);
    if (!service.entrypoint.empty()) entrypoint = join(service.entrypoint, " ");
    if (!service.command.empty()) command = join(service.command, " ");
    return changes_while_edited(all_started(
        project, folder.ends_with('/') ? folder.substr(0, folder.size() - 1) : folder, entrypoint + " " + command));
}

}
