#include "base/text.h"
#include "init/write/left.h"
#include "init/write/rows.h"
#include "init/write/text.h"
#include <algorithm>
#include <iterator>

namespace fairlead::init {

namespace {

struct WrittenRow {
    Ci ci;
    std::string_view name; // of a workflow, or a path
    bool workflow;
    std::optional<std::string> (*write)(const Writing&);
    bool executable = false;
};
constexpr WrittenRow written_rows[] = {
    {Ci::github, "pull-request", true, write_pull_request},
    {Ci::github, "staging", true, write_staging},
    {Ci::github, "release", true, write_release},
    {Ci::github, "rollback", true, write_rollback},
    {Ci::github, ".github/dependabot.yml", false, write_dependabot},
    {Ci::gitlab, ".gitlab-ci.yml", false, write_gitlab},
    {Ci::generic, "ci.sh", false, write_script, true},
};

// dependabot.yml is the repository's; GitLab's file too.
std::string path_of(const Writing& writing, const WrittenRow& row) {
    if (row.workflow) return workflow_path(writing, std::string(row.name));
    if (row.ci == Ci::generic) return std::string(row.name);
    const auto some = workflow_path(writing, "");
    return some.substr(0, some.find(".github/")) + std::string(row.name);
}

}

bool is_ours(std::string_view content) {
    return content.substr(0, 200).find("Written by `fairlead init") != content.npos;
}

bool is_elsewhere(const Project& project, std::string_view workflow) {
    const std::string where = "\n    working-directory: "; // of all its commands
    return is_ours(workflow) && workflow.find(where) != workflow.npos &&
           workflow.find(where + text(project.folder).scalar + "\n") == workflow.npos;
}

std::vector<NewFile> files(const Project& project, const Given& given) {
    const Writing writing{project, given};
    std::vector<NewFile> all = {
        {"fairlead.yml",
         write_configuration(writing) + (given.backup ? "\n" + backup_section(writing.project.name) : "")}};
    if (services(project).size() > 1)
        for (const auto* component : services(project))
            if (!component->folder.empty())
                all.push_back({below(component->folder, "fairlead.yml"), write_component(writing, *component)});
    for (const auto& row : written_rows) {
        if (row.ci != given.ci) continue;
        if (auto content = row.write(writing))
            all.push_back({path_of(writing, row), std::move(*content), row.executable});
    }
    if (given.backup)
        for (auto& file : write_backup(writing)) all.push_back(std::move(file));
    return all;
}

namespace {

bool has_env_file(const Project& project, const std::string& name) {
    return std::any_of(project.env_files.begin(), project.env_files.end(),
                       [&](const std::string& path) { return path == name || path.ends_with("/" + name); });
}

}

std::vector<std::string> ignored(const Project& project) {
    std::vector<std::string> lines;
    const auto add = [&](const Component* component, const std::string& asked) {
        for (auto& line : ignore_lines_of(project, component, asked))
            if (std::find(lines.begin(), lines.end(), line) == lines.end()) lines.push_back(std::move(line));
    };
    add(nullptr, "reports/");
    for (const auto* line : {".env.deploy", ".fairlead/out/"}) lines.emplace_back(line);
    // A front end's .env.production is public, and in git as a rule; where something is deployed, it may hold secrets.
    const bool site = std::any_of(project.components.begin(), project.components.end(),
                                  [](const Component& one) { return one.kind == Kind::site; });
    for (const auto* service : services(project))
        for (const std::string file : {".env.staging", ".env.production"}) {
            const auto line = site ? "/" + below(service->folder, file) : file;
            if (!has_env_file(project, site ? line.substr(1) : file) &&
                std::find(lines.begin(), lines.end(), line) == lines.end())
                lines.push_back(line);
        }
    for (const auto& component : project.components)
        for (const auto& line : component.ignored) add(&component, line);
    return lines;
}

std::string with_lines(std::string text, const std::vector<std::string>& lines) {
    const auto plain = [](std::string_view line) {
        line = trim(line);
        if (line.starts_with('/')) line.remove_prefix(1);
        if (line.ends_with('/')) line.remove_suffix(1);
        return std::string(line);
    };
    std::vector<std::string> known;
    for (const auto& line : split(text, '\n')) known.push_back(plain(line));
    if (!text.empty() && !text.ends_with('\n')) text += '\n';
    for (const auto& line : lines)
        if (std::find(known.begin(), known.end(), plain(line)) == known.end()) text += line + "\n";
    return text;
}

}
