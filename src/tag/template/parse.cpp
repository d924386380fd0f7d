#include "tag/template/expression.h"
#include "tag/template/template.h"
#include "tag/template/tokens.h"
#include <fmt/format.h>

namespace fairlead::tag {

namespace {

using Kind = TemplateToken::Kind;
constexpr int deepest = 100; // blocks within each other

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
                node.expression = TRY(read_expression(token.text, text_, token.offset));
                node.kind = token.kind == Kind::partial ? TemplateNode::Kind::partial : TemplateNode::Kind::value;
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
        const auto close = TRY(read_expression(tokens_[at_].text, text_, tokens_[at_].offset));
        if (close.arguments.size() > 1 || !close.named.empty())
            return template_error(text_, tokens_[at_].offset, "the end of a block takes its name only");
        const auto place = place_in(text_, open.inside);
        if (close.source != node.expression.source)
            return usage(fmt::format("{} doesn't match {} - {}:{}", node.expression.source, close.source, place.line,
                                     place.column - 1));
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
        if (node.inverted) return template_error(text_, token.offset, "only a plain `else` goes with {{^ }}");
        TemplateNode chained; // {{else if x}}
        chained.kind = TemplateNode::Kind::block;
        chained.expression = TRY(read_expression(token.text, text_, token.offset));
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
    parsed.single_ = tokens.size() == 1;
    parsed.nodes_ = TRY(Builder(text, std::move(tokens)).build());
    return parsed;
}

bool Template::is_only(std::string_view name) const {
    if (!single_ || nodes_.size() != 1 || nodes_[0].kind != TemplateNode::Kind::value) return false;
    const auto& head = nodes_[0].expression.arguments.front();
    return !head.literal && head.kind == Expression::Kind::path && head.parts.size() == 1 && head.parts[0] == name;
}

bool Template::mentions(std::string_view name) const { return any_mentions(nodes_, name); }

}
