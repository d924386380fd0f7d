#include "tag/script/ecma.h"
#include "tag/template/tokens.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::tag {

namespace {

using TokenKind = TemplateToken::Kind;
constexpr int deepest = 100; // blocks within each other
// What is no part of a name, as the language has it.
constexpr std::string_view marks = "!\"#%&'()*+,./;<=>@[\\]^`{|}~";
// Names with a meaning of their own there; those of blocks are followed by `#` only.
constexpr std::string_view reserved[] = {"if", "unless", "with", "each", "lookup", "log", "this", "else"};

std::size_t word_size(std::string_view text, std::string_view more = {}) {
    const auto end = std::find_if(text.begin(), text.end(), [&](char c) {
        return is_blank(c) || (marks.find(c) != marks.npos && more.find(c) == more.npos);
    });
    return static_cast<std::size_t>(end - text.begin());
}

class Builder {
  public:
    Builder(std::string_view text, const std::vector<TemplateToken>& tokens) : text_(text), tokens_(tokens) {}

    Result<TemplateNodes> build() {
        auto nodes = TRY(read_nodes(0));
        if (!is_over())
            return error(is_at(TokenKind::close) ? "a block ends that was not begun" : "`else` is outside a block");
        return nodes;
    }

  private:
    bool is_over() const { return at_ >= tokens_.size(); }
    bool is_at(TokenKind kind) const { return !is_over() && tokens_[at_].kind == kind; }
    Error error(std::string_view what) const { return template_error(text_, tokens_[at_].offset, what); }

    // Up to the `else` or the end of the block that encloses them.
    Result<TemplateNodes> read_nodes(int depth) {
        TemplateNodes nodes;
        for (; !is_over() && !is_at(TokenKind::otherwise) && !is_at(TokenKind::close); ++at_) {
            const auto& token = tokens_[at_];
            // There, a block or comment with a line for itself takes the line along.
            const bool lone = token.kind == TokenKind::comment || token.kind == TokenKind::open;
            if (lone && text_.find('\n') != text_.npos)
                return error("a block or comment in a text of several lines is not available");
            if (token.kind == TokenKind::comment || (token.kind == TokenKind::text && token.text.empty())) continue;
            TemplateNode node;
            if (token.kind == TokenKind::text)
                node.text = token.text;
            else if (token.kind == TokenKind::open)
                node = TRY(read_block(depth));
            else
                node = TRY(read_value(token));
            nodes.push_back(std::move(node));
        }
        return nodes;
    }

    // Leaves at_ on the closing tag.
    Result<TemplateNode> read_block(int depth) {
        const auto open = at_;
        if (depth > deepest) return error("blocks are nested too deeply");
        const auto word = tokens_[open].text.substr(0, word_size(tokens_[open].text));
        auto node = TRY(read_condition(depth));
        if (is_over()) {
            at_ = open;
            return error(fmt::format("the block '{}' is not closed", word));
        }
        if (tokens_[at_].text != word) return error(fmt::format("{} doesn't match {}", word, tokens_[at_].text));
        return node;
    }

    // `if tag` or `unless tag` and what stands in its two arms; `else if` makes another one of the second.
    Result<TemplateNode> read_condition(int depth) {
        const std::string_view text = tokens_[at_].text;
        const auto size = word_size(text);
        const auto word = text.substr(0, size), name = trim_blanks(text.substr(size));
        if (word != "if" && word != "unless") return error(fmt::format("'{{{{#{}}}}}' is not available", text));
        if (name.empty() || name_size(name) != name.size() || is_reserved(name))
            return error(fmt::format("'{}' takes a single name, not '{}'", word, name));
        TemplateNode node{TemplateNode::Kind::condition, std::string(name), {}};
        node.unless = word == "unless";
        ++at_;
        node.body = TRY(read_nodes(depth + 1));
        if (!is_at(TokenKind::otherwise)) return node;
        if (depth > deepest) return error("blocks are nested too deeply");
        if (tokens_[at_].text.empty()) {
            ++at_;
            node.otherwise = TRY(read_nodes(depth + 1));
            if (is_at(TokenKind::otherwise)) return error("a second `else`");
        } else {
            auto chained = TRY(read_condition(depth + 1));
            node.otherwise.push_back(std::move(chained));
        }
        return node;
    }

    // 0: there is none. A path is one, too: nothing known has parts, so `inputs.x` (meant with a `$`) is unknown.
    static std::size_t name_size(std::string_view text) {
        const auto size = word_size(text, ".");
        const auto name = text.substr(0, size), root = name.substr(0, name.find('.'));
        if (fmt::format(".{}.", name).find("..") != std::string::npos) return 0;
        return root != name && is_reserved(root) ? 0 : size;
    }

    static bool is_reserved(std::string_view name) {
        return std::find(std::begin(reserved), std::end(reserved), name) != std::end(reserved);
    }

    // `date 'YYYY' tz='UTC'`
    Result<TemplateNode> read_value(const TemplateToken& token) {
        std::string_view rest = token.text;
        const auto size = name_size(rest);
        if (rest.empty()) return error("a name is missing");
        if (size == 0 || (size < rest.size() && !is_blank(rest[size])))
            return error(fmt::format("'{}' is not a name", rest));
        TemplateNode node{TemplateNode::Kind::value, std::string(rest.substr(0, size)), {}};
        node.escape = token.kind == TokenKind::value;
        if (is_reserved(node.text)) return error(fmt::format("'{}' is not available", node.text));
        rest.remove_prefix(size);
        while (!rest.empty()) {
            if (!is_blank(rest[0])) return error(fmt::format("'{}' is not expected", rest));
            rest = trim_blanks(rest);
            auto argument = TRY(read_argument(rest));
            node.arguments.push_back(std::move(argument));
        }
        return node;
    }

    Result<Argument> read_argument(std::string_view& rest) {
        Argument argument;
        const auto unexpected = [&] { return error(fmt::format("'{}' is not expected", rest)); };
        if (const auto size = word_size(rest); size > 0 && rest.substr(size).starts_with('=')) {
            argument.name = std::string(rest.substr(0, size));
            rest.remove_prefix(size + 1);
        }
        if (rest.empty()) return error("a value is missing");
        argument.quoted = rest[0] == '\'' || rest[0] == '"';
        // Without quotes it is a path to look up: nothing, here.
        const auto size = argument.quoted ? rest.find(rest[0], 1) : word_size(rest, "./@");
        if (size == 0 || size == rest.npos) return unexpected();
        argument.text = std::string(rest.substr(argument.quoted ? 1 : 0, size - (argument.quoted ? 1 : 0)));
        if (argument.quoted && argument.text.ends_with('\\')) return unexpected(); // an escaped quote
        rest.remove_prefix(size + (argument.quoted ? 1 : 0));
        return argument;
    }

    std::string_view text_;
    const std::vector<TemplateToken>& tokens_;
    std::size_t at_ = 0;
};

}

Result<TemplateNodes> build_template(std::string_view text, const std::vector<TemplateToken>& tokens) {
    return Builder(text, tokens).build();
}

}
