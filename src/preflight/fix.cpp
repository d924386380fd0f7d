#include "preflight/fix.h"
#include "base/credentials.h"
#include "base/diff.h"
#include "base/text.h"
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

namespace {

// Letters and digits mixed for long enough: a key or a digest, whatever the name before it.
bool is_random(std::string_view word) {
    const auto digits = std::count_if(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
    return word.size() >= 24 && digits >= 3 && word.find('/') == word.npos;
}

// A line as others may see it: `NAME=value` and `NAME: value` of a secret's name, URLs with passwords, keys.
std::string shown_line(const std::string& line) {
    std::string text = hide_credentials(line);
    const auto sign = text.find_first_of("=:");
    if (sign != text.npos) {
        auto name = trim(std::string_view(text).substr(0, sign));
        name = name.substr(name.find_last_of(" \t-\"'{[,") + 1);
        const auto value = trim(std::string_view(text).substr(sign + 1));
        if (sounds_secret(name) && !value.empty() && !value.starts_with("${")) return text.substr(0, sign + 1) + "***";
    }
    for (std::size_t begin = 0; begin < text.size();) {
        constexpr std::string_view ends = " \t\"'=,;:{}[]()";
        const auto end = std::min(text.find_first_of(ends, begin), text.size());
        if (is_random(std::string_view(text).substr(begin, end - begin))) {
            text.replace(begin, end - begin, "***");
            begin += 3;
        } else {
            begin = end + 1;
        }
    }
    return text;
}

std::string shown(std::string_view text) {
    std::string lines;
    for (const auto& line : split(text, '\n')) lines += shown_line(line) + "\n";
    if (!lines.empty()) lines.pop_back();
    return lines;
}

}

// Two lines that differ in a secret only look alike then, and are left out.
std::string show(const std::vector<Change>& changes) {
    std::string out;
    for (const Change& change : changes) {
        out += unified_diff(shown(change.before), shown(change.after), change.file, "as --fix makes it");
        if (change.mode) out += fmt::format("chmod {:o} {}\n", *change.mode, change.file);
    }
    return out;
}

}
