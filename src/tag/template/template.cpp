#include "tag/template/template.h"
#include "tag/template/tokens.h"
#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace fairlead::tag {

namespace {

using NodeKind = TemplateNode::Kind;

std::string escape_html(std::string_view text) {
    static constexpr std::array<std::pair<char, std::string_view>, 7> entities = {{{'&', "&amp;"},
                                                                                   {'<', "&lt;"},
                                                                                   {'>', "&gt;"},
                                                                                   {'"', "&quot;"},
                                                                                   {'\'', "&#x27;"},
                                                                                   {'`', "&#x60;"},
                                                                                   {'=', "&#x3D;"}}};
    std::string out;
    for (const char c : text) {
        const auto entity =
            std::find_if(entities.begin(), entities.end(), [&](const auto& row) { return row.first == c; });
        out += entity == entities.end() ? std::string_view(&c, 1) : entity->second;
    }
    return out;
}

Result<Value> value_of(const TemplateNode& node, const Names& names) {
    const auto known = names.find(node.text);
    if (known != names.end()) return known->second.value(node.arguments);
    if (node.arguments.empty()) return Value{};
    return usage(fmt::format("Missing helper: \"{}\"", node.text));
}

Result<void> render_into(std::string& out, const TemplateNodes& nodes, const Names& names, bool& escaped) {
    for (const auto& node : nodes) {
        if (node.kind == NodeKind::text) {
            out += node.text;
            continue;
        }
        const auto value = TRY(value_of(node, names));
        if (node.kind == NodeKind::condition) {
            TRY_VOID(render_into(out, value.holds == node.unless ? node.otherwise : node.body, names, escaped));
            continue;
        }
        const auto text = node.escape ? escape_html(value.text) : value.text;
        escaped |= text != value.text;
        out += text;
    }
    return {};
}

}

Result<Template> Template::parse(std::string_view text) {
    Template parsed;
    const auto tokens = TRY(split_template(text));
    parsed.single_ = tokens.size() == 1;
    parsed.nodes_ = TRY(build_template(text, tokens));
    return parsed;
}

Result<std::string> Template::render(const Names& names, bool& escaped) const {
    std::string out;
    TRY_VOID(render_into(out, nodes_, names, escaped));
    return out;
}

bool Template::is_only(std::string_view name) const {
    return single_ && nodes_.size() == 1 && nodes_[0].kind == NodeKind::value && nodes_[0].text == name;
}

bool Template::mentions(std::string_view name) const {
    bool found = false;
    each_name(nodes_, [&](const TemplateNode& node) { found |= node.text == name; });
    return found;
}

void each_name(const TemplateNodes& nodes, const std::function<void(const TemplateNode&)>& each) {
    for (const auto& node : nodes) {
        if (node.kind != NodeKind::text) each(node);
        each_name(node.body, each);
        each_name(node.otherwise, each);
    }
}

}
