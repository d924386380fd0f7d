#include "attest/strict_json.h"
#include "attest/envelope.h"
#include "base/text.h"
#include "sys/data/json.h"
#include <fmt/format.h>
#include <set>

namespace fairlead::attest {

Result<sys::Json> parse_strict(std::string_view text, const std::string& name) {
    if (text.size() > envelope_limit) return no(fmt::format("'{}' is larger than {} MiB", name, envelope_limit >> 20));
    if (!valid_utf8(text) || !trim(text).starts_with('{')) return no(fmt::format("'{}' is not a JSON object", name));
    const auto json = TRY(sys::parse_json(text, name)); // within limits of depth; of two equal names it keeps the last
    std::vector<std::set<std::string>> names;
    std::string twice;
    const auto look = [&](int, sys::Json::parse_event_t event, sys::Json& value) {
        if (event == sys::Json::parse_event_t::object_start) names.emplace_back();
        if (event == sys::Json::parse_event_t::object_end) names.pop_back();
        if (event == sys::Json::parse_event_t::key && !names.back().insert(value.get<std::string>()).second)
            twice = value.get<std::string>();
        return true;
    };
    const auto looked_at = sys::Json::parse(text, look, false);
    if (looked_at.is_discarded()) return no(fmt::format("'{}' is not a JSON object", name));
    if (!twice.empty()) return no(fmt::format("'{}' says '{}' twice", name, twice));
    return json;
}

}
