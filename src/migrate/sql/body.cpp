#include "migrate/sql/body.h"
#include "migrate/sql/tokens.h"
#include <algorithm>
#include <initializer_list>
#include <utility>

namespace fairlead::migrate::sql {

namespace {

bool is_letter(char one) {
    return (one >= 'a' && one <= 'z') || (one >= '0' && one <= '9') || one == '_' ||
           static_cast<unsigned char>(one) > 127;
}

std::string_view unquoted(std::string_view text) { // of '…', E'…', $tag$…$tag$
    if (const auto dollar = text.find('$'); dollar == 0) {
        const auto tag = text.find('$', 1);
        return text.substr(tag + 1, text.size() - 2 * (tag + 1));
    }
    const auto open = text.find('\'');
    return open == text.npos || text.size() < open + 2 ? text : text.substr(open + 1, text.size() - open - 2);
}

void add_words(std::string_view text, std::vector<std::string>& words, int depth) {
    constexpr int deepest = 5;
    Scanner scanner(text);
    for (Token token = scanner.next(); token.kind != Token::Kind::end; token = scanner.next()) {
        if (token.kind == Token::Kind::word || token.kind == Token::Kind::quoted) {
            words.push_back(lower_case(token.text));
        } else if (token.kind == Token::Kind::string && depth < deepest) {
            add_words(unquoted(token.text), words, depth + 1);
        } else if (token.kind == Token::Kind::open) { // half a statement, as strings of EXECUTE are
            std::string word;
            for (const char one : lower_case(token.text) + ' ') {
                if (is_letter(one))
                    word += one;
                else if (!word.empty())
                    words.push_back(std::exchange(word, ""));
            }
        }
    }
}

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

bool drop_destroys(std::string_view object) {
    return !is_one_of(object,
                      {"",           "index",     "trigger",    "view",       "function",  "procedure",  "routine",
                       "aggregate",  "policy",    "rule",       "constraint", "default",   "not",        "identity",
                       "expression", "extension", "cast",       "operator",   "collation", "statistics", "publication",
                       "transform",  "event",     "conversion", "language"});
}

}

Destroys body_destroys(std::string_view text) {
    std::vector<std::string> words;
    add_words(text, words, 0);
    words.emplace_back();
    bool runs_others = false;
    for (std::size_t at = 0; at + 1 < words.size(); ++at) {
        const std::string_view word = words[at], next = words[at + 1];
        if ((word == "delete" && next == "from") || (word == "then" && next == "delete") ||
            (word == "drop" && drop_destroys(next)) ||
            (word == "truncate" && !next.empty() && !is_one_of(next, {"then", "or", "and", "on", "trigger"})))
            return Destroys::yes;
        // EXECUTE FUNCTION of a trigger calls nothing now.
        runs_others = runs_others || (word == "execute" && !is_one_of(next, {"function", "procedure", "on"}));
    }
    return runs_others ? Destroys::unknown : Destroys::no;
}

std::string quoted_body(std::string_view statement) {
    std::string body;
    Scanner scanner(statement);
    for (Token token = scanner.next(); token.kind != Token::Kind::end; token = scanner.next())
        if (token.kind == Token::Kind::string) body += std::string(unquoted(token.text)) + "\n";
    return body;
}

const ServerFunction* server_function(std::string_view name) {
    constexpr std::string_view elsewhere =
        "it runs SQL in another database, where no rule checks it and no rollback reaches it";
    constexpr std::string_view files = "it writes or deletes files of the server, and no rollback reaches them";
    static constexpr ServerFunction all[] = {
        {"lo_unlink", Destroys::yes, false, "it deletes a large object"},
        {"lo_put", Destroys::yes, false, "it overwrites a part of a large object"},
        {"lowrite", Destroys::yes, false, "it overwrites a part of a large object"},
        {"lo_truncate", Destroys::yes, false, "it cuts a large object"},
        {"lo_truncate64", Destroys::yes, false, "it cuts a large object"},
        {"dblink_exec", Destroys::yes, true, elsewhere},
        {"dblink_send_query", Destroys::yes, true, elsewhere},
        {"dblink", Destroys::unknown, true, elsewhere},
        {"dblink_open", Destroys::unknown, true, elsewhere},
        {"lo_export", Destroys::yes, true, files},
        {"pg_file_write", Destroys::yes, true, files},
        {"pg_file_rename", Destroys::yes, true, files},
        {"pg_file_unlink", Destroys::yes, true, files},
        {"pg_drop_replication_slot", Destroys::yes, true, "a consumer loses the data that it has not read"},
    };
    const auto* found = std::find_if(std::begin(all), std::end(all), [&](const auto& one) { return one.name == name; });
    return found == std::end(all) ? nullptr : found;
}

std::set<std::string> changed_in(std::string_view text, Dialect dialect) {
    std::set<std::string> names, inserted;
    bool is_due = false, goes_on = false, is_insert = false, upserts = false;
    std::string last;
    Scanner scanner(text, dialect);
    for (Token token = scanner.next();; token = scanner.next()) {
        if (token.kind == Token::Kind::comment) continue;
        const bool is_word = token.kind == Token::Kind::word || token.kind == Token::Kind::quoted;
        if (is_due && is_word) {
            const auto word = lower_case(token.text);
            if (is_one_of(word, {"or", "replace", "ignore", "abort", "fail", "rollback", "only"})) continue;
            last = token.kind == Token::Kind::word || word.size() < 2 ? word : word.substr(1, word.size() - 2);
            is_due = false;
            goes_on = true;
            continue;
        }
        is_due = goes_on && token.is('.');
        if (is_due) continue;
        if (goes_on) (is_insert ? inserted : names).insert(last);
        goes_on = false;
        upserts = upserts || token.is("conflict") || token.is("merge");
        is_insert = token.is("into");
        is_due = is_insert || token.is("update");
        if (token.kind == Token::Kind::end) break;
    }
    if (upserts) names.merge(inserted);
    return names;
}

std::vector<Update> updates_in(const std::string& body) {
    std::vector<Update> updates;
    Scanner scanner(body);
    std::size_t begin = std::string::npos;
    for (Token token = scanner.next();; token = scanner.next()) {
        const bool ends = token.kind == Token::Kind::end || token.is(';');
        if (begin == std::string::npos && token.is("update")) begin = token.begin;
        if (ends && begin != std::string::npos) {
            const auto one = understand({std::string_view(body).substr(begin, token.begin - begin), 1, false});
            updates.insert(updates.end(), one.updates.begin(), one.updates.end());
            begin = std::string::npos;
        }
        if (token.kind == Token::Kind::end) return updates;
    }
}

std::vector<Name> names_in(std::string_view text) {
    std::vector<Name> names;
    Scanner scanner(text);
    for (Token token = scanner.next(); token.kind != Token::Kind::end; token = scanner.next()) {
        if (token.kind == Token::Kind::word) names.push_back({"", lower_case(token.text)});
        if (token.kind == Token::Kind::quoted)
            names.push_back({"", std::string(token.text.substr(1, token.text.size() - 2))});
    }
    return names;
}

std::vector<Name> called_in(std::string_view text) {
    std::vector<Name> names;
    std::vector<std::string> parts; // a.b
    bool goes_on = false;
    Scanner scanner(text);
    for (Token token = scanner.next(); token.kind != Token::Kind::end; token = scanner.next()) {
        if (token.kind == Token::Kind::comment) continue;
        if (token.kind == Token::Kind::word || token.kind == Token::Kind::quoted) {
            if (!goes_on) parts.clear();
            auto name = token.kind == Token::Kind::word ? lower_case(token.text) : std::string(token.text);
            if (name.size() > 1 && name.front() == '"') name = name.substr(1, name.size() - 2);
            parts.push_back(std::move(name));
            goes_on = false;
            continue;
        }
        goes_on = token.is('.') && !parts.empty();
        if (goes_on) continue;
        if (token.is('(') && !parts.empty())
            names.push_back({parts.size() > 1 ? parts[parts.size() - 2] : "", parts.back()});
        parts.clear();
    }
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
}

}
