#include "preflight/parts/told_commands.h"
#include "base/path.h"
#include "base/text.h"
#include "preflight/kinds.h"
#include <algorithm>

namespace fairlead::preflight {

bool tells_commands(std::string_view path) {
    const auto name = file_name(path);
    for (const std::string_view end :
         {".sh", ".bash", ".md", ".rst", ".mk", ".service", "akefile", "justfile", "package.json", "fairlead.yml",
          "Taskfile.yml", ".gitlab-ci.yml", "azure-pipelines.yml", "bitbucket-pipelines.yml", "Jenkinsfile",
          "buildspec.yml", "cloudbuild.yaml"})
        if (name.ends_with(end)) return true;
    return name == ".env" || path.starts_with(".github/workflows/");
}

std::vector<std::string> command_lines(std::string_view text) { return split(replace_all(text, "\\\n", " "), '\n'); }

bool names_file(std::string_view line, std::string_view name) {
    for (auto at = line.find(name); at != line.npos; at = line.find(name, at + 1)) {
        const auto end = at + name.size();
        const bool begins = at == 0 || std::string_view(" /=:;\"'").find(line[at - 1]) != std::string_view::npos;
        if (begins &&
            (end == line.size() || std::string_view(" :;\"'`)\\\r,").find(line[end]) != std::string_view::npos))
            return true;
    }
    return false;
}

bool starts_file(std::string_view line, const std::string& path) {
    if (!has_any(line, {"docker compose ", "docker-compose "}) || !has_any(std::string(line) + " ", {" up "}))
        return false;
    const bool takes_itself = folder_of(path).empty() && is_taken_by_itself(path);
    return names_file(line, file_name(path)) || (takes_itself && !has_any(line, {" -f", "--file"}));
}

bool some_workflow(const Project& project, const std::function<bool(std::string_view text)>& says) {
    return std::any_of(project.paths.begin(), project.paths.end(), [&](const std::string& path) {
        const auto text = kind_of(path) == FileKind::workflow ? project.read(path) : std::nullopt;
        return text && says(*text);
    });
}

std::string named_by_build(const Project& project, std::string_view path) {
    if (path.empty() || path == ".") return {};
    constexpr std::string_view ends[] = {".sh",     ".bash",    ".gradle",      ".gradle.kts",    ".mk",
                                         "akefile", "justfile", "Taskfile.yml", ".gitlab-ci.yml", "Jenkinsfile"};
    for (const auto& by : project.paths) {
        const bool builds = by.starts_with(".github/workflows/") ||
                            std::any_of(std::begin(ends), std::end(ends), [&](auto end) { return by.ends_with(end); });
        if (!builds || by == path) continue;
        const auto text = project.read(by);
        if (!text || text->find(path) == text->npos) continue;
        const auto lines = split(*text, '\n');
        if (std::any_of(lines.begin(), lines.end(), [&](const auto& line) { return names_file(line, path); }))
            return by;
    }
    return {};
}

bool is_taken_by_itself(std::string_view path) {
    const auto name = file_name(path);
    return name.starts_with("compose.y") || name.starts_with("docker-compose.y");
}

}
