#include "migrate/sql/older.h"
#include "migrate/sql/tokens.h"
#include <algorithm>
#include <vector>

namespace fairlead::migrate::sql {

namespace {

struct Edit {
    std::size_t begin, end;
    std::string text;
};

class Older {
  public:
    explicit Older(std::string_view statement) : statement_(statement) {
        Scanner scanner(statement);
        for (Token token = scanner.next(); token.kind != Token::Kind::end; token = scanner.next())
            if (token.kind != Token::Kind::comment) tokens_.push_back(token);
    }

    std::string rewritten() {
        for (std::size_t at = 0; at < tokens_.size(); ++at) {
            take_not_null(at);
            take_subquery(at);
            take_enforced(at);
            take_generated(at);
        }
        std::stable_sort(edits_.begin(), edits_.end(), [](const Edit& a, const Edit& b) { return a.begin < b.begin; });
        std::string all;
        std::size_t done = 0;
        for (const Edit& edit : edits_) {
            if (edit.begin < done) continue;
            all += statement_.substr(done, edit.begin - done);
            all += edit.text;
            const auto cut = statement_.substr(edit.begin, edit.end - edit.begin);
            all.append(static_cast<std::size_t>(std::count(cut.begin(), cut.end(), '\n')), '\n');
            done = edit.end;
        }
        return all + std::string(statement_.substr(done));
    }

  private:
    const Token& at(std::size_t index) const {
        static const Token none;
        return index < tokens_.size() ? tokens_[index] : none;
    }
    bool is_name(std::size_t index) const {
        return at(index).kind == Token::Kind::word || at(index).kind == Token::Kind::quoted;
    }
    bool begins_constraint(std::size_t index) const { // `index` is behind "(", "," or ADD
        if (index == 0) return false;
        const Token& before = at(index - 1);
        return before.is('(') || before.is(',') || before.is("add");
    }
    std::size_t closing(std::size_t open) const {
        int depth = 0;
        for (std::size_t i = open; i < tokens_.size(); ++i) {
            if (tokens_[i].is('(')) ++depth;
            if (tokens_[i].is(')') && --depth == 0) return i;
        }
        return tokens_.size();
    }

    // [CONSTRAINT k] NOT NULL c
    void take_not_null(std::size_t i) {
        if (!at(i).is("not") || !at(i + 1).is("null") || !is_name(i + 2)) return;
        const bool is_named = i >= 2 && at(i - 2).is("constraint") && begins_constraint(i - 2);
        if (!is_named && !begins_constraint(i)) return;
        edits_.push_back({at(i).begin, at(i + 2).end(), "CHECK (" + std::string(at(i + 2).text) + " IS NOT NULL)"});
    }

    // FROM (SELECT …) without a name
    void take_subquery(std::size_t i) {
        constexpr std::string_view before[] = {"from", "join", "lateral"}, inner[] = {"select", "values", "with"};
        constexpr std::string_view behind[] = {"where",  "group", "order", "limit",  "having",    "join",   "left",
                                               "right",  "inner", "full",  "cross",  "natural",   "on",     "union",
                                               "except", "using", "fetch", "offset", "intersect", "window", "for"};
        const auto is_one = [](const Token& token, const auto& words) {
            return std::any_of(std::begin(words), std::end(words), [&](auto word) { return token.is(word); });
        };
        if (i == 0 || !at(i).is('(') || !is_one(at(i - 1), before) || !is_one(at(i + 1), inner)) return;
        const std::size_t end = closing(i);
        if (end == tokens_.size() || (is_name(end + 1) && !is_one(at(end + 1), behind))) return;
        edits_.push_back({at(end).end(), at(end).end(), " AS unnamed_" + std::to_string(i)});
    }

    void take_enforced(std::size_t i) {
        if (!at(i).is("enforced") || i == 0) return;
        const bool is_not = at(i - 1).is("not");
        const bool adds = at(0).is("alter");
        edits_.push_back({at(is_not ? i - 1 : i).begin, at(i).end(), is_not && adds ? "NOT VALID" : ""});
    }

    // GENERATED ALWAYS AS (…) [VIRTUAL]
    void take_generated(std::size_t i) {
        if (!at(i).is("generated") || !at(i + 1).is("always") || !at(i + 2).is("as") || !at(i + 3).is('(')) return;
        const std::size_t end = closing(i + 3);
        if (end == tokens_.size() || at(end + 1).is("stored")) return;
        edits_.push_back({at(i).begin, at(at(end + 1).is("virtual") ? end + 1 : end).end(), ""});
    }

    std::string_view statement_;
    std::vector<Token> tokens_;
    std::vector<Edit> edits_;
};

}

std::string in_older_words(std::string_view statement) { return Older(statement).rewritten(); }

}
