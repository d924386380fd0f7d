#include "gate/formats/coverage_parts.h"
#include "base/text.h"
#include "gate/evidence.h"
#include "sys/data/json.h"
#include <fmt/format.h>

namespace fairlead::gate {

using sys::Json;

std::optional<bool> is_hit(const Json& value) {
    if (const auto number = whole_number(value)) return *number > 0;
    if (!value.is_number_float() || !(value.get<double>() >= 0)) return std::nullopt;
    return value.get<double>() > 0; // "1e+20"
}

std::optional<Count> count_of(const Json& value, std::string_view covered, std::string_view total) {
    if (!value.is_object() || !value.contains(covered) || !value.contains(total)) return std::nullopt;
    const auto hit = whole_number(value[std::string(covered)], most_lines);
    const auto all = whole_number(value[std::string(total)], most_lines);
    if (!hit || !all || *hit > *all) return std::nullopt;
    return Count{*hit, *all};
}

std::string json_shown(const Json& value) { return one_line(sys::dump_json(value), 60); }

std::string last_name(std::string_view path) {
    std::string out;
    for (std::size_t at = path.rfind('/') + 1; at < path.size(); ++at) {
        if (path[at] != '~' || at + 1 == path.size()) {
            out += path[at];
            continue;
        }
        const char escape = path[++at];
        out += escape == '0' ? '~' : escape == '1' ? '/' : '*';
    }
    return to_valid_utf8(out);
}

Result<std::uint64_t> CoverageReader::number_in(const sys::XmlAttributes& attributes, std::string_view element,
                                                std::string_view name, std::uint64_t most) const {
    const auto written = attributes.get(name);
    if (const auto number = whole_number(written, most)) return *number;
    if (const auto number = whole_number(trim(written), most)) return *number;
    return broken(fmt::format("a <{}> can't be read: {} '{}'", element, name, one_line(written, 60)));
}

Result<void> CoverageReader::within_limit(std::size_t pending) const {
    if (coverage_.entries() + pending > CoverageMap::most_entries) return broken(CoverageMap::over_limit());
    return {};
}

void CoverageReader::settle(Count lines, Count branches) {
    if (coverage_.lines() == lines && coverage_.branches() == branches) return;
    coverage_ = CoverageMap();
    FileCoverage& all = coverage_.file(report_);
    all.declare_lines(lines);
    all.declare_branches(branches);
}

}
