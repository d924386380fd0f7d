#include "base/credentials.h"
#include "base/text.h"
#include "base/utf8.h"
#include "preflight/env_users.h"
#include "preflight/rules/env_lines.h"
#include "preflight/rules/groups.h"
#include <algorithm>
#include <fmt/format.h>
#include <map>

namespace fairlead::preflight {

namespace {

using read::EnvDialect;
using read::EnvEntry;

bool dialect_is(const EnvFile& file, std::initializer_list<EnvDialect> any) {
    return std::find(any.begin(), any.end(), file.read->dialect) != any.end();
}

// FOO, DB_HOST2: what else stands without a value may be a line of a key or of a password.
std::string shown_key(const EnvLine& line) {
    const auto rest = line.equals == line.text.npos ? std::string_view() : line.value();
    const bool has_value = (line.entry != nullptr && line.entry->has_equals && line.equals == line.text.npos) ||
                           (!rest.empty() && rest != "="); // "...A==" ends base64
    const bool is_word = !line.key.empty() && is_plain_name(line.key) &&
                         std::none_of(line.key.begin(), line.key.end(), [](char c) { return c >= 'a' && c <= 'z'; }) &&
                         (line.key.find('_') != line.key.npos || line.key.find_first_of("0123456789") == line.key.npos);
    return has_value || is_word ? short_name(line.key) : "this line";
}

Hit& add(Hits& hits, const EnvFile& file, int line, int column, std::string message) {
    return hits.add(file.file, line, column, std::move(message));
}

Hit& add(Hits& hits, const EnvFile& file, const EnvEntry& entry, std::string message) {
    return add(hits, file, entry.line, entry.column, std::move(message));
}

Edit edit(const EnvFile& file, std::size_t begin, std::size_t end, std::string text) {
    return {file.file, begin, end, std::move(text), {}};
}

// ---- the reader's own problems

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
            problem.message.find("behind the blank") != std::string::npos)
            return true;
    return false;
}

