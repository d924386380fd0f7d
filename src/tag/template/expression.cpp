#include "tag/template/expression.h"
#include "tag/script/ecma.h"
#include "tag/template/tokens.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::tag {

namespace {

constexpr int deepest = 100; // sub-expressions within each other

// The words of handlebars.l.
struct Word {
    enum class Kind { name, text, number, boolean, nothing, mark, end } kind = Kind::end;
    std::string text;       // of a mark: one of @ . / = ( )
    bool bracketed = false; // [name]
};
using Kind = Word::Kind;

bool is_name_character(char c) {
    return !is_blank(c) && std::string_view("!\"#%&'()*+,./;<=>@[\\]^`{|}~").find(c) == std::string_view::npos;
}

// Takes the words from the front of the text of a tag.
class Words {
  public:
    explicit Words(std::string_view text) : text_(text) {}

    // Nothing: no word begins here.
    std::optional<Word> next() {
        while (!text_.empty() && is_blank(text_[0])) text_.remove_prefix(1);
        return read();
    }
    std::string_view rest() const { return text_; }

  private:
    bool ends(std::size_t size, std::string_view marks) const {
        return size >= text_.size() || is_blank(text_[size]) || marks.find(text_[size]) != std::string_view::npos;
    }
    Word taken(Kind kind, std::size_t size) {
        Word word{kind, std::string(text_.substr(0, size)), false};
        text_.remove_prefix(size);
        return word;
    }

    std::optional<Word> read() {
        constexpr std::string_view behind_name = "=/.)|", behind_literal = ")";
        if (text_.empty()) return Word{};
        const char c = text_[0];
        if (c == '(' || c == ')' || c == '=' || c == '@') return taken(Kind::mark, 1);
        if (text_.substr(0, 2) == "..") return taken(Kind::name, 2);
        if (c == '.' && ends(1, behind_name)) return taken(Kind::name, 1);
        if (c == '.' || c == '/') return taken(Kind::mark, 1);
        if (c == '"' || c == '\'' || c == '[') return quoted(c);
        for (const auto& [literal, kind] : {std::pair{"true", Kind::boolean},
                                            {"false", Kind::boolean},
                                            {"undefined", Kind::nothing},
                                            {"null", Kind::nothing}})
            if (const std::string_view word = literal;
                text_.substr(0, word.size()) == word && ends(word.size(), behind_literal))
                return taken(kind, word.size());
        if (const auto size = number_size(); size > 0 && ends(size, behind_literal)) return taken(Kind::number, size);
        const auto size =
            static_cast<std::size_t>(std::find_if_not(text_.begin(), text_.end(), is_name_character) - text_.begin());
        if (size == 0 || !ends(size, behind_name)) return std::nullopt;
        return taken(Kind::name, size);
    }

    std::size_t number_size() const {
        const auto digits = [&](std::size_t at) {
            while (at < text_.size() && text_[at] >= '0' && text_[at] <= '9') ++at;
            return at;
        };
        const std::size_t sign = text_[0] == '-' ? 1 : 0;
        const auto whole = digits(sign);
        if (whole == sign) return 0;
        const auto fraction = whole < text_.size() && text_[whole] == '.' ? digits(whole + 1) : 0;
        return fraction > whole + 1 ? fraction : whole;
    }

    std::optional<Word> quoted(char open) {
        const auto size = quoted_size(text_);
        if (size == 0) return std::nullopt;
        const char close = open == '[' ? ']' : open;
        Word word{open == '[' ? Kind::name : Kind::text, {}, open == '['};
        const auto inside = text_.substr(1, size - 2);
        for (std::size_t i = 0; i < inside.size(); ++i) {
            const bool escape = inside[i] == '\\' && i + 1 < inside.size() &&
                                (inside[i + 1] == close || (open == '[' && inside[i + 1] == '\\'));
            if (escape) ++i;
            word.text += inside[i];
        }
        text_.remove_prefix(size);
        return word;
    }

    std::string_view text_;
};

class Reader {
  public:
    Reader(std::string_view text, std::string_view whole, std::size_t offset)
        : words_(text), whole_(whole), offset_(offset) {}

