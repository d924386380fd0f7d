#include "preflight/fix.h"
#include "base/diff.h"
#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <tuple>

namespace fairlead::preflight {

std::vector<Change> changes_of(std::vector<Edit> edits, const Read& read) {
    const auto place = [](const Edit& edit) { return std::tie(edit.begin, edit.end, edit.text); };
    std::map<std::string, std::vector<Edit>> by_file;
    for (auto& edit : edits) by_file[edit.file].push_back(std::move(edit));
    std::vector<Change> changes;
    for (auto& [file, its] : by_file) {
        std::stable_sort(its.begin(), its.end(), [&](const Edit& a, const Edit& b) { return place(a) < place(b); });
        its.erase(std::unique(its.begin(), its.end(),
                              [&](const Edit& a, const Edit& b) { return place(a) == place(b) && a.mode == b.mode; }),
                  its.end());
        const auto text = read(file);
        Change change{.file = file, .before = text.value_or(""), .after = {}, .is_new = !text, .mode = {}};
        std::size_t done = 0;
        for (const Edit& edit : its) {
            if (edit.mode) change.mode = edit.mode;
            if (edit.begin < done || edit.end < edit.begin || edit.end > change.before.size()) continue;
            change.after.append(change.before, done, edit.begin - done).append(edit.text);
            done = edit.end;
        }
        change.after.append(change.before, done);
        if (change.after != change.before || change.mode) changes.push_back(std::move(change));
    }
    return changes;
}

std::string show(const std::vector<Change>& changes) {
    std::string out;
    for (const Change& change : changes) {
        out += unified_diff(change.before, change.after, change.file, "as --fix makes it");
        if (change.mode) out += fmt::format("chmod {:o} {}\n", *change.mode, change.file);
    }
    return out;
}

}
