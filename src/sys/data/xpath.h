#pragma once
#include "base/result.h"
#include <cstddef>
#include <string>
#include <string_view>
#include <variant>

// XPath 1.0 (W3C) over HTML and XML by libxml2, which is loaded when first needed. May be used by several threads.
namespace fairlead::sys {

enum class Markup {
    html, // libxml2's HTML parser (HTML 4), which repairs malformed HTML
    xml,
};

struct XPathNodes {
    std::size_t size = 0;
};
using XPathValue = std::variant<double, bool, std::string, XPathNodes>;

constexpr std::size_t longest_xpath_document = 8u << 20; // bytes
constexpr std::size_t deepest_xpath_document = 250;      // libxml2 reads at most 256 levels, and drops deeper HTML
// of one tag; also the limit for prefixes in scope at one element
constexpr std::size_t most_tag_attributes = 500;
constexpr unsigned long most_xpath_steps = 100'000'000; // a few seconds
constexpr std::size_t most_entity_text = 16u << 20;     // bytes, for all references to entities together

// Evaluates `expression` at the document node of `text`, which is UTF-8 whatever it declares. The expression may use
// the prefixes that the document declares (if one is declared twice, its first declaration), and `_` for the default
// namespace. Nothing else is read: no external entity, no DTD, no network. Error (no): the document is empty, malformed
// XML or over a limit. Error (usage): "invalid XPath expression ...", also for unknown functions and prefixes. Error
// (could_not): the machine has no libxml2 (2.9.11 or newer).
Result<XPathValue> evaluate_xpath(std::string_view text, Markup markup, std::string_view expression);

// `text` begins with an XML document in UTF-8. Returns the offset after its root element; the rest isn't read. Needs no
// libxml2. Error (no): only the reason, such as "mismatched tag", with line and column in `text`. Limits:
// longest_xpath_document, and deepest_xml (sys/data/xml.h).
Result<std::size_t> end_of_xml(std::string_view text);

}
