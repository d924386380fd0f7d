#include "read/python/python_values.h"
#include <iterator>

namespace fairlead::read {

namespace {

using Kind = PythonValue::Kind;

constexpr int deepest = 64; // brackets in brackets

class Values {
  public:
    explicit Values(std::span<const PythonToken> tokens) : tokens_(tokens) {}

    PythonValue all() {
        auto first = one();
        if (!is_sign(",")) return is_end() ? first : PythonValue{Kind::unknown, first.line, first.column, "", {}};
        PythonValue list{Kind::list, first.line, first.column, "", {}};
        list.items.push_back(std::move(first));
        while (is_sign(",")) {
            ++at_;
            if (!is_end()) list.items.push_back(one());
        }
        return is_end() ? list : PythonValue{Kind::unknown, list.line, list.column, "", {}};
    }

  private:
    bool is_end() const { return at_ >= tokens_.size(); }
    bool is_sign(std::string_view text) const {
        return !is_end() && tokens_[at_].kind == PythonToken::Kind::sign && tokens_[at_].text == text;
    }
    bool is_closed() const { return is_sign(")") || is_sign("]") || is_sign("}"); }
    bool ends_value() const { return is_end() || is_sign(",") || is_sign(":") || is_closed(); }

    // To the end of this value, whatever it is.
    void skip() {
        int depth = 0;
        for (; !is_end(); ++at_) {
            if (depth == 0 && ends_value()) return;
            if (is_sign("(") || is_sign("[") || is_sign("{")) ++depth;
            if (is_closed()) --depth;
        }
    }

    PythonValue one() {
        PythonValue value;
        if (is_end()) return value;
        value.line = tokens_[at_].line;
        value.column = tokens_[at_].column;
        const auto place = value;
        if (++depth_ <= deepest) {
            atom(value);
            while (is_sign("+") && can_add(value.kind)) {
                ++at_;
                PythonValue next;
                atom(next);
                add(value, std::move(next));
            }
        }
        --depth_;
        if (value.kind != Kind::unknown && ends_value()) return value;
        skip();
        return place;
    }

    static bool can_add(Kind kind) {
        return kind == Kind::text || kind == Kind::list || kind == Kind::name || kind == Kind::sum;
    }

    static void add(PythonValue& value, PythonValue next) {
        if (!can_add(next.kind)) {
            value.kind = Kind::unknown;
        } else if (value.kind == next.kind && (value.kind == Kind::text || value.kind == Kind::list)) {
            value.text += next.text;
            value.items.insert(value.items.end(), std::make_move_iterator(next.items.begin()),
                               std::make_move_iterator(next.items.end()));
        } else {
            if (value.kind != Kind::sum) {
                PythonValue sum{Kind::sum, value.line, value.column, "", {}};
                sum.items.push_back(std::move(value));
                value = std::move(sum);
            }
            value.items.push_back(std::move(next));
        }
    }

    void atom(PythonValue& value) {
        if (is_end()) return;
        const auto& token = tokens_[at_];
        switch (token.kind) {
        case PythonToken::Kind::text: return text(value);
        case PythonToken::Kind::number: value.kind = Kind::number; break;
        case PythonToken::Kind::name: return name(value);
        case PythonToken::Kind::dynamic: return;
        case PythonToken::Kind::sign:
            if (token.text == "(" || token.text == "[") return brackets(value, token.text == "(");
            if (token.text == "{") return braces(value);
            return;
        }
        value.text = token.text;
        ++at_;
    }

    void text(PythonValue& value) {
        value.kind = Kind::text;
        for (; !is_end() && tokens_[at_].kind == PythonToken::Kind::text; ++at_) value.text += tokens_[at_].text;
        if (!is_end() && tokens_[at_].kind == PythonToken::Kind::dynamic) value.kind = Kind::unknown;
    }

    void name(PythonValue& value) {
        const auto& word = tokens_[at_].text;
        for (const std::string_view keyword :
             {"not", "lambda", "await", "yield", "if", "else", "for", "in", "is", "and", "or"})
            if (word == keyword) return;
        value.kind = word == "None" ? Kind::none : word == "True" || word == "False" ? Kind::boolean : Kind::name;
        value.text = word;
        ++at_;
        while (is_sign(".") && at_ + 1 < tokens_.size() && tokens_[at_ + 1].kind == PythonToken::Kind::name) {
            value.text += "." + tokens_[at_ + 1].text;
            at_ += 2;
        }
        if (!is_sign("(")) return;
        value.kind = Kind::call;
        ++at_;
        items(value, ")", true);
    }

    // Up to the closing one, which is eaten. Unknown where it isn't a list of values alone.
    void items(PythonValue& value, std::string_view close, bool is_call = false) {
        bool is_good = true;
        while (!is_end() && !is_sign(close)) {
            const bool is_named = is_call && at_ + 1 < tokens_.size() && tokens_[at_].kind == PythonToken::Kind::name &&
                                  tokens_[at_ + 1].kind == PythonToken::Kind::sign && tokens_[at_ + 1].text == "=";
            if (is_named)
                skip();
            else
                value.items.push_back(one());
            if (is_sign(",")) {
                ++at_;
            } else if (!is_sign(close)) {
                is_good = false;
                if (is_end()) break;
                ++at_;
            }
        }
        if (is_end()) is_good = false;
        if (!is_end()) ++at_;
        if (!is_good) value.kind = Kind::unknown;
    }

    void brackets(PythonValue& value, bool is_round) {
        ++at_;
        const auto begin = at_;
        value.kind = Kind::list;
        items(value, is_round ? ")" : "]");
        const bool has_comma =
            at_ > begin + 1 && tokens_[at_ - 2].text == "," && tokens_[at_ - 2].kind == PythonToken::Kind::sign;
        if (value.kind == Kind::list && is_round && value.items.size() == 1 && !has_comma) {
            auto inner = std::move(value.items.front());
            value = std::move(inner);
        }
    }

    void braces(PythonValue& value) {
        ++at_;
        value.kind = Kind::map;
        bool is_set = false;
        while (!is_end() && !is_sign("}")) {
            value.items.push_back(one());
            if (is_sign(":")) {
                ++at_;
                value.items.push_back(one());
            } else {
                is_set = true;
            }
            if (is_sign(","))
                ++at_;
            else if (!is_sign("}"))
                break;
        }
        if (!is_sign("}")) {
            value.kind = Kind::unknown;
            return;
        }
        ++at_;
        if (is_set) value.kind = Kind::list;
    }

    std::span<const PythonToken> tokens_;
    std::size_t at_ = 0;
    int depth_ = 0;
};

}

PythonValue python_value(std::span<const PythonToken> tokens) { return Values(tokens).all(); }

}
