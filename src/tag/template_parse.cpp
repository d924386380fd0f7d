#include "tag/ecma.h"
#include "tag/template.h"
#include "tag/template_tokens.h"
#include <fmt/format.h>

namespace fairlead::tag {

namespace {

using Kind = TemplateToken::Kind;
constexpr int deepest = 100; // blocks and sub-expressions within each other

bool ends_word(char c) {
    return is_blank(c) || std::string_view("!\"#%&'()*+,./;<=>@[\\]^`{|}~").find(c) != std::string_view::npos;
}

// What stands inside one tag.
class ExpressionReader {
  public:
    ExpressionReader(std::string_view text, std::string_view whole, std::size_t offset)
        : text_(text), whole_(whole), offset_(offset) {}

    Result<Expression> read() {
        auto call = TRY(read_call(0));
        if (at_ < text_.size()) return error(fmt::format("'{}' is not expected", text_.substr(at_)));
        return call;
    }

  private:
    Error error(std::string_view what) const { return template_error(whole_, offset_, what); }

    void skip_blanks() {
        while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
    }

    Result<Expression> read_call(int depth) {
        if (depth > deepest) return error("sub-expressions are nested too deeply");
        Expression call;
        call.kind = Expression::Kind::call;
        skip_blanks();
        auto head = TRY(read_operand(depth));
        if (head.kind != Expression::Kind::path &&
            head.kind != Expression::Kind::call) { // a literal in front is a name
            head.parts = {head.source};
            head.kind = Expression::Kind::path;
        }
        call.source = head.source;
        call.arguments.push_back(std::move(head));
        for (skip_blanks(); at_ < text_.size() && text_[at_] != ')'; skip_blanks()) {
            const auto name = take_name_before_equals();
            if (!name.empty()) {
                skip_blanks();
                auto value = TRY(read_operand(depth));
                call.named.push_back({name, std::move(value)});
            } else if (!call.named.empty()) {
                return error("an argument without a name may not follow one with a name");
            } else {
                call.arguments.push_back(TRY(read_operand(depth)));
            }
        }
        return call;
    }

    std::string take_name_before_equals() {
        auto end = at_;
        while (end < text_.size() && !ends_word(text_[end])) ++end;
        auto equals = end;
        while (equals < text_.size() && is_blank(text_[equals])) ++equals;
        if (end == at_ || equals >= text_.size() || text_[equals] != '=') return {};
        std::string name(text_.substr(at_, end - at_));
        at_ = equals + 1;
        return name;
    }

    Result<Expression> read_operand(int depth) {
        if (at_ >= text_.size()) return error("a name is missing");
        const char c = text_[at_];
        if (c == '(') {
            ++at_;
            auto call = TRY(read_call(depth + 1));
            if (at_ >= text_.size() || text_[at_] != ')') return error("a ')' is missing");
            ++at_;
            return call;
        }
        if (c == '"' || c == '\'') return read_text(c);
        return read_word();
    }

    Result<Expression> read_text(char quote) {
        Expression literal;
        literal.kind = Expression::Kind::text;
        for (++at_; at_ < text_.size(); ++at_) {
            if (text_[at_] == '\\' && at_ + 1 < text_.size() && text_[at_ + 1] == quote)
                ++at_;
            else if (text_[at_] == quote) {
                ++at_;
                literal.source = literal.text;
                return literal;
            }
            literal.text += text_[at_];
        }
        return error("a quote is not closed");
    }

    // A number, a keyword, or a path: names joined by '.' or '/', `..`, `this`, `@data`, `[any text]`.
    Result<Expression> read_word() {
        Expression path;
        const auto begin = at_;
        if (text_[at_] == '@') {
            path.data = true;
            ++at_;
        }
        do {
            TRY_VOID(read_segment(path));
        } while (at_ < text_.size() && (text_[at_] == '.' || text_[at_] == '/') && ++at_ > 0);
        path.source = std::string(text_.substr(begin, at_ - begin));
        if (at_ == begin) return error(fmt::format("'{}' is not expected", text_.substr(at_)));
        if (at_ < text_.size() && !is_blank(text_[at_]) && text_[at_] != ')' && text_[at_] != '=')
            return error(fmt::format("'{}' is not expected", text_.substr(at_)));
        path.scoped = path.source[0] == '.' || path.source.substr(0, 4) == "this";
        if (!path.data) as_literal(path);
        return path;
    }

    Result<void> read_segment(Expression& path) {
        if (at_ < text_.size() && text_[at_] == '[') {
            const auto close = text_.find(']', at_);
            if (close == std::string_view::npos) return error("a ']' is missing");
            path.parts.emplace_back(text_.substr(at_ + 1, close - at_ - 1));
            at_ = close + 1;
            return {};
        }
        if (text_.substr(at_, 2) == "..") {
            if (!path.parts.empty()) return error("Invalid path: `..` stands behind a name");
            at_ += 2;
            ++path.depth;
            return {};
        }
        if (at_ < text_.size() && text_[at_] == '.') { // `./name`, or `.` alone
            if (!path.parts.empty()) return error("Invalid path: two dots");
            ++at_;
            if (at_ < text_.size() && text_[at_] == '/') return {};
            return {};
        }
        auto end = at_;
        while (end < text_.size() && !ends_word(text_[end])) ++end;
        const auto word = text_.substr(at_, end - at_);
        if (word.empty())
            return error(at_ < text_.size() ? fmt::format("'{}' is not expected", text_.substr(at_))
                                            : "a name is missing");
        at_ = end;
        if (word != "this")
            path.parts.emplace_back(word);
        else if (!path.parts.empty())
            return error("Invalid path: `this` stands behind a name");
        return {};
    }

