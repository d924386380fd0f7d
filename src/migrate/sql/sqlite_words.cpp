#include "migrate/sql/sqlite_words.h"
#include <algorithm>
#include <vector>

namespace fairlead::migrate::sql {

namespace {

template <std::size_t count>
bool is_one(const Token& token, const std::string_view (&words)[count]) {
    return std::any_of(std::begin(words), std::end(words), [&](std::string_view word) { return token.is(word); });
}

constexpr std::string_view verbs[] = {"update", "insert"};
constexpr std::string_view resolutions[] = {"rollback", "abort", "fail", "ignore", "replace"};
constexpr std::string_view matches[] = {"glob", "regexp", "match"};
constexpr std::string_view known_behind_is[] = {"null", "true", "false", "distinct", "unknown"};

class Words {
  public:
    Words(std::string_view statement, Dialect dialect) {
        Scanner scanner(statement, dialect);
        for (Token token = scanner.next(); token.kind != Token::Kind::end; token = scanner.next())
            if (token.kind != Token::Kind::comment) tokens_.push_back(token);
    }

    std::string rewritten() {
        std::string all;
        std::size_t done = 0;
        for (std::size_t i = 0; i < tokens_.size();) {
            const std::size_t took = take(i);
            const auto& first = tokens_[i];
            if (done != first.begin) all += ' ';
            all += took > 0 ? replaced_ : text_of(first);
            const auto& last = tokens_[i + std::max<std::size_t>(took, 1) - 1];
            done = last.end();
            i += std::max<std::size_t>(took, 1);
        }
        return all;
    }

  private:
    const Token& at(std::size_t index) const {
        static const Token none;
        return index < tokens_.size() ? tokens_[index] : none;
    }

    std::size_t by(std::size_t count, std::string text) {
        replaced_ = std::move(text);
        return count;
    }

    // How many tokens `replaced_` stands for; 0: the token stays.
    std::size_t take(std::size_t i) {
        if (is_one(at(i), verbs) && at(i + 1).is("or") && is_one(at(i + 2), resolutions))
            return by(3, std::string(at(i).text));
        if (at(i).is("indexed") && at(i + 1).is("by")) return by(3, "");
        if (at(i).is("not") && at(i + 1).is("indexed")) return by(2, "");
        if (is_one(at(i), matches)) return by(1, "LIKE");
        if (at(i).is("is") && at(i + 1).is("not") && !is_one(at(i + 2), known_behind_is))
            return by(2, "IS DISTINCT FROM");
        if (at(i).is("is") && !at(i + 1).is("not") && !is_one(at(i + 1), known_behind_is))
            return by(1, "IS NOT DISTINCT FROM");
        const bool is_name = at(i).kind == Token::Kind::word || at(i).kind == Token::Kind::quoted || at(i).is(')');
        if (is_name && at(i + 1).is("not") && at(i + 2).is("null") && !at(i).is("is"))
            return by(3, text_of(at(i)) + " IS NOT NULL");
        return 0;
    }

    static std::string text_of(const Token& token) {
        const bool is_other = token.kind == Token::Kind::quoted && token.text.front() != '"' && token.text.size() > 1;
        if (!is_other) return std::string(token.text);
        return '"' + std::string(token.text.substr(1, token.text.size() - 2)) + '"';
    }

    std::vector<Token> tokens_;
    std::string replaced_;
};

}

std::string in_postgres_words(std::string_view statement, Dialect dialect) {
    return Words(statement, dialect).rewritten();
}

}
