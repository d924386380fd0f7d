#include "migrate/sql/few_literals.h"
#include "migrate/sql/tokens.h"
#include <vector>

namespace fairlead::migrate::sql {

namespace {

constexpr int kept_literals = 3; // numeric(10, 2) means all of its list
constexpr std::size_t long_text = 1000;

bool is_literal(const Token& token) {
    switch (token.kind) {
    case Token::Kind::string:
    case Token::Kind::number:
    case Token::Kind::comment: return true;
    case Token::Kind::symbol: return token.is('-') || token.is('+');
    case Token::Kind::word: return is_literal_word(token.text);
    default: return false;
    }
}

class Thinner {
  public:
    explicit Thinner(std::string_view statement) : text_(statement) {}

    std::string thin() {
        Scanner scanner{std::string_view(text_)};
        for (Token token = scanner.next(); token.kind != Token::Kind::end; token = scanner.next()) {
            if (token.is('(') || token.is('[')) {
                lists_.push_back({token.end()});
            } else if (token.is(')') || token.is(']')) {
                finish_item(token.begin);
                close();
            } else if (token.is(',')) {
                finish_item(token.begin);
                lists_.back().item = token.begin;
                lists_.back().is_literal = true;
            } else if (!is_literal(token)) {
                lists_.back().is_literal = false;
            } else if (token.text.size() > long_text && token.kind == Token::Kind::string &&
                       token.text.ends_with('\'')) {
                blank(token.begin + token.text.find('\'') + 1, token.end() - 1);
            }
        }
        finish_item(text_.size());
        for (const auto& [begin, end] : blanks_)
            for (auto at = begin; at < end; ++at)
                if (text_[at] != '\n') text_[at] = ' ';
        return std::move(text_);
    }

  private:
    struct List {
        std::size_t item = 0; // where the one that is read begins, with its comma
        bool is_literal = true;
        bool all_literal = true;
        int literals = 0; // one behind the other
    };

    void blank(std::size_t begin, std::size_t end) { blanks_.emplace_back(begin, end); }

    void finish_item(std::size_t end) {
        List& list = lists_.back();
        list.literals = list.is_literal ? list.literals + 1 : 0;
        list.all_literal = list.all_literal && list.is_literal;
        if (list.literals > kept_literals) blank(list.item, end);
    }

    // A list of literals is one itself, within the one around it.
    void close() {
        const bool all = lists_.back().all_literal;
        if (lists_.size() > 1) lists_.pop_back();
        lists_.back().is_literal = lists_.back().is_literal && all;
    }

    std::string text_;
    std::vector<List> lists_ = {{}};
    std::vector<std::pair<std::size_t, std::size_t>> blanks_;
};

}

std::string with_few_literals(std::string_view statement) { return Thinner(statement).thin(); }

}
