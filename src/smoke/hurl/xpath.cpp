#include "smoke/hurl/xpath.h"
#include "smoke/hurl/limits.h"
#include "sys/data/xpath.h"
#include <utility>

namespace fairlead::smoke::hurl {

namespace {

struct AsHurlValue {
    Value operator()(double number) const { return {number}; }
    Value operator()(bool yes) const { return {yes}; }
    Value operator()(std::string text) const { return {std::move(text)}; }
    Value operator()(sys::XPathNodes nodes) const { return {NodeSet{nodes.size}}; }
};

}

Result<std::optional<Value>> xpath_value(std::string_view text, bool is_html, std::string_view expression) {
    TRY_VOID(check_parts(text, "<", "elements"));
    auto found = TRY(sys::evaluate_xpath(text, is_html ? sys::Markup::html : sys::Markup::xml, expression));
    return std::optional(std::visit(AsHurlValue{}, std::move(found)));
}

}
