#include "scan/ignore_list.h"
#include "base/text.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::scan {

IgnoreList IgnoreList::parse(std::string_view text) {
    IgnoreList list;
    for (const std::string& raw : split(text, '\n')) {
        const std::string line = replace_all(trim(raw), "\\", "/");
        if (line.empty() || line.starts_with('#')) continue;
        const auto colons = std::count(line.begin(), line.end(), ':');
        if (colons != 2 && colons != 3)
            list.malformed_.push_back(line);
        else
            list.entries_[line].has_commit = colons == 3;
    }
    return list;
}

bool IgnoreList::covers(std::string_view commit, std::string_view path, std::string_view rule, int line) {
    if (entries_.empty()) return false;
    const std::string place = fmt::format("{}:{}:{}", path, rule, line);
    bool covered = false;
    for (const std::string& key : {place, fmt::format("{}:{}", commit, place)}) {
        const auto entry = entries_.find(key);
        if (entry == entries_.end()) continue;
        entry->second.used = covered = true;
    }
    return covered;
}

std::vector<std::string> IgnoreList::complaints(Scanned scanned) const {
    std::vector<std::string> sentences;
    for (const std::string& line : malformed_)
        sentences.push_back(fmt::format(".gitleaksignore: '{}' is no entry; expected file:rule:line", line));
    for (const auto& [line, entry] : entries_)
        if (scanned == Scanned::whole_tree && !entry.used && !entry.has_commit)
            sentences.push_back(fmt::format(".gitleaksignore: '{}' covers nothing; take it out", line));
    return sentences;
}

}
