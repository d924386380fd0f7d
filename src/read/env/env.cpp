#include "read/env/env.h"
#include "base/text.h"
#include "base/utf8.h"
#include "read/env/env_collect.h"
#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace fairlead::read {

namespace {

constexpr std::size_t entries_at_most = 20'000;
constexpr std::size_t made_at_most = std::size_t{16} << 20; // bytes of all values: $A$A$A of $B$B$B of ...

const std::array<std::string, 6> dialect_list = {"compose", "docker", "systemd", "dotenv", "node", "shell"};
constexpr std::array<void (*)(EnvCollector&), 6> readers = {read_compose_env, read_docker_env, read_systemd_env,
                                                            read_dotenv,      read_node_env,   read_shell_env};

bool is_space(char32_t c, Spaces spaces) {
    if (c == ' ' || (c >= 0x09 && c <= 0x0d)) return true;
    if (c >= 0x1c && c <= 0x1f) return spaces == Spaces::python;
    if (c == 0x85) return spaces != Spaces::javascript;
    if (c == 0xfeff) return spaces == Spaces::javascript;
    return c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f ||
           c == 0x205f || c == 0x3000;
}

EnvQuote quote_of(std::string_view raw) {
    if (raw.empty()) return EnvQuote::none;
    return raw[0] == '"'    ? EnvQuote::double_quotes
           : raw[0] == '\'' ? EnvQuote::single_quotes
           : raw[0] == '`'  ? EnvQuote::backticks
                            : EnvQuote::none;
}

}

std::string_view name_of(EnvDialect dialect) { return dialect_list[static_cast<std::size_t>(dialect)]; }

std::optional<EnvDialect> dialect_named(std::string_view name) {
    const auto found = std::find(dialect_list.begin(), dialect_list.end(), name);
    if (found == dialect_list.end()) return std::nullopt;
    return static_cast<EnvDialect>(found - dialect_list.begin());
}

std::span<const std::string> dialect_names() { return dialect_list; }

std::map<std::string, std::optional<std::string>> EnvFile::values() const {
    std::map<std::string, std::optional<std::string>> all;
    for (const auto& entry : entries)
        if (!entry.left_out) all[entry.name] = entry.value;
    return all;
}

std::size_t space_at(std::string_view text, std::size_t at, Spaces spaces) {
    if (at >= text.size()) return 0;
    const auto point = decode_front(text.substr(at, 4));
    return is_space(point.value, spaces) ? point.bytes : 0;
}

std::size_t space_before(std::string_view text, std::size_t at, Spaces spaces) {
    for (std::size_t bytes = 1; bytes <= std::min<std::size_t>(3, at); ++bytes)
        if (space_at(text, at - bytes, spaces) == bytes) return bytes;
    return 0;
}

std::string_view trim_end(std::string_view text, Spaces spaces) {
    while (const auto bytes = space_before(text, text.size(), spaces)) text.remove_suffix(bytes);
    return text;
}

bool is_name(std::string_view word) {
    const auto inside = [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || (c >= '0' && c <= '9');
    };
    return !word.empty() && (word[0] < '0' || word[0] > '9') && std::all_of(word.begin(), word.end(), inside);
}

Position EnvCollector::place(Cursor& cursor, std::size_t at) const {
    at = std::min(at, text.size());
    if (at < cursor.at) cursor = {};
    while (cursor.at < at) {
        const bool ends = text[cursor.at] == '\n';
        cursor.at += decode_front(text.substr(cursor.at, 4)).bytes;
        cursor.position =
            ends ? Position{cursor.position.line + 1, 1} : Position{cursor.position.line, cursor.position.column + 1};
    }
    return cursor.position;
}

EnvEntry& EnvCollector::add(const Where& where) {
    if (file_.entries.size() >= entries_at_most && !full_) {
        refuse(where.begin, fmt::format("more than {} variables; split the file", entries_at_most));
        full_ = true;
    }
    auto& entry = file_.entries.emplace_back();
    const auto place_of = place(entries_, where.begin);
    const auto blank = [&](std::size_t at) { return at < text.size() && (text[at] == ' ' || text[at] == '\t'); };
    entry.name = text.substr(where.name.begin, where.name.end - where.name.begin);
    entries_of_[entry.name].push_back(file_.entries.size() - 1);
    entry.raw = text.substr(where.value.begin, where.value.end - where.value.begin);
    entry.quote = file_.dialect == EnvDialect::docker ? EnvQuote::none : quote_of(entry.raw);
    entry.exported = where.begin != where.name.begin;
    entry.has_equals = where.equals != text.npos;
    entry.blank_before = entry.has_equals && where.equals > 0 && blank(where.equals - 1);
    entry.blank_after = entry.has_equals && !entry.raw.empty() && blank(where.equals + 1);
    entry.line = place_of.line;
    entry.column = place_of.column;
    entry.whole = {where.begin, std::max(where.value.end, where.name.end)};
    entry.name_at = where.name;
    entry.value_at = where.value;
    entry.end_line = place(entries_, entry.whole.end).line;
    return entry;
}

bool EnvCollector::spend(std::size_t bytes) {
    if (full_) return false;
    spent_ += bytes;
    if (spent_ <= made_at_most) return true;
    refuse(text.size(),
           fmt::format(
               "its values fill more than {} MiB when they are expanded; use fewer variables inside other variables",
               made_at_most >> 20));
    full_ = true;
    return false;
}

void EnvCollector::define(EnvEntry& entry, std::string value) {
    define(entry.name, value);
    entry.value = std::move(value);
}

void EnvCollector::define(const std::string& name, std::string value) {
    if (spend(name.size() + value.size())) defined_[name] = std::move(value);
}

void EnvCollector::forget(const std::string& name) {
    defined_.erase(name);
    for (const auto index : entries_of_[name]) file_.entries[index].left_out = true;
    entries_of_[name].clear();
}

void EnvCollector::problem(std::size_t at, std::string message) {
    if (file_.problems.size() >= entries_at_most) return;
    const auto where = place(problems_, at);
    file_.problems.push_back({where.line, where.column, std::move(message)});
}

void EnvCollector::refuse(std::size_t at, std::string message) {
    file_.refused = true;
    problem(at, std::move(message));
}

std::optional<std::string> EnvCollector::caller(const std::string& name) const {
    return lookup_ ? lookup_(name) : std::nullopt;
}

std::optional<std::string> EnvCollector::earlier(const std::string& name) const {
    const auto found = defined_.find(name);
    return found == defined_.end() ? std::nullopt : std::optional(found->second);
}

EnvFile read_env(std::string_view text, EnvDialect dialect, const EnvLookup& lookup) {
    EnvFile file{.dialect = dialect};
    EnvCollector out(text.substr(0, std::min(text.size(), env_limit)), file, lookup);
    if (text.size() > env_limit)
        out.refuse(0,
                   fmt::format("the file has more than {} MiB, which is too large for an env file; name a smaller file",
                               env_limit >> 20));
    readers[static_cast<std::size_t>(dialect)](out);
    return file;
}

}
