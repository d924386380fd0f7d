#include "base/secrets/credentials.h"
#include "base/text.h"
#include "config/document.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::config {
namespace {

struct Reference {
    std::string_view name;
    char kind = 0;          // 0: ${A}, '-': default, '?': message
    std::string_view extra; // the default or the message
};

bool is_name(std::string_view text) {
    constexpr std::string_view first = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";
    if (text.empty() || first.find(text[0]) == std::string_view::npos) return false;
    return std::all_of(text.begin(), text.end(),
                       [&](char c) { return first.find(c) != std::string_view::npos || (c >= '0' && c <= '9'); });
}

// Of the text between the braces.
Result<Reference> parse_reference(std::string_view inside) {
    const std::size_t colon = inside.find(':');
    Reference reference{inside.substr(0, colon)};
    if (colon != std::string_view::npos && colon + 1 < inside.size()) {
        reference.kind = inside[colon + 1];
        reference.extra = inside.substr(colon + 2);
    }
    const bool known = colon == std::string_view::npos || reference.kind == '-' || reference.kind == '?';
    const bool nested = inside.find("${") != std::string_view::npos;
    if (known && !nested && is_name(reference.name)) return reference;
    return usage(fmt::format("'${{{}}}' is not understood; write ${{NAME}}, ${{NAME:-default}}, ${{NAME:?message}}, or "
                             "$${{ for a literal ${{",
                             inside));
}

class Interpolation {
  public:
    Interpolation(const Document& document, const sys::Environment& environment, const Declared& declared)
        : document_(document), environment_(environment), declared_(declared) {}

    Result<void> node(sys::YamlNode& node) const {
        for (auto& item : node.items) TRY_VOID(this->node(item));
        for (auto& [key, value] : node.entries) TRY_VOID(this->node(value));
        if (node.kind == sys::YamlNode::Kind::scalar && holds_interpolation(node.scalar)) {
            node.scalar = TRY(text(node));
            node.settled = true;
        }
        return {};
    }

  private:
    Result<std::string> text(const sys::YamlNode& node) const {
        const std::string_view from = node.scalar;
        std::string result;
        std::size_t at = 0;
        while (at < from.size()) {
            const std::size_t start = from.find("${", at);
            result += from.substr(at, start - at);
            if (start == std::string_view::npos) break;
            if (start > at && from[start - 1] == '$') { // $${ is ${
                result += "{";
                at = start + 2;
                continue;
            }
            const std::size_t end = from.find('}', start);
            if (end == std::string_view::npos) {
                return usage("'${' has no closing '}'; add it, or write $${ for a literal ${", place(node, start));
            }
            auto value = variable(from.substr(start + 2, end - start - 2));
            if (!value.ok()) return usage(value.error().message, place(node, start));
            result += value.value();
            at = end + 1;
        }
        return result;
    }

    Result<std::string> variable(std::string_view inside) const {
        const Reference reference = TRY(parse_reference(inside));
        const std::string name(reference.name);
        auto value = environment_.get(name);
        TRY_VOID(declared_.judge(name, value));
        if (value) {
            register_variable(name, *value); // wherever in the file it stands then
            return std::move(*value);
        }
        if (reference.kind == '-') return std::string(reference.extra);
        if (reference.kind == '?' && !reference.extra.empty()) {
            return usage(fmt::format("variable {} is not set: {}", name, reference.extra));
        }
        return usage(fmt::format("variable {} is not set; set it, or write ${{{}:-default}}", name, name));
    }

    // Exact where the value stands in one line as it is; else where the value starts.
    Place place(const sys::YamlNode& node, std::size_t offset) const {
        Place place = document_.place(node);
        const auto before = code_points(std::string_view(node.scalar).substr(0, offset));
        const int column = node.column + static_cast<int>(before) + (node.quoted ? 1 : 0);
        const auto found = place.excerpt.find("${");
        for (auto at = found; at != std::string::npos; at = place.excerpt.find("${", at + 1)) {
            if (static_cast<int>(code_points(std::string_view(place.excerpt).substr(0, at))) + 1 == column) {
                place.column = column;
            }
        }
        return place;
    }

    const Document& document_;
    const sys::Environment& environment_;
    const Declared& declared_;
};

}

bool holds_interpolation(std::string_view text) { return text.find("${") != std::string_view::npos; }

Result<void> interpolate(sys::YamlNode& node, const Document& document, const sys::Environment& environment,
                         const Declared& declared) {
    return Interpolation(document, environment, declared).node(node);
}

}
