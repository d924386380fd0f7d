#include "smoke/hurl/json_path/json_path.h"
#include <algorithm>
#include <cstdint>
#include <cstdlib>

using namespace fairlead;
using namespace fairlead::smoke::hurl;

// A line with a JSONPath, then a document: a path is refused as wrong use, or gives nodes; coercion loses none.
extern "C" int fuzz_smoke_json_path(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    const auto end = std::min(text.find('\n'), text.size());
    const auto path = JsonPath::parse(std::string_view(text).substr(0, end));
    if (!path.ok()) {
        if (path.error().kind != Kind::usage || path.error().message.empty()) std::abort();
        return 0;
    }
    const auto document = read_json(std::string_view(text).substr(std::min(end + 1, text.size())));
    if (!document.ok()) return 0;
    const auto found = path->find(document.value());
    if (!found.ok()) return 0;
    const auto& nodes = found.value();
    const auto list = value_of(nodes, Coercion::off);
    if (!list || !list->as<List>() || list->as<List>()->size() != nodes.size()) std::abort();
    const auto value = value_of(nodes, Coercion::on);
    if (value.has_value() == nodes.empty()) std::abort();
    if (nodes.size() == 1 && !equal(*value, *nodes.front())) std::abort();
    return 0;
}
