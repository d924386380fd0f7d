#include "base/secrets/credentials.h"
#include "base/text.h"
#include "preflight/parts/conf_values.h"
#include "preflight/rules/env_lines.h"
#include "preflight/rules/groups.h"
#include "preflight/uses/env_users.h"
#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>

// What is expanded in env files, and where two readers or two files disagree.
namespace fairlead::preflight {

namespace {

using namespace env;
using read::EnvDialect;

bool expands(const EnvFile& file) {
    const auto dialect = file.read->dialect;
    return dialect == EnvDialect::compose || dialect == EnvDialect::dotenv || dialect == EnvDialect::shell;
}

// The text of a value in which '$' means something; empty in single quotes.
std::string_view live_text(const EnvFile& file, const EnvLine& line) {
    if (!expands(file) || line.entry == nullptr) return {};
    const auto value = line.value_goes_on ? std::string_view(line.entry->raw) : line.bare_value();
    return value.starts_with('\'') ? std::string_view() : value;
}

std::size_t name_end(std::string_view text, std::size_t at) {
    while (at < text.size() && (is_plain_name(text.substr(at, 1)) || (text[at] >= '0' && text[at] <= '9'))) ++at;
    return at;
}

// The '}' that closes what opened before `at`; npos: none does.
std::size_t closing_brace(std::string_view text, std::size_t at) {
    int open = 1;
    for (; at < text.size(); ++at) {
        if (text.substr(at, 2) == "${") ++open;
        if (text[at] == '}' && --open == 0) return at;
    }
    return text.npos;
}

// What is wrong with the expansion at `at`, and how far it goes.
std::string fault_at(std::string_view text, std::size_t& at, bool python) {
    const auto begin = at;
    const bool braced = text.substr(at, 2) == "${";
    const auto name = at + (braced ? 2 : 1);
    at = name_end(text, name);
    if (!braced) {
        const bool stray =
            at > name && at < text.size() && text[at] == '}' && text.substr(0, begin).find('{') == text.npos;
        return stray ? "has '}' but no '{'" : "";
    }
    if (at == name) return "has no name in ${";
    if (at >= text.size()) return "has no closing brace";
    if (text[at] == '}') return {};
    const auto mark = text.substr(at, text[at] == ':' ? 2 : 1);
    const bool known = python ? mark == ":-" : std::string_view("-+?=").find(mark.back()) != text.npos;
    const auto close = closing_brace(text, at);
    if (close == text.npos) return "has no closing brace";
    at = close;
    return known ? "" : "is not an expansion that its reader knows";
}

// What looks like an expansion may be a piece of such a value's secret.
bool is_private(std::string_view name, std::string_view value) {
    return sounds_secret(name) || value.find("://") != value.npos;
}

void substitution(const EnvFile& file, const Project&, Hits& hits) {
    const bool python = file.read->dialect == EnvDialect::dotenv;
    for (const auto& line : entry_lines(file)) {
        const auto text = live_text(file, line);
        for (std::size_t at = text.find('$'); at != text.npos; at = text.find('$', at)) {
            const auto begin = at;
            if ((at > 0 && text[at - 1] == '\\') || text.substr(at, 2) == "$$") {
                at += text.substr(at, 2) == "$$" ? 2 : 1;
                continue;
            }
            const auto fault = fault_at(text, at, python);
            if (fault.empty()) continue;
            const auto shown =
                is_private(line.key, text)
                    ? std::string("an expansion")
                    : fmt::format("\"{}\"", short_name(text.substr(begin, std::min<std::size_t>(at - begin, 30))));
            add(hits, file, *line.entry,
                fmt::format("{} of {} {}; readers take it as text or refuse it; write ${{NAME}}", shown,
                            short_name(line.key), fault));
            break;
        }
    }
}

// bcrypt, crypt and htpasswd hashes: $2y$05$..., $apr1$...
bool is_password_hash(std::string_view value) {
    if (value.size() < 8 || value[0] != '$') return false;
    const auto second = value.find('$', 1);
    return second != value.npos && second >= 2 && second <= 9;
}

void dollar(const EnvFile& file, const Project& project, Hits& hits) {
    std::set<std::string> known;
    for (const auto& entry : file.read->entries) known.insert(entry.name);
    const bool python = file.read->dialect == EnvDialect::dotenv;
    for (const auto& line : entry_lines(file)) {
        const auto text = live_text(file, line);
        const bool quoted = text.starts_with('"');
        for (std::size_t at = text.find('$'); at != text.npos; at = text.find('$', at + 1)) {
            if (text.substr(at, 2) == "$$") ++at;
            const bool braced = text.substr(at, 2) == "${";
            if ((at > 0 && (text[at - 1] == '\\' || text[at - 1] == '$')) || (python && !braced)) continue;
            const auto begin = at + (braced ? 2 : 1);
            const auto end = name_end(text, begin);
            const std::string name(text.substr(begin, end - begin));
            const bool plain = !braced || (end < text.size() && text[end] == '}');
            if (!is_plain_name(name) || !plain || known.contains(name) || project.variables.contains(name)) continue;
            auto& hit =
                add(hits, file, *line.entry,
                    fmt::format(
                        "{} contains {}, which isn't set anywhere; {} puts nothing there; use single quotes, or set it",
                        short_name(line.key),
                        is_private(line.key, text) ? "'$' and a name"
                        : braced                   ? "${" + short_name(name) + "}"
                                                   : "$" + short_name(name),
                        file.dialect));
            // Whoever reads it is known, and gets another password than the one that stands here.
            if (file.dialect_known && is_secret_name(line.key)) hit.level = Level::error;
            const auto inside = quoted && text.size() > 1 ? text.substr(1, text.size() - 2) : text;
            const bool simple = inside.find_first_of("'\"\\ \t") == inside.npos && !line.value_goes_on && !python;
            if (is_password_hash(inside) && simple) {
                const auto from = line.begin + static_cast<std::size_t>(text.data() - line.text.data());
                hit.edits.push_back({file.file, from, from + text.size(), "'" + std::string(inside) + "'", {}});
            }
            break;
        }
    }
}

// ---- two readers of one file

void dialect_differs(const EnvFile& file, const Project&, Hits& hits) {
    std::vector<std::string> users = file.users;
    std::sort(users.begin(), users.end());
    users.erase(std::unique(users.begin(), users.end()), users.end());
    std::erase(users, by_compose_1); // of its quotes env-quotes-literal speaks
    const bool known = users.size() > 1;
    if (!known) {
        if (file.dialect_known || !users.empty()) return;
        users = {"compose", "dotenv", "node"};
    }
    std::vector<std::map<std::string, std::optional<std::string>>> seen;
    for (const auto& user : users)
        if (const auto dialect = read::dialect_named(user))
            seen.push_back(read_env(file.text, *dialect).values());
        else
            return;
    std::set<std::string> told;
    for (const auto& entry : file.read->entries) {
        if (!entry.has_equals || !told.insert(entry.name).second) continue;
        const bool quotes = entry.raw.size() > 1 && (entry.raw[0] == '"' || entry.raw[0] == '\'');
        if (quotes && std::find(users.begin(), users.end(), "docker") != users.end()) continue; // env-quotes-literal
        for (std::size_t other = 1; other < seen.size(); ++other) {
            const auto value = [&](std::size_t index) {
                const auto found = seen[index].find(entry.name);
                return found == seen[index].end() ? std::optional<std::string>() : found->second;
            };
            if (value(0) == value(other)) continue;
            auto& hit = add(hits, file, entry,
                            fmt::format("{} has another value for {} than for {}; one value is wrong; write it without "
                                        "quotes, blanks, '#' and '$'",
                                        short_name(entry.name), users[0], users[other]));
            if (known) hit.level = Level::error;
            break;
        }
    }
}

void scattered(const Project& project, Hits& hits) {
    std::map<std::string, const EnvFile*> folders;
    const auto folder = [](const std::string& path) { return path.substr(0, path.rfind('/') + 1); };
    for (const EnvFile& file : project.env_files) {
        if (file.is_template || file.read->entries.empty()) continue;
        for (const auto& [other, first] : folders) {
            const auto mine = file.read->values(), theirs = first->read->values();
            const auto both =
                std::find_if(mine.begin(), mine.end(), [&](const auto& one) { return theirs.contains(one.first); });
            if (other == folder(file.file) || both == mine.end()) continue;
            hits.add(file.file, 1, 1,
                     fmt::format("{} is set in {} and {}; one file is forgotten at the next change; keep one file",
                                 short_name(both->first), short_name(first->file), short_name(file.file)));
            break;
        }
        folders.try_emplace(folder(file.file), &file);
    }
}

}

std::span<const Rule> env_value_rules() {
    static const Rule rules[] = {
        {"env-dollar",
         "A '$' in a value is expanded to nothing",
         always(Level::warning),
         dollar,
         "Compose and a shell take '$' and the letters after it as the name of a variable. If no such variable is set, "
         "a password or a hash loses this part.",
         "PASSWORD='a$b' in single quotes",
         {"SubstitutionKey"},
         {"S2-15"},
         Fix::safe},
        {"env-substitution",
         "A ${NAME} is malformed",
         always(Level::warning),
         substitution,
         "Programs take the malformed expansion as text, or refuse the whole file.",
         "URL=http://${HOST}:${PORT}",
         {"SubstitutionKey"},
         {"S2-15"}},
        {"env-dialect-differs",
         "Programs that read the file see different values",
         always(Level::info),
         dialect_differs,
         "Quotes, blanks, '#' and '$' have a different meaning for each program that reads env files.",
         "A value without quotes, blanks, '#' and '$' reads the same everywhere.",
         {},
         {"S0-24"}},
        {"env-scattered",
         "Env files in several folders set the same variable",
         always(Level::info),
         scattered,
         "At the next change, somebody forgets one of the files.",
         "Keep one env file for each environment.",
         {},
         {"S0-02"}},
    };
    return rules;
}

}
