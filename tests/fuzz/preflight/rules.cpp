// slow: an execution takes ten times as long as one of the others
// hostile: rules of preflight
// A project in the form of tests/preflight/*.txtar: whatever stands in its files, each rule's findings lie in one of
// them (or in one that --fix would make), and what --fix makes of them ends.
#include "preflight/fix.h"
#include "preflight/judge.h"
#include "preflight/look.h"
#include "preflight/subjects.h"
#include "read/place.h"
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <map>

using namespace fairlead;
using namespace fairlead::preflight;

namespace {

using Files = std::map<std::string, std::string>;

Files files_of(std::string_view text) {
    Files files;
    std::string* file = nullptr;
    while (!text.empty() && files.size() < 12) {
        const auto end = std::min(text.find('\n'), text.size());
        const auto line = text.substr(0, end);
        const auto rest = std::min(end + 1, text.size());
        constexpr std::size_t before = 3, around = 6; // "-- " and " --"
        if (line.starts_with("-- ") && line.ends_with(" --") && line.size() > around) {
            auto path = line.substr(before, line.size() - around);
            if (path.starts_with("bad/")) path.remove_prefix(4);
            file = path.starts_with("good/") || path.starts_with("fixed/") ? nullptr : &files[std::string(path)];
        } else if (file) {
            file->append(text.substr(0, rest));
        }
        text.remove_prefix(rest);
    }
    return files;
}

Project project_of(const Files& files) {
    Project project;
    project.in_git = true;
    project.in_scope = [](const std::string&) { return true; };
    project.read = [&files](const std::string& path) {
        const auto at = files.find(path);
        return at == files.end() ? std::nullopt : std::optional(at->second);
    };
    project.mode = [](const std::string&) { return std::optional(0644U); };
    std::map<FileKind, std::vector<std::string>> found;
    for (const auto& [path, text] : files) {
        project.paths.push_back(path);
        project.tracked.insert(path);
        if (const auto kind = kind_of(path)) found[*kind].push_back(path);
    }
    add_subjects(project, {}, std::move(found));
    return project;
}

void check_place(const Files& files, const Hit& hit) {
    if (hit.line < 0 || hit.column < 0 || hit.message.empty()) std::abort();
    const auto file = files.find(hit.file);
    if (file == files.end()) return; // of the project, or of a folder
    const auto lines = std::count(file->second.begin(), file->second.end(), '\n') + 1;
    if (hit.line > lines) std::abort();
}

}

extern "C" int fuzz_preflight_rules(const std::uint8_t* data, std::size_t size) {
    const auto files = files_of({reinterpret_cast<const char*>(data), size});
    if (files.empty()) return 0;
    const auto project = project_of(files);
    std::vector<Edit> edits;
    for (const auto& one : judge(project, {})) {
        check_place(files, one.hit);
        for (const auto& edit : one.hit.edits) {
            if (edit.begin > edit.end) std::abort();
            if (const auto file = files.find(edit.file); file != files.end() && edit.end > file->second.size())
                std::abort();
            edits.push_back(edit);
        }
    }
    show(changes_of(std::move(edits), project.read));
    return 0;
}
