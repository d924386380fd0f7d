#include "base/secrets/credentials.h"
#include "base/text.h"
#include "base/utf8.h"
#include "preflight/rules/env_lines.h"
#include "preflight/rules/groups.h"
#include "preflight/uses/env_users.h"
#include <algorithm>
#include <fmt/format.h>
#include <map>

// What stands round a value: '=', blanks, quotes, comments.
namespace fairlead::preflight {

namespace {

using namespace env;
using read::EnvDialect;
using read::EnvEntry;

void space_equals(const EnvFile& file, const Project&, Hits& hits) {
    const bool strict = dialect_is(file, {EnvDialect::docker, EnvDialect::shell});
    for (const auto& line : entry_lines(file)) {
        if (line.equals == line.text.npos) continue;
        const auto before = line.text.find_last_not_of(" \t", line.equals - 1);
        const auto after = line.text.find_first_not_of(" \t", line.equals + 1);
        const bool value = after != line.text.npos && line.text[after] != '#';
        if (line.equals == 0 || before == line.text.npos ||
            (before + 1 == line.equals && (!value || after == line.equals + 1)))
            continue;
        auto& hit =
            add(hits, file, line.number, static_cast<int>(before) + 2,
                fmt::format("{} has blanks around its '='; docker and a shell don't accept that; write {}=value",
                            shown_key(line), shown_key(line)));
        if (strict) hit.level = Level::error;
        hit.edits.push_back(edit(file, line.begin + before + 1, line.begin + (value ? after : line.equals + 1), "="));
    }
}

bool is_bare(std::string_view value) { // no quote opens it
    return !value.empty() && value[0] != '"' && value[0] != '\'' && value[0] != '`';
}

void env_unquoted(const EnvFile& file, const Project&, Hits& hits) {
    if (dialect_is(file, {EnvDialect::docker})) return; // it has no quotes
    for (const auto& line : entry_lines(file)) {
        const auto value = line.bare_value();
        const auto blank = value.find_first_of(" \t");
        if (!is_bare(value) || blank == value.npos || value.find("\\ ") != value.npos) continue;
        if (value.starts_with('#')) continue; // NAME=   # required: no value, and a comment
        const auto quotes = value.find('"');
        if (dialect_is(file, {EnvDialect::shell}) && quotes != value.npos && quotes < blank) continue; // a"b c"
        auto& hit = add(hits, file, line.number, line.column_of(value) + static_cast<int>(blank),
                        fmt::format("{} has blanks and no quotes; a shell would run the second word; write {}=\"...\"",
                                    shown_key(line), shown_key(line)));
        if (dialect_is(file, {EnvDialect::shell})) hit.level = Level::error;
        // Nothing is mended where its reader sees another value: one that has the comment in it, or ends at a '#'.
        const bool same = line.entry != nullptr && line.entry->value == std::optional<std::string>(value);
        if ((same || dialect_is(file, {EnvDialect::shell})) && value.find_first_of("\"\\$`") == value.npos) {
            const auto begin = line.begin + static_cast<std::size_t>(value.data() - line.text.data());
            hit.edits.push_back(edit(file, begin, begin + value.size(), "\"" + std::string(value) + "\""));
        }
    }
}

bool is_wrapped(std::string_view raw) {
    return raw.size() > 1 && (raw[0] == '"' || raw[0] == '\'') && raw.back() == raw[0];
}

bool is_used_by(const EnvFile& file, std::string_view user) {
    return std::find(file.users.begin(), file.users.end(), user) != file.users.end();
}

bool is_simple(std::string_view inside) { // with and without quotes the same to all
    return inside.find_first_of(" \t\n\r\"'`$#&=\\;|<>()*?~!{}[]") == inside.npos;
}

void quotes_literal(const EnvFile& file, const Project&, Hits& hits) {
    const bool only_docker = dialect_is(file, {EnvDialect::docker});
    const bool docker = only_docker || is_used_by(file, "docker"); // `format: raw` as well
    if (!docker && !is_used_by(file, by_compose_1)) return;
    for (const auto& entry : file.read->entries) {
        if (!entry.has_equals || !is_wrapped(entry.raw)) continue;
        auto& hit = add(hits, file, entry,
                        fmt::format("{} is in quotes; {} keeps them as part of the value; remove the quotes",
                                    short_name(entry.name), docker ? "docker run --env-file" : by_compose_1));
        if (!docker) hit.level = Level::info; // newer ones by that name don't
        auto inside = entry.raw.substr(1, entry.raw.size() - 2);
        if (only_docker || is_simple(inside))
            hit.edits.push_back(edit(file, entry.value_at.begin, entry.value_at.end, std::move(inside)));
    }
}

void quotes_needless(const EnvFile& file, const Project&, Hits& hits) {
    for (const auto& entry : file.read->entries) {
        if (!entry.has_equals || !is_wrapped(entry.raw) || entry.raw.size() < 3) continue;
        const auto inside = std::string_view(entry.raw).substr(1, entry.raw.size() - 2);
        if (!is_simple(inside)) continue;
        auto& hit =
            add(hits, file, entry,
                fmt::format("{} doesn't need quotes; readers that keep them see another value; remove the quotes",
                            short_name(entry.name)));
        hit.edits.push_back(edit(file, entry.value_at.begin, entry.value_at.end, std::string(inside)));
    }
}

bool multi_line_cut(const EnvEntry& entry) {
    return entry.has_equals && !entry.raw.empty() && (entry.raw[0] == '"' || entry.raw[0] == '\'') &&
           entry.raw.find(entry.raw[0], 1) == std::string::npos;
}

void multiline(const EnvFile& file, const Project&, Hits& hits) {
    if (!dialect_is(file, {EnvDialect::docker})) return;
    for (const auto& entry : file.read->entries)
        if (multi_line_cut(entry))
            add(hits, file, entry,
                fmt::format("{} has several lines; docker run reads only the first line; write \\n, or mount a file",
                            short_name(entry.name)));
}

void exported(const EnvFile& file, const Project&, Hits& hits) {
    if (dialect_is(file, {EnvDialect::shell})) return;
    for (const auto& entry : file.read->entries) {
        if (!entry.exported || !entry.has_equals) continue;
        auto& hit = add(hits, file, entry,
                        fmt::format("{} has export before it; docker --env-file and systemd don't know that word; "
                                    "remove it",
                                    short_name(entry.name)));
        if (dialect_is(file, {EnvDialect::docker, EnvDialect::systemd})) hit.level = Level::error;
        hit.edits.push_back(edit(file, entry.whole.begin, entry.name_at.begin, ""));
    }
}

// `# c` that stays in the value, and `b#c` that loses its end.
void hash(const EnvFile& file, const Project&, Hits& hits) {
    const bool node = dialect_is(file, {EnvDialect::node}) ||
                      std::find(file.users.begin(), file.users.end(), "node") != file.users.end();
    const bool keeps = dialect_is(file, {EnvDialect::docker, EnvDialect::systemd});
    for (const auto& line : entry_lines(file)) {
        const auto value = line.value();
        if (!is_bare(value)) continue;
        const auto at = value.find('#');
        if (at == value.npos || at == 0) continue;
        const bool comment = value[at - 1] == ' ' || value[at - 1] == '\t';
        if (comment ? !keeps : !node) continue;
        auto& hit = add(hits, file, line.number, line.column_of(value) + static_cast<int>(at),
                        comment ? fmt::format("{} has a comment after its value; {} makes it part of the value; write "
                                              "the comment on its own line",
                                              shown_key(line), file.dialect)
                                : fmt::format("{} has '#' without quotes; dotenv of npm drops everything from there "
                                              "on; put the value in quotes",
                                              shown_key(line)));
        const auto whole = line.bare_value();
        if (comment || whole.find_first_of("\"'`$\\") != whole.npos) continue;
        const auto begin = line.begin + static_cast<std::size_t>(whole.data() - line.text.data());
        hit.edits.push_back(edit(file, begin, begin + whole.size(), "\"" + std::string(whole) + "\""));
    }
}

}

std::span<const Rule> env_quotes_rules() {
    static const Rule rules[] = {
        {"env-space-equals",
         "There are blanks around '='",
         always(Level::warning),
         space_equals,
         "If the blank is before '=', `docker run` refuses the file, and a shell runs the name as a command. If the "
         "blank is after '=', `docker run` adds the blank to the value, and a shell runs the value as a command.",
         "NAME=value",
         {"SpaceCharacter"},
         {"S0-24"},
         Fix::safe},
        {"env-value-unquoted",
         "A value has blanks and no quotes",
         always(Level::warning),
         env_unquoted,
         "A shell that sources the file takes only the first word as the value, and runs the second word as a command.",
         "APP_NAME=\"My App\"",
         {"ValueWithoutQuotes"},
         {"S0-24"},
         Fix::safe},
        {"env-quotes-literal",
         "Quotes become part of the value",
         always(Level::error),
         quotes_literal,
         "`docker run --env-file`, and compose with `format: raw`, keep the quotes (docker/cli in August 2026). A "
         "password with quotes then differs from the password that the database has.",
         "PASSWORD=value without quotes",
         {"QuoteCharacter"},
         {"S0-24"},
         Fix::safe},
        {"env-quotes-needless",
         "Quotes are not needed",
         by_request,
         quotes_needless,
         "If a plain word has no quotes, all programs read it in the same way.",
         "NAME=value",
         {"QuoteCharacter"},
         {},
         Fix::safe},
        {"env-multiline",
         "A value has several lines, but the program that uses the file reads only one",
         always(Level::error),
         multiline,
         "`docker run --env-file` reads single lines. If the value is a key in PEM form, only its first line is left.",
         "Mount the key as a file or a secret, or write it on one line with \\n.",
         {},
         {}},
        {"env-export",
         "The word export is before a name",
         always(Level::info),
         exported,
         "docker refuses a file with `export`, and systemd skips the line. Compose, dotenv and a shell accept it.",
         "NAME=value",
         {},
         {"S0-24"},
         Fix::safe},
        {"env-hash",
         "Programs read a '#' in a value in different ways",
         always(Level::warning),
         hash,
         "Programs disagree about where a comment begins. docker and systemd take a '#' after a value, and the text "
         "after it, as part of the value. The npm package dotenv ends the value at the first '#'.",
         "NAME=\"a#b\"; a comment on a line of its own",
         {},
         {},
         Fix::safe},
    };
    return rules;
}

}
