#include "backup/engines/postgres/postgres_parts.h"
#include "backup/engines/postgres/postgres_script.h"
#include "base/text.h"
#include <algorithm>
#include <fmt/format.h>
#include <optional>

namespace fairlead::backup::postgres {
namespace {

struct Token {
    enum class Kind { word, name, text, mark } kind = Kind::mark;
    std::string value; // a word in small letters, what stands between the quotes, or the mark itself
};

// What stands between quotes, a doubled one as one; nothing: it doesn't end.
std::optional<std::string> take_quoted(std::string_view& text, bool is_escaped) {
    const char quote = text.front();
    std::string value;
    for (std::size_t at = 1; at < text.size(); ++at) {
        if (is_escaped && text[at] == '\\' && at + 1 < text.size()) {
            value += text[++at]; // pg_dumpall escapes backslashes and quotes only
        } else if (text[at] != quote) {
            value += text[at];
        } else if (at + 1 < text.size() && text[at + 1] == quote) {
            value += text[at++];
        } else {
            text.remove_prefix(at + 1);
            return value;
        }
    }
    text = {};
    return std::nullopt;
}

// One statement of what is left, without its semicolon; lines of comments and of backslash commands are passed over.
std::vector<Token> take_statement(std::string_view& text) {
    std::vector<Token> all;
    while (!text.empty()) {
        const char c = text.front();
        if (c == '\\' || text.starts_with("--")) {
            text.remove_prefix(std::min(text.find('\n'), text.size()));
        } else if (c == ';') {
            text.remove_prefix(1);
            if (!all.empty()) return all;
        } else if (c == '"' || c == '\'') {
            const bool is_escaped =
                c == '\'' && !all.empty() && all.back().kind == Token::Kind::word && all.back().value == "e";
            if (is_escaped) all.pop_back();
            auto value = take_quoted(text, is_escaped);
            if (!value) return {};
            all.push_back({c == '"' ? Token::Kind::name : Token::Kind::text, std::move(*value)});
        } else if (is_word_byte(c)) {
            const auto end = std::find_if_not(text.begin(), text.end(), is_word_byte);
            all.push_back({Token::Kind::word, lower(std::string(text.begin(), end))});
            text.remove_prefix(static_cast<std::size_t>(end - text.begin()));
        } else {
            if (c != ' ' && c != '\n' && c != '\t' && c != '\r') all.push_back({Token::Kind::mark, std::string(1, c)});
            text.remove_prefix(1);
        }
    }
    return {}; // pg_dumpall ends each
}

// Reads a statement's tokens from the left.
class Words {
  public:
    explicit Words(const std::vector<Token>& tokens) : tokens_(tokens) {}
    bool take(std::initializer_list<std::string_view> words) {
        std::size_t at = at_;
        for (const auto word : words) {
            if (at == tokens_.size() || tokens_[at].value != word || tokens_[at].kind == Token::Kind::name ||
                tokens_[at].kind == Token::Kind::text)
                return false;
            ++at;
        }
        at_ = at;
        return true;
    }
    std::optional<std::string> name() { return of(Token::Kind::word, Token::Kind::name); }
    std::optional<std::string> text() { return of(Token::Kind::text, Token::Kind::text); }
    std::optional<std::string> word() { return of(Token::Kind::word, Token::Kind::word); }
    bool is_at_end() const { return at_ == tokens_.size(); }

  private:
    std::optional<std::string> of(Token::Kind one, Token::Kind other) {
        if (at_ == tokens_.size() || (tokens_[at_].kind != one && tokens_[at_].kind != other)) return std::nullopt;
        return tokens_[at_++].value;
    }
    const std::vector<Token>& tokens_;
    std::size_t at_ = 0;
};

constexpr std::string_view attributes[] = {"superuser", "inherit",     "createrole", "createdb",
                                           "login",     "replication", "bypassrls"};
constexpr std::string_view powerful[] = {"superuser", "replication", "bypassrls", "createrole"};

template <std::size_t N>
bool is_among(const std::string_view (&all)[N], std::string_view word) {
    return std::find(std::begin(all), std::end(all), word) != std::end(all);
}

// Each of these knows one statement: it is written again into `roles`, or dropped; false: it is not such a one.
class Reading {
  public:
    Reading(const RolesThere& there, Signed is_signed) : there_(there), signed_(is_signed) {}

    void read(std::string_view globals) {
        while (!globals.empty())
            if (const auto tokens = take_statement(globals); !tokens.empty()) {
                if (!create(tokens) && !alter(tokens) && !set(tokens) && !comment(tokens) && !grant(tokens))
                    other(tokens);
            }
        for (auto& name : roles.made)
            if (supers_.count(name) > 0) name += " (superuser)";
    }
    RolesOfSet roles;

  private:
    bool is_there(const std::string& name) const { return there_.names.count(name) > 0; }
    void drop(std::string what) { roles.dropped.push_back(std::move(what)); }

    bool create(const std::vector<Token>& tokens) {
        Words words(tokens);
        if (!words.take({"create", "role"})) return false;
        const auto name = words.name();
        if (!name || !words.is_at_end()) return false;
        if (is_there(*name)) return true;
        made_.insert(*name);
        roles.made.push_back(*name);
        roles.statements.push_back("CREATE ROLE " + quoted_name(*name));
        return true;
    }

