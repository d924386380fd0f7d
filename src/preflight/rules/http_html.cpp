#include "preflight/rules/http_html.h"
#include "base/text.h"
#include "read/served/html.h"
#include <algorithm>

namespace fairlead::preflight {

namespace {

struct Loads {
    std::string_view tag, attribute;
};
constexpr Loads loading[] = {
    {"script", "src"}, {"img", "src"},   {"img", "srcset"}, {"iframe", "src"},   {"frame", "src"},
    {"link", "href"},  {"video", "src"}, {"audio", "src"},  {"video", "poster"}, {"source", "src"},
    {"embed", "src"},  {"track", "src"}, {"input", "src"},  {"object", "data"},  {"source", "srcset"},
};

bool loads_over_http(const read::served::Tag& tag) {
    const auto* rel = tag.attribute("rel");
    if (tag.name == "link" && (rel == nullptr || !read::served::is_loading_link(*rel))) return false;
    return std::any_of(std::begin(loading), std::end(loading), [&](const Loads& one) {
        const auto* address = one.tag == tag.name ? tag.attribute(one.attribute) : nullptr;
        return address != nullptr && lower(trim(*address)).starts_with("http://");
    });
}

}

std::string tag_over_http(std::string_view html) {
    read::served::Tags tags(html);
    while (const auto tag = tags.next())
        if (loads_over_http(*tag)) return tag->name;
    return {};
}

}
