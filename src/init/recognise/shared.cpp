// Which of the folders that a program writes into all its releases can share, and what a person has to decide.
#include "base/path.h"
#include "base/text.h"
#include "base/words.h"
#include "init/recognise/recogniser.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::init {

namespace {

std::size_t files_below(const Files& files, const std::string& folder) {
    std::size_t count = 0;
    const auto& own = files.tracked.empty() ? files.paths : files.tracked;
    const auto prefix = folder + "/";
    for (auto it = std::lower_bound(own.begin(), own.end(), prefix); it != own.end() && it->starts_with(prefix); ++it)
        count += is_one_of(file_name(*it), {".gitkeep", ".keep", ".gitignore", ".empty"}) ||
                         (files.tracked.empty() && is_one_of(extension_of(*it), {".db", ".sqlite", ".sqlite3"}))
                     ? 0
                     : 1;
    return count;
}

std::string unless_set(const Written& one) {
    return one.is_default ? " unless a variable of the environment names another place" : "";
}

std::string of_whole_host(const Written& one) {
    return fmt::format("{} opens the SQLite database {}{}{}; environments on one host then share it; give each its own "
                       "file, and name the file in backup.sources",
                       one.from, one.path, one.path.starts_with("/tmp/") ? ", which a reboot may delete" : "",
                       unless_set(one));
}

std::string to_decide(const Written& one, const std::string& folder, bool is_tracked) {
    if (one.what == What::uploads)
        return fmt::format("{} ({}) gets files while the program runs and has files of the project, so the releases "
                           "can't share it, and the next deployment takes away what was uploaded{}; decide this first: "
                           "write uploads to a folder of their own, and name that folder in deploy.target.shared",
                           folder, one.from, unless_set(one));
    if (!one.known)
        return fmt::format("{} opens a SQLite database in a folder that init can't tell; decide this first: if it is "
                           "in the release, the next deployment begins without the data{}; keep the database in a "
                           "folder of its own, and name that folder in deploy.target.shared",
                           one.from, unless_set(one));
    return fmt::format("{} ({}) is a SQLite database among the files of the release, so the next deployment begins "
                       "with {}{}; decide this first: keep the database in a folder of its own, such as data, and name "
                       "that folder in deploy.target.shared",
                       one.path, one.from, is_tracked ? "the one that is in git" : "an empty one", unless_set(one));
}

}

void decide_shared(const Files& files, Component& component) {
    std::vector<std::string> decisions, outside;
    const auto inside = [&](const std::string& path) {
        return component.folder.empty() ? path : component.folder + "/" + path;
    };
    const bool demanded = std::any_of(component.variables.begin(), component.variables.end(), [](const Variable& one) {
        return one.need == project::Need::required && lower(one.fallback).find("sqlite") != std::string::npos;
    });
    for (const auto& one : component.written) {
        if (demanded && one.what == What::database && one.is_default) continue; // no environment runs on that file
        if (one.outside) {
            outside.push_back(of_whole_host(one));
            continue;
        }
        const auto folder = one.what == What::database ? folder_of(one.path) : one.path;
        const bool free = one.known && !folder.empty() && files_below(files, inside(folder)) == 0;
        if (free) {
            const auto holds = [&](const Shared& other) {
                return folder == other.folder || folder.starts_with(other.folder + "/");
            };
            if (std::any_of(component.shared.begin(), component.shared.end(), holds)) continue;
            std::erase_if(component.shared,
                          [&](const Shared& other) { return other.folder.starts_with(folder + "/"); });
            component.shared.push_back({folder, one.what, one.from});
        } else if (one.what != What::folder) { // to make a folder that is there changes nothing
            const auto& own = files.tracked.empty() ? files.paths : files.tracked;
            decisions.push_back(to_decide(one, folder, std::binary_search(own.begin(), own.end(), inside(one.path))));
        }
    }
    component.doubts.insert(component.doubts.begin(), decisions.begin(), decisions.end());
    component.doubts.insert(component.doubts.end(), outside.begin(), outside.end());
    const auto uploads = std::find_if(component.written.begin(), component.written.end(),
                                      [](const Written& one) { return one.what == What::uploads; });
    if (uploads != component.written.end())
        component.doubts.push_back(fmt::format(
            "{} gets uploads, and nginx refuses those over 1 MB with status 413; write client_max_body_size "
            "with the size that you allow into nginx's http {{}}",
            uploads->from));
    component.decisions = std::move(decisions);
}

}
