#include "base/secrets/credentials.h"
#include "base/text.h"
#include "base/utf8.h"
#include "preflight/rules/env_lines.h"
#include "preflight/rules/groups.h"
#include "preflight/uses/env_users.h"
#include <algorithm>
#include <fmt/format.h>
#include <map>

// How an env file is written: its lines, its ends, its bytes.
namespace fairlead::preflight {

namespace {

using namespace env;
using read::EnvDialect;
using read::EnvEntry;

// What another rule says better: a name, a missing '=', blanks and `export` that docker refuses, the encoding.
bool said_elsewhere(const EnvFile& file, const read::Problem& problem) {
    if (problem.message.find("UTF-8") != std::string::npos) return true;
    const bool strict = dialect_is(file, {EnvDialect::docker, EnvDialect::shell});
    const auto& entries = file.read->entries; // in the order of their lines
    auto entry = std::lower_bound(entries.begin(), entries.end(), problem.line,
                                  [](const EnvEntry& one, int line) { return one.line < line; });
    for (; entry != entries.end() && entry->line == problem.line; ++entry)
        if (!entry->has_equals || !is_plain_name(entry->name) || (strict && entry->blank_before) ||
            (entry->exported && dialect_is(file, {EnvDialect::docker, EnvDialect::systemd})) ||
            problem.message.find("the blank as a command") != std::string::npos)
            return true;
    return false;
}

void env_syntax(const EnvFile& file, const Project&, Hits& hits) {
    for (const auto& problem : file.read->problems)
        if (!said_elsewhere(file, problem))
            add(hits, file, problem.line, problem.column,
                to_valid_utf8(fmt::format("line {}: {}", problem.line, problem.message).substr(0, 157)));
    for (const auto& line : lines_of(file))
        if (const auto at = std::find_if(line.text.begin(), line.text.end(),
                                         [](char c) { return (c >= 0 && c < 0x20 && c != '\t') || c == 0x7f; });
            at != line.text.end())
            add(hits, file, line.number, 1,
                fmt::format("line {} has a control byte ({:#04x}); readers cut or refuse the value; remove it",
                            line.number, static_cast<unsigned char>(*at)));
}

void encoding(const EnvFile& file, const Project&, Hits& hits) {
    for (const auto& line : lines_of(file))
        if (!valid_utf8(line.text)) {
            add(hits, file, line.number, 1,
                fmt::format("line {} is not UTF-8; docker, systemd and python-dotenv refuse the file; save it as UTF-8",
                            line.number));
            return;
        }
}

void byte_order_mark(const EnvFile& file, const Project&, Hits& hits) {
    if (!file.text.starts_with("\xEF\xBB\xBF")) return;
    auto& hit = add(hits, file, 1, 1,
                    fmt::format("{} begins with a byte order mark; some readers make it part of the first name; save "
                                "the file without the mark",
                                file.file));
    if (dialect_is(file, {EnvDialect::systemd, EnvDialect::shell, EnvDialect::dotenv})) hit.level = Level::error;
    hit.edits.push_back(edit(file, 0, 3, ""));
}

void line_ends(const EnvFile& file, const Project&, Hits& hits) {
    Hit* hit = nullptr;
    for (const auto& line : lines_of(file)) {
        if (!line.has_cr) continue;
        if (hit == nullptr) {
            hit = &add(hits, file, line.number, 1,
                       fmt::format("line {} ends with CR LF; a shell makes the CR part of the value; save with LF",
                                   line.number));
            if (dialect_is(file, {EnvDialect::shell})) hit->level = Level::error;
        }
        hit->edits.push_back(edit(file, line.begin + line.text.size(), line.begin + line.text.size() + 1, ""));
    }
}

void final_newline(const EnvFile& file, const Project&, Hits& hits) {
    if (file.text.empty() || file.text.back() == '\n') return;
    const auto lines = lines_of(file);
    auto& hit =
        add(hits, file, lines.back().number, 1,
            "the last line has no newline; some readers drop it, and >> appends to that line; end it with a newline");
    hit.edits.push_back(edit(file, file.text.size(), file.text.size(), "\n"));
}

void blank_lines(const EnvFile& file, const Project&, Hits& hits) {
    const auto lines = lines_of(file);
    for (std::size_t index = 1; index < lines.size(); ++index) {
        const auto& line = lines[index];
        if (line.in_value || !trim(line.text).empty() || !trim(lines[index - 1].text).empty()) continue;
        auto& hit =
            add(hits, file, line.number, 1, "a blank line follows another blank line; one is enough; remove it");
        const auto end = std::min(line.begin + line.text.size() + (line.has_cr ? 2 : 1), file.text.size());
        if (line.begin < file.text.size()) hit.edits.push_back(edit(file, line.begin, end, ""));
    }
}

void trailing_space(const EnvFile& file, const Project&, Hits& hits) {
    for (const auto& line : entry_lines(file)) {
        const auto end = line.text.find_last_not_of(" \t");
        if (end == line.text.npos || end + 1 == line.text.size() || line.value_goes_on) continue;
        auto& hit = add(
            hits, file, line.number, static_cast<int>(end) + 2,
            fmt::format("{} has a blank after its value; docker run --env-file makes it part of the value; remove it",
                        shown_key(line)));
        hit.edits.push_back(edit(file, line.begin + end + 1, line.begin + line.text.size(), ""));
    }
}

}

std::span<const Rule> env_form_rules() {
    static const Rule rules[] = {
        {"env-syntax",
         "A line of an env file can't be read",
         always(Level::error),
         env_syntax,
         "The program that reads the file drops a line that it can't understand, and often the rest of the file, too.",
         "Close the quote, or write the line as NAME=value.",
         {"KeyWithoutValue"},
         {"S0-24"}},
        {"env-trailing-space",
         "There is a blank after a value",
         always(Level::warning),
         trailing_space,
         "`docker run --env-file` adds the blank to the value.",
         "Remove it.",
         {"TrailingWhitespace"},
         {},
         Fix::safe},
        {"env-blank-lines",
         "Two blank lines in a row",
         by_request,
         blank_lines,
         "One blank line is enough.",
         "Remove one.",
         {"ExtraBlankLine"},
         {},
         Fix::safe},
        {"env-final-newline",
         "The last line has no newline",
         always(Level::info),
         final_newline,
         "A shell's `while read` loop skips a last line without a newline. If a program appends text to the file, this "
         "text becomes part of the last value.",
         "End the file with a newline.",
         {"EndingBlankLine"},
         {},
         Fix::safe},
        {"env-crlf",
         "Lines end with CR LF",
         always(Level::info),
         line_ends,
         "A shell makes the CR part of the value, where nobody sees it.",
         "Save the file with LF; .gitattributes: *.env "
         "text eol=lf",
         {},
         {},
         Fix::safe},
        {"env-bom",
         "The file begins with a byte order mark",
         always(Level::warning),
         byte_order_mark,
         "systemd, a shell and older versions of dotenv make the mark part of the first name. The first variable is "
         "then lost.",
         "Save the file as UTF-8 without the mark.",
         {},
         {},
         Fix::safe},
        {"env-encoding", "The file is not UTF-8", always(Level::error), encoding,
         "docker, systemd and python-dotenv refuse the whole file.", "Save it as UTF-8."},
    };
    return rules;
}

}