    bool alter(const std::vector<Token>& tokens) {
        Words words(tokens);
        if (!words.take({"alter", "role"})) return false;
        const auto name = words.name();
        if (!name || !words.take({"with"})) return false;
        std::string kept;
        while (!words.is_at_end())
            if (!attribute(words, *name, kept)) return false;
        if (!is_there(*name) && !kept.empty())
            roles.statements.push_back(fmt::format("ALTER ROLE {} WITH{}", quoted_name(*name), kept));
        return true;
    }

    bool attribute(Words& words, const std::string& name, std::string& kept) {
        if (words.take({"connection", "limit"})) {
            const bool is_negative = words.take({"-"});
            const auto number = words.word();
            if (!number || !parse_integer(*number).ok()) return false;
            kept += fmt::format(" CONNECTION LIMIT {}{}", is_negative ? "-" : "", *number);
            return true;
        }
        if (words.take({"valid", "until"})) {
            const auto until = words.text();
            if (until) kept += " VALID UNTIL" + quoted_text(*until);
            return until.has_value();
        }
        if (words.take({"password"})) return words.text().has_value(); // everybody who reads the set would know it
        const auto word = words.word();
        if (!word) return false;
        const bool is_off = word->starts_with("no");
        const auto what = is_off ? word->substr(2) : *word;
        if (!is_among(attributes, what)) return false;
        if (!is_off && signed_ == Signed::no && is_among(powerful, what)) {
            if (!is_there(name)) drop(fmt::format("{} of {}", upper(what), name));
            return true;
        }
        if (what == "superuser" && !is_off) supers_.insert(name);
        kept += " " + upper(*word);
        return true;
    }

    bool set(const std::vector<Token>& tokens) {
        Words words(tokens);
        if (!words.take({"alter", "role"})) return false;
        const auto name = words.name();
        std::string in;
        if (words.take({"in", "database"})) {
            const auto database = words.name();
            if (!database) return false;
            in = " IN DATABASE " + quoted_name(*database);
        }
        if (!name || !words.take({"set"})) return false;
        const auto what = words.name();
        if (!what || !words.take({"to"})) return false;
        std::vector<std::string> values;
        do {
            const auto value = words.text();
            if (!value) return false;
            values.push_back(quoted_text(*value));
        } while (words.take({","}));
        if (!words.is_at_end()) return false;
        if (is_there(*name)) return true;
        if (signed_ == Signed::no && there_.free_settings.count(*what) == 0)
            drop(fmt::format("setting {} of {}", *what, *name));
        else
            roles.statements.push_back(fmt::format("ALTER ROLE {}{} SET {} TO {}", quoted_name(*name), in,
                                                   quoted_name(*what), join(values, ",")));
        return true;
    }

    bool comment(const std::vector<Token>& tokens) {
        Words words(tokens);
        if (!words.take({"comment", "on", "role"})) return false;
        const auto name = words.name();
        if (!name || !words.take({"is"})) return false;
        const auto text = words.text();
        if (!text || !words.is_at_end()) return false;
        if (!is_there(*name))
            roles.statements.push_back(fmt::format("COMMENT ON ROLE {} IS{}", quoted_name(*name), quoted_text(*text)));
        return true;
    }

    bool grant(const std::vector<Token>& tokens) {
        Words words(tokens);
        if (!words.take({"grant"})) return false;
        const auto role = words.name();
        if (!role || !words.take({"to"})) return false;
        const auto name = words.name();
        if (!name) return false;
        std::vector<std::string> options;
        if (words.take({"with"})) {
            do {
                const auto option = words.word(), value = words.word();
                constexpr std::string_view known[] = {"admin", "inherit", "set"},
                                           values[] = {"option", "true", "false"};
                if (!option || !value || !is_among(known, *option) || !is_among(values, *value)) return false;
                options.push_back(upper(*option) + " " + upper(*value));
            } while (words.take({","}));
        }
        std::string by;
        if (words.take({"granted", "by"})) {
            const auto grantor = words.name();
            if (!grantor) return false;
            by = " GRANTED BY " + quoted_name(*grantor);
        }
        if (!words.is_at_end()) return false;
        if (is_there(*name)) return true;
        if (signed_ == Signed::no && made_.count(*role) == 0)
            drop(fmt::format("membership of {} in {}", *name, *role));
        else
            roles.statements.push_back(fmt::format("GRANT {} TO {}{}{}", quoted_name(*role), quoted_name(*name),
                                                   options.empty() ? "" : " WITH " + join(options, ", "), by));
        return true;
    }

    // Tablespaces and parameters are the server's own, SET is of the session.
    void other(const std::vector<Token>& tokens) {
        constexpr std::string_view usual[] = {"set", "create", "alter", "grant", "revoke", "comment", "security"};
        const bool is_usual = tokens[0].kind == Token::Kind::word && is_among(usual, tokens[0].value);
        const bool is_of_roles = tokens.size() > 1 && (tokens[1].value == "role" || tokens[1].value == "system");
        if (!is_usual || is_of_roles) drop(fmt::format("the statement {} ...", upper(tokens[0].value)));
    }

    const RolesThere& there_;
    const Signed signed_;
    std::set<std::string> made_, supers_;
};

}

RolesOfSet missing_roles(std::string_view globals, const RolesThere& there, Signed is_signed) {
    Reading reading(there, is_signed);
    reading.read(globals);
    return std::move(reading.roles);
}

}
