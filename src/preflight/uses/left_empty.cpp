#include "preflight/uses/left_empty.h"
#include "base/path.h"
#include "base/text.h"
#include "preflight/kinds.h"
#include "preflight/parts/told_commands.h"
#include "preflight/uses/headings.h"
#include <algorithm>

namespace fairlead::preflight {

bool says_nothing(std::string_view text) {
    const auto lines = split(text, '\n');
    return std::all_of(lines.begin(), lines.end(), [](const std::string& line) {
        const auto words = trim(std::string_view(line));
        return words.empty() || words.starts_with('#') || words == "---";
    });
}

namespace {

// A compose file, a script or a workflow; pages mention much that nobody runs.
bool may_use(std::string_view by) { return kind_of(by) == FileKind::compose || (tells_commands(by) && !is_page(by)); }

// A command that takes the file with the usual name.
bool takes_usual_name(std::string_view line, const std::string& path) {
    if (has_any(line, {" -f", "--file"})) return false;
    if (kind_of(path) == FileKind::compose)
        return is_taken_by_itself(path) && has_any(line, {"docker compose ", "docker-compose "}) &&
               has_any(std::string(line) + " ", {" up ", " build ", " pull ", " run ", " config "});
    return lower(file_name(path)) == "dockerfile" && has_any(line, {"docker build ", "docker buildx build "});
}

// tar --exclude 'Dockerfile': it leaves the file out.
std::string without_excluded(const std::string& line) {
    auto words = split(line, ' ');
    for (std::size_t i = 0; i < words.size(); ++i)
        if (words[i] == "--exclude" || words[i] == "-x") {
            words[i].clear();
            if (i + 1 < words.size()) words[i + 1].clear();
        } else if (words[i].starts_with("--exclude")) {
            words[i].clear();
        }
    return join(words, " ");
}

bool is_used(const Project& project, const std::string& path) {
    const auto builds = [&](const WorkflowBuild& one) { return !one.is_known || one.dockerfile == path; };
    const auto is_built = [&](const Dockerfile& one) { return one.file == path && !one.compose_file.empty(); };
    if (kind_of(path) == FileKind::dockerfile &&
        (std::any_of(project.builds.begin(), project.builds.end(), builds) ||
         std::any_of(project.dockerfiles.begin(), project.dockerfiles.end(), is_built)))
        return true;
    return std::any_of(project.paths.begin(), project.paths.end(), [&](const std::string& by) {
        const auto text = may_use(by) && by != path ? project.read(by) : std::nullopt;
        if (!text) return false;
        const auto lines = command_lines(*text);
        return std::any_of(lines.begin(), lines.end(), [&](const std::string& written) {
            const auto line = without_excluded(written);
            return !trim(std::string_view(line)).starts_with('#') &&
                   (names_file(line, file_name(path)) || takes_usual_name(line, path));
        });
    });
}

}

bool is_left_empty(const Project& project, const std::string& path) {
    if (!says_nothing(project.read(path).value_or("")) || is_used(project, path)) return false;
    return std::any_of(project.paths.begin(), project.paths.end(), [&](const std::string& other) {
        return other != path && folder_of(other) == folder_of(path) && kind_of(other) == kind_of(path) &&
               !says_nothing(project.read(other).value_or("")) && is_used(project, other);
    });
}

}
