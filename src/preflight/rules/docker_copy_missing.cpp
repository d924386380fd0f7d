#include "preflight/rules/docker_copy_missing.h"
#include "base/path.h"
#include "base/text.h"
#include "preflight/parts/docker_files.h"
#include "preflight/parts/told_commands.h"
#include "read/compose/compose.h"
#include "read/ignore.h"
#include <algorithm>
#include <filesystem>
#include <fmt/format.h>

namespace fairlead::preflight::docker {

namespace {

// A git submodule, which a clone has only when it is asked for.
bool is_submodule(const Project& project, const std::string& path) {
    const auto modules = project.read(".gitmodules");
    if (!modules) return false;
    for (const std::string& line : split(*modules, '\n'))
        if (const auto at = line.find("path = "); at != std::string::npos && covers(trim(line.substr(at + 7)), path))
            return true;
    return false;
}

// The root is there, too.
bool exists(const Project& project, const std::string& path) { return path.empty() || project.is_there(path); }

// What a build before the image's writes, or git leaves out: whether it will be there, nobody knows. `whole`: from the
// project's root.
bool may_appear(const Project& project, const std::string& path, const std::string& whole) {
    for (const std::string& part : split(path, '/'))
        if (is_one_of(part, {"dist", "build", "target", "out", "bin", "publish", "release", "node_modules", "vendor",
                             "public", "artifacts"}))
            return true;
    const std::string name = path.substr(path.rfind('/') + 1);
    for (const std::string_view end : {".jar", ".war", ".whl", ".tar.gz", ".tgz", ".deb", ".exe", ".zip"})
        if (name.ends_with(end)) return true;
    if (project.is_git_ignored(path) || project.is_git_ignored(whole)) return true;
    const auto ignores = project.read(".gitignore");
    return ignores && (ignores->find(name) != std::string::npos ||
                       ignores->find(path.substr(0, path.find('/'))) != std::string::npos);
}

// !build.env in .dockerignore: whoever wrote that expects it there.
bool is_kept(const Dockerfile& subject, const std::string& path) {
    return subject.ignore && std::any_of(subject.ignore->patterns.begin(), subject.ignore->patterns.end(),
                                         [&](const read::IgnorePattern& one) { return one.keeps && one.text == path; });
}

// A program that goreleaser has built by the time it builds the image.
bool is_released(const Project& project, const std::string& path) {
    return path.find('/') == path.npos && path.find('.') == path.npos &&
           (project.has(".goreleaser.yml") || project.has(".goreleaser.yaml"));
}

// A pipeline of Azure that gathers files by patterns before it builds; empty: there is none.
std::string gatherer_of(const Project& project) {
    const auto gathers = [&](const std::string& path) {
        return file_name(path).starts_with("azure-pipelines") &&
               has_any(project.read(path).value_or(""), {"CopyFiles@"});
    };
    const auto found = std::find_if(project.paths.begin(), project.paths.end(), gathers);
    return found == project.paths.end() ? "" : *found;
}

// What would make it before the image is built; empty: nothing names it, nor a folder that isn't there.
std::string maker_of(const Dockerfile& subject, const Project& project, const std::string& path) {
    auto by = named_by_build(project, path);
    const auto folder = path.substr(0, path.find('/')); // which something makes, with all that is in it
    if (by.empty() && !project.is_there(in_project(subject, folder))) by = named_by_build(project, folder);
    return by.empty() ? gatherer_of(project) : by;
}

// Compose builds it with a folder beside the project: ../signer, whose files nobody sees here.
bool is_context_outside(const Dockerfile& subject, const Project& project) {
    const auto takes = [&](const auto& service) {
        return service.build && service.build->context.starts_with("..") &&
               ("/" + service.build->dockerfile).ends_with("/" + subject.file);
    };
    return std::any_of(project.composes.begin(), project.composes.end(), [&](const Compose& one) {
        return std::any_of(one.read->services.begin(), one.read->services.end(), takes);
    });
}

// From the folder of the compose file, as it is written there.
std::string as_context(const Dockerfile& subject, const std::string& folder) {
    const auto from = folder_of(subject.compose_file);
    const auto path = std::filesystem::path(folder).lexically_relative(from.empty() ? "." : from).generic_string();
    return path.starts_with("..") ? path : "./" + path;
}

// Compose sends another folder than the one where the Dockerfile and these files lie: one mistake, however many.
void context_of_others(const Dockerfile& subject, const Project& project, const std::vector<const read::Word*>& moved,
                       Hits& hits) {
    if (moved.empty()) return;
    const auto own = as_context(subject, folder_of(subject.file));
    const auto rest = moved.size() == 1 ? " lies" : fmt::format(" and {} more lie", moved.size() - 1);
    const auto told = [&](std::size_t most) {
        return fmt::format("{}{} in {}, not in the context {}; COPY fails; write context: {}, dockerfile: {}",
                           brief(context_path(moved.front()->text), most), rest, brief(own, most),
                           brief(subject.context.empty() ? "." : subject.context, most), brief(own, most),
                           brief(file_name(subject.file), most));
    };
    constexpr std::size_t most = 160;
    auto message = told(most);
    Hit& found = hit_at(subject, hits, moved.front()->at.begin, code_points(message) > most ? told(14) : message);
    if (std::all_of(moved.begin(), moved.end(), [&](const read::Word* source) {
            return !maker_of(subject, project, context_path(source->text)).empty();
        }))
        found.level = Level::warning;
}

// `known`: who sends the context is known, and is deployed.
void source_missing(const Dockerfile& subject, const Project& project, const read::Word& source, bool known,
                    Hits& hits) {
    const std::string path = context_path(source.text);
    Hit& found = hit_at(subject, hits, source.at.begin,
                        fmt::format("{} isn't in the project; COPY will fail; name an existing file", brief(path, 60)));
    const auto is_it = [&](const std::string& one) {
        return one.ends_with("/" + path) || one.find("/" + path + "/") != one.npos;
    };
    const bool is_elsewhere = std::any_of(project.paths.begin(), project.paths.end(), is_it);
    if (!known && !folder_of(subject.file).empty() &&
        is_elsewhere) { // docker build -f deploy/Dockerfile web: who says?
        found.message = fmt::format("{} doesn't seem to be in the build context; COPY fails unless you send "
                                    "another folder; name an existing file",
                                    brief(path, 48));
        found.level = Level::warning;
    }
    if (is_released(project, path)) found.level = Level::warning;
    if (const auto by = maker_of(subject, project, path); !by.empty()) {
        found.message = fmt::format("{} isn't in the project; COPY fails unless {} makes it "
                                    "first; build the image after that",
                                    brief(path, 48), brief(by, 48));
        found.level = Level::warning;
    }
}

}

void copy_missing(const Dockerfile& subject, const Project& project, Hits& hits) {
    if (project.paths.empty() || !project.read || is_context_outside(subject, project)) return;
    const std::string own = folder_of(subject.file);
    // Else the context is a guess, or that of a compose file of which nobody knows whether it is deployed.
    const bool known = subject.context_known && !project.doubtful.contains(subject.compose_file);
    std::vector<const read::Word*> moved; // they lie beside the Dockerfile, which isn't the context
    for (const Placed& placed : built(subject)) {
        if (!from_context(*placed.instruction) || placed.trigger) continue;
        for (const read::Word* source : sources(*placed.instruction)) {
            const std::string path = context_path(source->text), whole = in_project(subject, path);
            if (is_url(source->text) || is_pattern(source->text) || path.find("..") != path.npos ||
                path.find('\\') != path.npos)
                continue;
            if (exists(project, whole) || may_appear(project, path, whole) || is_kept(subject, path) ||
                is_submodule(project, whole))
                continue;
            const bool is_beside = exists(project, own.empty() ? path : own + "/" + path);
            if (!known && (exists(project, path) || is_beside)) continue;
            if (is_context_piped(subject, project)) return; // whatever is sent, it isn't this folder
            if (is_beside)
                moved.push_back(source);
            else
                source_missing(subject, project, *source, known, hits);
        }
    }
    context_of_others(subject, project, moved, hits);
}

}