    Result<Expression> read() {
        TRY_VOID(advance());
        auto call = TRY(read_call(0));
        if (word_.kind != Kind::end) return unexpected();
        return call;
    }

  private:
    Error error(std::string_view what) const { return template_error(whole_, offset_, what); }
    Error unexpected() const {
        if (word_.kind == Kind::end) return error("a name is missing");
        return error(fmt::format("'{}' is not expected", word_.text));
    }
    bool at(char mark) const { return word_.kind == Kind::mark && word_.text[0] == mark; }

    Result<void> advance() {
        auto next = words_.next();
        if (!next) return error(fmt::format("'{}' is not expected", words_.rest()));
        word_ = std::move(*next);
        return {};
    }

    Result<Expression> read_call(int depth) {
        if (depth > deepest) return error("sub-expressions are nested too deeply");
        Expression call;
        call.kind = Expression::Kind::call;
        if (at('(')) return unexpected();
        auto head = TRY(read_operand(depth));
        if (head.kind != Expression::Kind::path) { // a literal in front is a name
            head.parts = {head.source};
            head.literal = true;
            head.kind = Expression::Kind::path;
        }
        call.source = head.source;
        call.arguments.push_back(std::move(head));
        while (word_.kind != Kind::end && !at(')')) {
            auto operand = TRY(read_operand(depth));
            if (at('=')) {
                if (!plain_name_) return unexpected();
                const auto name = operand.source;
                TRY_VOID(advance());
                auto value = TRY(read_operand(depth));
                call.named.push_back({name, std::move(value)});
            } else if (!call.named.empty()) {
                return error("an argument without a name may not follow one with a name");
            } else {
                call.arguments.push_back(std::move(operand));
            }
        }
        return call;
    }

    Result<Expression> read_operand(int depth) {
        plain_name_ = false;
        if (at('(')) {
            TRY_VOID(advance());
            auto call = TRY(read_call(depth + 1));
            if (!at(')')) return error("a ')' is missing");
            TRY_VOID(advance());
            plain_name_ = false;
            return call;
        }
        if (word_.kind == Kind::name || at('@')) return read_path();
        Expression literal;
        literal.source = literal.text = word_.text;
        switch (word_.kind) {
        case Kind::text: literal.kind = Expression::Kind::text; break;
        case Kind::number:
            literal.kind = Expression::Kind::number;
            literal.number = to_number(word_.text).value_or(0);
            literal.source = number_text(literal.number);
            break;
        case Kind::boolean:
            literal.kind = Expression::Kind::boolean;
            literal.number = word_.text == "true" ? 1 : 0;
            break;
        case Kind::nothing: literal.kind = Expression::Kind::nothing; break;
        default: return unexpected();
        }
        TRY_VOID(advance());
        return literal;
    }

    // Names joined by '.' or '/', `..`, `this`, `@data`, `[any text]`.
    Result<Expression> read_path() {
        Expression path;
        plain_name_ = word_.kind == Kind::name;
        if (at('@')) {
            path.data = true;
            path.source = "@";
            TRY_VOID(advance());
        }
        while (true) {
            if (word_.kind != Kind::name) return unexpected();
            path.source += word_.text;
            if (!word_.bracketed && (word_.text == ".." || word_.text == "." || word_.text == "this")) {
                if (!path.parts.empty()) return error("Invalid path: " + path.source);
                if (word_.text == "..") ++path.depth;
            } else {
                path.parts.push_back(word_.text);
            }
            TRY_VOID(advance());
            if (!at('.') && !at('/')) break;
            plain_name_ = false;
            path.source += word_.text;
            TRY_VOID(advance());
        }
        path.scoped = path.source[0] == '.' || path.source.substr(0, 4) == "this";
        return path;
    }

    Words words_;
    std::string_view whole_;
    std::size_t offset_;
    Word word_;
    bool plain_name_ = false; // the operand that was read is one name, which `=` may follow
};

}

Result<Expression> read_expression(std::string_view text, std::string_view whole, std::size_t offset) {
    return Reader(text, whole, offset).read();
}

}
