#include "base/secrets/credentials.h"
#include "base/text.h"
#include "base/utf8.h"
#include "preflight/parts/conf_values.h"
#include "preflight/rules/env_lines.h"
#include "preflight/rules/groups.h"
#include "preflight/uses/env_users.h"
#include <algorithm>
#include <fmt/format.h>
#include <map>

// The names in an env file.
namespace fairlead::preflight {

namespace {

using namespace env;
using read::EnvDialect;
using read::EnvEntry;

void duplicate(const EnvFile& file, const Project&, Hits& hits) {
    std::map<std::string, const EnvEntry*> seen;
    const auto lines = lines_of(file);
    for (const auto& entry : file.read->entries) {
        if (!entry.has_equals || entry.name.empty()) continue;
        const auto [at, is_new] = seen.try_emplace(entry.name, &entry);
        if (is_new) continue;
        const bool equal = at->second->value == entry.value && at->second->left_out == entry.left_out;
        auto& hit = add(hits, file, entry,
                        fmt::format("{} is set on lines {} and {}; the last value wins; remove one line",
                                    short_name(entry.name), at->second->line, entry.line));
        if (!equal && is_secret_name(entry.name)) hit.level = Level::error;
        const auto first = lines[static_cast<std::size_t>(entry.line) - 1].begin;
        const auto last = static_cast<std::size_t>(entry.end_line);
        if (equal && entry.line != at->second->line)
            hit.edits.push_back(edit(file, first, last < lines.size() ? lines[last].begin : file.text.size(), ""));
    }
}

void no_value(const EnvFile& file, const Project&, Hits& hits) {
    const bool shell = dialect_is(file, {EnvDialect::shell});
    for (const auto& line : entry_lines(file)) {
        if (line.entry == nullptr || line.entry->has_equals || line.text.find('=') != line.text.npos) continue;
        if (shell && line.entry->exported) continue;
        const auto name = shown_key(line);
        const bool is_name = name == line.key;
        auto& hit = add(hits, file, line.number, 1,
                        fmt::format("{} has no '='; it is {}; write {}= or remove the line", name,
                                    dialect_is(file, {EnvDialect::compose, EnvDialect::docker})
                                        ? "taken from the caller's environment"
                                        : "not set",
                                    is_name ? name : "NAME"));
        if (dialect_is(file, {EnvDialect::compose, EnvDialect::docker})) hit.level = Level::info;
    }
}

void lower_case(const EnvFile& file, const Project&, Hits& hits) {
    for (const auto& line : entry_lines(file))
        if (std::any_of(line.key.begin(), line.key.end(), [](char c) { return c >= 'a' && c <= 'z'; }) &&
            shown_key(line) == short_name(line.key))
            add(hits, file, line.number, 1,
                fmt::format("{} is not in upper case; variables usually are; write {}", shown_key(line),
                            upper(short_name(line.key))));
}

void characters(const EnvFile& file, const Project&, Hits& hits) {
    const bool strict = dialect_is(file, {EnvDialect::systemd, EnvDialect::shell});
    for (const auto& line : entry_lines(file)) {
        const bool command = line.text.find('=') == line.text.npos && line.key.find(' ') != line.key.npos;
        const auto begin = std::find_if(line.key.begin(), line.key.end(), [](char c) {
            return is_plain_name({&c, 1}) || c == '-';
        });
        const auto wrong = std::find_if(begin, line.key.end(), [](char c) {
            return !is_plain_name({&c, 1}) && (c < '0' || c > '9');
        });
        if (wrong == line.key.end() || command) continue;
        const auto point = std::string_view(
            &*wrong, decode_front(line.key.substr(static_cast<std::size_t>(wrong - line.key.begin()))).bytes);
        auto& hit =
            add(hits, file, line.number, 1,
                fmt::format("{} has '{}'; a shell and systemd don't accept such a name; use letters, digits and '_'",
                            shown_key(line), to_valid_utf8(point)));
        if (strict) hit.level = Level::error;
    }
}

void leading(const EnvFile& file, const Project&, Hits& hits) {
    for (const auto& line : entry_lines(file)) {
        const char c = line.text.front();
        if (is_plain_name({&c, 1}) || static_cast<unsigned char>(c) >= 0x80) continue;
        if (line.key.empty()) continue;
        const bool blank = c == ' ' || c == '\t';
        auto& hit =
            add(hits, file, line.number, 1,
                fmt::format("{} starts with {}; not every reader accepts that; begin the line with a letter or '_'",
                            shown_key(line), blank ? "a blank" : fmt::format("'{}'", c)));
        if (dialect_is(file, {EnvDialect::systemd, EnvDialect::shell}) && !blank) hit.level = Level::error;
    }
}

void case_clash(const EnvFile& file, const Project&, Hits& hits) {
    std::map<std::string, const EnvEntry*> seen;
    for (const auto& entry : file.read->entries) {
        if (entry.name.empty()) continue;
        const auto& first = *seen.try_emplace(lower(entry.name), &entry).first->second;
        if (first.name != entry.name)
            add(hits, file, entry,
                fmt::format("{} and {} are two variables; a program that reads one misses the other; use one spelling",
                            short_name(first.name), short_name(entry.name)));
    }
}

void order(const EnvFile& file, const Project&, Hits& hits) {
    std::vector<std::string_view> names; // of the block
    std::string_view last;
    std::string last_shown;
    int before = 0;
    const auto lines = entry_lines(file);
    for (const auto& line : lines) {
        if (line.number != before + 1) names.clear(); // a blank line or a comment between
        before = line.entry != nullptr ? std::max(line.entry->end_line, line.number) : line.number;
        if (names.empty()) last = {};
        const bool uses = std::any_of(names.begin(), names.end(), [&](std::string_view name) {
            return line.text.find("$" + std::string(name)) != line.text.npos ||
                   line.text.find("${" + std::string(name)) != line.text.npos;
        });
        if (names.size() > 200 || uses) {
            names.clear();
            continue;
        }
        if (line.key < last)
            add(hits, file, line.number, 1,
                fmt::format("{} comes after {}; sorted names are easier to find; sort the block", shown_key(line),
                            last_shown));
        names.push_back(line.key);
        if (line.key >= last) last_shown = shown_key(line);
        last = std::max(last, line.key);
    }
}

}

std::span<const Rule> env_keys_rules() {
    static const Rule rules[] = {
        {"env-key-duplicate",
         "A variable is set twice in one file",
         always(Level::warning),
         duplicate,
         "The last value wins. A change of the first line has no effect.",
         "Remove one of the two lines.",
         {"DuplicatedKey"},
         {"S2-71"},
         Fix::safe},
        {"env-key-no-value",
         "A name has no '='",
         always(Level::warning),
         no_value,
         "For a name without '=', Compose and docker take the value from the environment in which you start them. "
         "Other programs ignore the name, or see no value.",
         "NAME=value, or no line at all.",
         {"KeyWithoutValue"},
         {"S4-28"}},
        {"env-key-lowercase",
         "A name is not in upper case",
         by_request,
         lower_case,
         "Environment variables are usually in upper case. On Linux, `db_user` and `DB_USER` are two variables.",
         "DB_USER=app",
         {"LowercaseKey"}},
        {"env-key-char",
         "A name has a character that not every reader accepts",
         always(Level::warning),
         characters,
         "In POSIX, a name has only letters, digits and '_'. If a name has any other character, systemd skips the "
         "line, and a shell runs the line as a command.",
         "DB_USER=app instead of DB-USER=app",
         {"IncorrectDelimiter"},
         {"S0-24"}},
        {"env-key-case-clash",
         "Two names differ only in case",
         always(Level::warning),
         case_clash,
         "They are two variables on Linux, but the same variable on Windows.",
         "Keep one spelling.",
         {},
         {"S2-123"}},
        {"env-key-leading",
         "A line doesn't start with a letter or '_'",
         always(Level::warning),
         leading,
         "systemd and a shell don't accept a name that starts with a digit or a punctuation mark.",
         "NAME=value",
         {"LeadingCharacter"}},
        {"env-order",
         "Names are not sorted",
         by_request,
         order,
         "Sorted names are easier to find and to merge.",
         "Sort the names of each block.",
         {"UnorderedKey"},
         {}},
    };
    return rules;
}

}