void syntax(const EnvFile& file, const Project&, Hits& hits) {
    for (const auto& problem : file.read->problems)
        if (!said_elsewhere(file, problem))
            add(hits, file, problem.line, problem.column,
                to_valid_utf8(fmt::format("line {}: {}", problem.line, problem.message).substr(0, 157)));
    for (const auto& line : lines_of(file))
        if (const auto at = std::find_if(line.text.begin(), line.text.end(),
                                         [](char c) { return (c >= 0 && c < 0x20 && c != '\t') || c == 0x7f; });
            at != line.text.end())
            add(hits, file, line.number, 1,
                fmt::format("line {} has a control byte ({:#04x}); readers cut or refuse the value; take it out",
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
                                "it without",
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
    auto& hit = add(hits, file, lines.back().number, 1,
                    "the last line has no newline; some readers drop it, and >> would glue to it; end it with one");
    hit.edits.push_back(edit(file, file.text.size(), file.text.size(), "\n"));
}

void blank_lines(const EnvFile& file, const Project&, Hits& hits) {
    const auto lines = lines_of(file);
    for (std::size_t index = 1; index < lines.size(); ++index) {
        const auto& line = lines[index];
        if (line.in_value || !trim(line.text).empty() || !trim(lines[index - 1].text).empty()) continue;
        auto& hit = add(hits, file, line.number, 1, "a blank line follows another; one is enough; take it out");
        const auto end = std::min(line.begin + line.text.size() + (line.has_cr ? 2 : 1), file.text.size());
        if (line.begin < file.text.size()) hit.edits.push_back(edit(file, line.begin, end, ""));
    }
}

void trailing_space(const EnvFile& file, const Project&, Hits& hits) {
    for (const auto& line : entry_lines(file)) {
        const auto end = line.text.find_last_not_of(" \t");
        if (end == line.text.npos || end + 1 == line.text.size() || line.value_goes_on) continue;
        auto& hit = add(hits, file, line.number, static_cast<int>(end) + 2,
                        fmt::format("{} has a blank behind its value; docker run --env-file takes it into the value; "
                                    "take it out",
                                    shown_key(line)));
        hit.edits.push_back(edit(file, line.begin + end + 1, line.begin + line.text.size(), ""));
    }
}

// ---- names

void duplicate(const EnvFile& file, const Project&, Hits& hits) {
    std::map<std::string, const EnvEntry*> seen;
    const auto lines = lines_of(file);
    for (const auto& entry : file.read->entries) {
        if (!entry.has_equals || entry.name.empty()) continue;
        const auto [at, is_new] = seen.try_emplace(entry.name, &entry);
        if (is_new) continue;
        const bool equal = at->second->value == entry.value && at->second->left_out == entry.left_out;
        auto& hit = add(hits, file, entry,
                        fmt::format("{} is set on lines {} and {}; the last wins; remove one", short_name(entry.name),
                                    at->second->line, entry.line));
        if (!equal && sounds_secret(entry.name)) hit.level = Level::error;
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
                fmt::format("{} is not in upper case; variables are by custom; write {}", shown_key(line),
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
        auto& hit = add(hits, file, line.number, 1,
                        fmt::format("{} has '{}'; a shell and systemd take no such name; use letters, digits and '_'",
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
        auto& hit = add(hits, file, line.number, 1,
                        fmt::format("{} starts with {}; not every reader takes that; begin the line with a letter or "
                                    "'_'",
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
                fmt::format("{} and {} are two variables; whoever reads one misses the other; use one spelling",
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
                fmt::format("{} stands behind {}; sorted names are found faster; sort the block", shown_key(line),
                            last_shown));
        names.push_back(line.key);
        if (line.key >= last) last_shown = shown_key(line);
        last = std::max(last, line.key);
    }
}

// ---- '=' and the value

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
        auto& hit = add(hits, file, line.number, static_cast<int>(before) + 2,
                        fmt::format("{} has blanks round its '='; docker and a shell don't take that; write {}=value",
                                    shown_key(line), shown_key(line)));
        if (strict) hit.level = Level::error;
        hit.edits.push_back(edit(file, line.begin + before + 1, line.begin + (value ? after : line.equals + 1), "="));
    }
}

bool is_bare(std::string_view value) { // no quote opens it
    return !value.empty() && value[0] != '"' && value[0] != '\'' && value[0] != '`';
}

void unquoted(const EnvFile& file, const Project&, Hits& hits) {
    if (dialect_is(file, {EnvDialect::docker})) return; // it has no quotes
    for (const auto& line : entry_lines(file)) {
        const auto value = line.bare_value();
        const auto blank = value.find_first_of(" \t");
        if (!is_bare(value) || blank == value.npos || value.find("\\ ") != value.npos) continue;
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
        auto& hit = add(hits, file, entry,
                        fmt::format("{} needs no quotes; readers that keep them see another value; remove them",
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
                fmt::format("{} goes over several lines; docker run cuts it at the first; write \\n, or mount a file",
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
        auto& hit =
            add(hits, file, line.number, line.column_of(value) + static_cast<int>(at),
                comment ? fmt::format("{} has a comment behind its value; {} takes it into the value; give it a line "
                                      "of its own",
                                      shown_key(line), file.dialect)
                        : fmt::format("{} has '#' without quotes; dotenv of npm drops all from there on; put the "
                                      "value in quotes",
                                      shown_key(line)));
        const auto whole = line.bare_value();
        if (comment || whole.find_first_of("\"'`$\\") != whole.npos) continue;
        const auto begin = line.begin + static_cast<std::size_t>(whole.data() - line.text.data());
        hit.edits.push_back(edit(file, begin, begin + whole.size(), "\"" + std::string(whole) + "\""));
    }
}

}

std::span<const Rule> env_rules() {
    static const Rule rules[] = {
        {"env-syntax",
         "A line of an env file can't be read",
         always(Level::error),
         syntax,
         "A line that its reader can't make sense of is lost, and often the rest of the file with it.",
         "Close the quote, or write the line as NAME=value.",
         {"KeyWithoutValue"},
         {"S0-24"}},
        {"env-key-duplicate",
         "A variable is set twice in one file",
         always(Level::warning),
         duplicate,
         "The last one wins. Whoever changes the first one wonders why nothing happens.",
         "Remove one of the two lines.",
         {"DuplicatedKey"},
         {"S2-71"},
         Fix::safe},
        {"env-key-no-value",
         "A name stands without '='",
         always(Level::warning),
         no_value,
         "Compose and docker take the caller's value, other readers drop the name or see nothing.",
         "NAME=value, or no line at all.",
         {"KeyWithoutValue"},
         {"S4-28"}},
        {"env-key-lowercase",
         "A name is not in upper case",
         by_request,
         lower_case,
         "Variables of the environment are in upper case by custom; on Linux the case counts.",
         "DB_USER=app",
         {"LowercaseKey"}},
        {"env-key-char",
         "A name has a character that not every reader takes",
         always(Level::warning),
         characters,
         "POSIX names are letters, digits and '_'. systemd skips other names, a shell runs the line as a command.",
         "DB_USER=app instead of DB-USER=app",
         {"IncorrectDelimiter"},
         {"S0-24"}},
        {"env-key-case-clash",
         "Two names differ in case only",
         always(Level::warning),
         case_clash,
         "They are two variables on Linux and one on Windows.",
         "Keep one spelling.",
         {},
         {"S2-123"}},
        {"env-key-leading",
         "A line starts with another character than a letter or '_'",
         always(Level::warning),
         leading,
         "A name that starts with a digit or a sign is none for systemd and a shell.",
         "NAME=value",
         {"LeadingCharacter"}},
        {"env-space-equals",
         "Blanks stand round '='",
         always(Level::warning),
         space_equals,
         "docker run refuses the file or takes the blank into the value; a shell runs the name as a command.",
         "NAME=value",
         {"SpaceCharacter"},
         {"S0-24"},
         Fix::safe},
        {"env-value-unquoted",
         "A value has blanks and no quotes",
         always(Level::warning),
         unquoted,
         "A shell that sources the file takes the first word and runs the second one.",
         "APP_NAME=\"My App\"",
         {"ValueWithoutQuotes"},
         {"S0-24"},
         Fix::safe},
        {"env-quotes-literal",
         "Quotes become part of the value",
         always(Level::error),
         quotes_literal,
         "docker run --env-file and format: raw keep quotes (true of docker/cli in August 2026): the password is "
         "another one than the database's.",
         "PASSWORD=value without quotes",
         {"QuoteCharacter"},
         {"S0-24"},
         Fix::safe},
        {"env-quotes-needless",
         "Quotes that are not needed",
         by_request,
         quotes_needless,
         "A plain word reads the same everywhere only without quotes.",
         "NAME=value",
         {"QuoteCharacter"},
         {},
         Fix::safe},
        {"env-multiline",
         "A value goes over several lines where its reader takes one",
         always(Level::error),
         multiline,
         "docker run --env-file reads lines: a key in PEM form is cut after its first one.",
         "Mount the key as a file or a secret, or write it in one line with \\n.",
         {},
         {}},
        {"env-export",
         "export stands before a name",
         always(Level::info),
         exported,
         "docker refuses the file for it and systemd skips the line; compose, dotenv and a shell read it.",
         "NAME=value",
         {},
         {"S0-24"},
         Fix::safe},
        {"env-hash",
         "A '#' cuts the value or stays in it",
         always(Level::warning),
         hash,
         "Readers disagree where a comment begins: docker and systemd know none behind a value, dotenv of npm cuts at "
         "each '#'.",
         "NAME=\"a#b\"; a comment on a line of its own",
         {},
         {},
         Fix::safe},
        {"env-trailing-space",
         "A blank stands behind a value",
         always(Level::warning),
         trailing_space,
         "docker run --env-file takes it into the value.",
         "Remove it.",
         {"TrailingWhitespace"},
         {},
         Fix::safe},
        {"env-blank-lines",
         "Two blank lines in a row",
         by_request,
         blank_lines,
         "One separates as well.",
         "Remove one.",
         {"ExtraBlankLine"},
         {},
         Fix::safe},
        {"env-final-newline",
         "The last line has no newline",
         always(Level::info),
         final_newline,
         "Loops of a shell drop such a line, and what is appended next becomes part of the value.",
         "End the file with a newline.",
         {"EndingBlankLine"},
         {},
         Fix::safe},
        {"env-order",
         "Names are not sorted",
         by_request,
         order,
         "Sorted names are found faster and merge better.",
         "Sort the names of each block.",
         {"UnorderedKey"},
         {}},
        {"env-crlf",
         "Lines end with CR LF",
         always(Level::info),
         line_ends,
         "A shell takes the CR into the value, where nobody sees it.",
         "Save the file with LF; .gitattributes: *.env "
         "text eol=lf",
         {},
         {},
         Fix::safe},
        {"env-bom",
         "The file begins with a byte order mark",
         always(Level::warning),
         byte_order_mark,
         "systemd, a shell and older dotenv make it part of the first name, which is lost by that.",
         "Save the file as UTF-8 without a mark.",
         {},
         {},
         Fix::safe},
        {"env-encoding", "The file is not UTF-8", always(Level::error), encoding,
         "docker, systemd and python-dotenv refuse the whole file.", "Save it as UTF-8."},
    };
    return rules;
}

}
