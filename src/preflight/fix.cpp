#include "preflight/fix.h"
#include "base/diff.h"
#include "base/secrets/credentials.h"
#include "base/shell.h"
#include "base/text.h"
#include "preflight/kinds.h"
#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>
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

std::string without_random(std::string text) {
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

// Switches, numbers, names of environments and what stands somewhere else.
bool is_harmless(std::string_view value) {
    static const std::set<std::string, std::less<>> words = {
        "",        "true",  "false",  "yes",        "no",          "on",      "off",           "t",     "f",
        "y",       "n",     "|",      "production", "prod",        "staging", "test",          "debug", "info",
        "warning", "error", "always", "null",       "development", ">",       "unless-stopped"};
    constexpr std::size_t longest_number = 8;
    if (words.contains(lower(value))) return true;
    if (value.find_first_not_of("0123456789.") == value.npos) return value.size() <= longest_number;
    constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_{}?:";
    return value.starts_with('$') && value.find_first_not_of(letters, 1) == value.npos &&
           value.find(":-") == value.npos;
}

// Shows the lines that change. What stood there is the user's, and its values aren't shown; what --fix writes is.
class Masks {
  public:
    explicit Masks(bool is_env) : is_env_(is_env) {}

    std::string shown(std::string_view line) {
        const bool goes = line.front() == '-';
        std::string text = hide_credentials(line.substr(1));
        const auto words = trim(std::string_view(text));
        if (is_env_ && !words.empty() && !words.starts_with('#') && !sets_usual_name(words)) text = "***";
        const bool is_comment = words.starts_with('#');
        for (std::size_t at = 0; !is_comment && at < text.size(); ++at)
            if (is_sign(text, at)) at = mask(text, at + 1, goes);
        return line.front() + without_random(std::move(text));
    }

  private:
    // A line of a key that lost its quotes may look like a name.
    static bool sets_usual_name(std::string_view words) {
        if (words.starts_with("export ")) words.remove_prefix(7);
        const auto name = words.substr(0, words.find('='));
        return words.size() > name.size() && (upper(name) == name || lower(name) == name) &&
               name.find_first_of("+/-") == name.npos;
    }

    // Behind a name: NAME=value, NAME: value of YAML, ENV NAME value.
    bool is_sign(std::string_view text, std::size_t at) const {
        if (text[at] == '=') return at > 0;
        if (is_env_) return false;
        if (text[at] == ':') return at > 0 && at + 1 < text.size() && text[at + 1] == ' ';
        if (text[at] != ' ' || !text.starts_with("ENV ") || at < 5) return false;
        return text.find_first_of(" =", 4) == at;
    }

    // Masks the value that begins at or behind `at`; its last byte, as it is then.
    std::size_t mask(std::string& text, std::size_t at, bool goes) {
        const bool to_the_end = is_env_ || text[at - 1] != '=';
        at = std::min(text.find_first_not_of(" \t", at), text.size());
        const char quote = at < text.size() && (text[at] == '"' || text[at] == '\'') ? text[at] : '\0';
        at += quote != 0 ? 1 : 0;
        auto end = quote != 0 ? text.find(quote, at) : to_the_end ? text.npos : text.find_first_of(" \t\"'", at);
        end = std::min(to_the_end && quote == 0 ? text.find_last_not_of(" \t\r") + 1 : end, text.size());
        if (end <= at) return at;
        const auto value = text.substr(at, end - at);
        if (goes) users_.insert(bare(value));
        if (is_harmless(value) || (!goes && !is_users(value))) return end;
        text.replace(at, end - at, "***");
        return at + 3;
    }

    // Without what quoting adds or takes away.
    static std::string bare(std::string_view value) {
        std::string text;
        for (const char c : value)
            if (c != '\\' && c != '"' && c != '\'') text += c;
        return std::string(trim(std::string_view(text)));
    }
    bool is_users(std::string_view value) const {
        const auto text = bare(value);
        return std::any_of(users_.begin(), users_.end(), [&](const std::string& one) {
            return one == text || (one.size() > 3 && (text.find(one) != text.npos || one.find(text) != one.npos));
        });
    }

    bool is_env_;
    std::set<std::string> users_; // values of the lines that go
};

}

// Nothing around the lines that change: whatever stands there isn't ours to show.
std::string show(const std::vector<Change>& changes) {
    std::string out;
    for (const Change& change : changes) {
        Masks masks(kind_of(change.file) == FileKind::env);
        const auto diff = unified_diff(change.before, change.after, change.file, "as --fix makes it", 0);
        std::size_t number = 0;
        for (const auto& line : diff.empty() ? std::vector<std::string>() : split(diff, '\n')) {
            const bool is_head = ++number <= 2 || line.empty() || (line[0] != '-' && line[0] != '+');
            out += (is_head ? line : masks.shown(line)) + "\n";
        }
        if (!diff.empty()) out.pop_back();
        if (change.mode) out += fmt::format("chmod {:o} {}\n", *change.mode, shell_word(change.file));
    }
    return out;
}

}
