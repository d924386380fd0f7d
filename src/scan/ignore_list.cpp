#include "scan/ignore_list.h"
#include "base/text.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::scan {

IgnoreList IgnoreList::parse(std::string_view text) {
    IgnoreList list;
    int number = 0;
    for (const std::string& raw : split(text, '\n')) {
        ++number;
        const std::string line = replace_all(trim(raw), "\\", "/");
        if (line.empty() || line.starts_with('#')) continue;
        const auto colons = std::count(line.begin(), line.end(), ':');
        if (colons != 2 && colons != 3) list.malformed_.push_back(number); // a name with colons counts all the same
        if (colons >= 2) list.entries_.try_emplace(line, Entry{number, colons >= 3, false});
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
    for (const int line : malformed_)
        sentences.push_back(fmt::format(".gitleaksignore:{}: this line is not an entry; write file:rule:line", line));
    std::vector<int> idle;
    for (const auto& [text, entry] : entries_)
        if (scanned == Scanned::whole_tree && !entry.used && !entry.has_commit) idle.push_back(entry.line);
    std::sort(idle.begin(), idle.end());
    for (const int line : idle)
        sentences.push_back(fmt::format(".gitleaksignore:{}: this entry covers no finding; remove it", line));
    return sentences;
}

}