    static void as_literal(Expression& path) {
        const auto& word = path.source;
        if (word == "true" || word == "false") {
            path.kind = Expression::Kind::boolean;
            path.number = word == "true" ? 1 : 0;
        } else if (word == "undefined" || word == "null") {
            path.kind = Expression::Kind::nothing;
        } else if (word.find_first_not_of("-0123456789.") == std::string::npos &&
                   word.find_first_of("0123456789") != std::string::npos) {
            const auto number = to_number(word);
            if (!number) return;
            path.kind = Expression::Kind::number;
            path.number = *number;
            path.source = number_text(*number);
        }
    }

    std::string_view text_, whole_;
    std::size_t offset_, at_ = 0;
};

class Builder {
  public:
    Builder(std::string_view text, std::vector<TemplateToken> tokens) : text_(text), tokens_(std::move(tokens)) {}

    Result<std::vector<TemplateNode>> build() {
        auto nodes = TRY(read_nodes(0));
        if (at_ < tokens_.size())
            return template_error(text_, tokens_[at_].offset,
                                  tokens_[at_].kind == Kind::close ? "a block ends that was not begun"
                                                                   : "`else` stands outside a block");
        return nodes;
    }

  private:
    // Up to the `else` or the end of the block that encloses them.
    Result<std::vector<TemplateNode>> read_nodes(int depth) {
        std::vector<TemplateNode> nodes;
        if (depth > deepest) return template_error(text_, tokens_[at_].offset, "blocks are nested too deeply");
        for (; at_ < tokens_.size(); ++at_) {
            auto& token = tokens_[at_];
            if (token.kind == Kind::otherwise || token.kind == Kind::close) break;
            if (token.kind == Kind::comment || (token.kind == Kind::text && token.text.empty())) continue;
            TemplateNode node;
            if (token.kind == Kind::text) {
                node.text = std::move(token.text);
            } else {
                node.expression = TRY(ExpressionReader(token.text, text_, token.offset).read());
                node.kind = TemplateNode::Kind::value;
                node.escape = token.kind == Kind::value;
                if (token.kind == Kind::open || token.kind == Kind::inverse_open) TRY_VOID(read_block(node, depth));
            }
            nodes.push_back(std::move(node));
        }
        return nodes;
    }

    Result<void> read_block(TemplateNode& node, int depth) {
        const auto open = tokens_[at_];
        node.kind = TemplateNode::Kind::block;
        node.inverted = open.kind == Kind::inverse_open;
        ++at_;
        TRY_VOID(read_branches(node, depth));
        if (at_ >= tokens_.size())
            return template_error(text_, open.offset,
                                  fmt::format("the block '{}' is not closed", node.expression.source));
        const auto name = TRY(ExpressionReader(tokens_[at_].text, text_, tokens_[at_].offset).read()).source;
        if (name != node.expression.source)
            return template_error(text_, tokens_[at_].offset,
                                  fmt::format("{} doesn't match {}", node.expression.source, name));
        return {};
    }

    // Leaves at_ on the closing tag.
    Result<void> read_branches(TemplateNode& node, int depth) {
        node.body = TRY(read_nodes(depth + 1));
        if (at_ >= tokens_.size() || tokens_[at_].kind != Kind::otherwise) return {};
        const auto& token = tokens_[at_];
        if (token.text.empty()) {
            ++at_;
            node.otherwise = TRY(read_nodes(depth + 1));
            if (at_ < tokens_.size() && tokens_[at_].kind == Kind::otherwise)
                return template_error(text_, tokens_[at_].offset, "a second `else`");
            return {};
        }
        TemplateNode chained; // {{else if x}}
        chained.kind = TemplateNode::Kind::block;
        chained.expression = TRY(ExpressionReader(token.text, text_, token.offset).read());
        ++at_;
        TRY_VOID(read_branches(chained, depth + 1));
        node.otherwise.push_back(std::move(chained));
        return {};
    }

    std::string_view text_;
    std::vector<TemplateToken> tokens_;
    std::size_t at_ = 0;
};

bool mentions_name(const Expression& expression, std::string_view name) {
    if (expression.kind == Expression::Kind::path && !expression.parts.empty() && expression.parts.front() == name)
        return true;
    for (const auto& argument : expression.arguments)
        if (mentions_name(argument, name)) return true;
    for (const auto& [key, argument] : expression.named)
        if (mentions_name(argument, name)) return true;
    return false;
}

bool any_mentions(const std::vector<TemplateNode>& nodes, std::string_view name) {
    for (const auto& node : nodes)
        if (mentions_name(node.expression, name) || any_mentions(node.body, name) || any_mentions(node.otherwise, name))
            return true;
    return false;
}

}

Result<Template> Template::parse(std::string_view text) {
    Template parsed;
    auto tokens = TRY(split_template(text));
    parsed.nodes_ = TRY(Builder(text, std::move(tokens)).build());
    return parsed;
}

bool Template::is_only(std::string_view name) const {
    if (nodes_.size() != 1 || nodes_[0].kind != TemplateNode::Kind::value) return false;
    const auto& head = nodes_[0].expression.arguments.front();
    return head.kind == Expression::Kind::path && head.parts.size() == 1 && head.parts[0] == name;
}

bool Template::mentions(std::string_view name) const { return any_mentions(nodes_, name); }

}
