#include "scan/known.h"
#include "base/printable.h"
#include "base/text.h"
#include "scan/verdict.h"
#include "sys/data/json.h"
#include <algorithm>
#include <fmt/format.h>
#include <set>
#include <tuple>
#include <vector>

namespace fairlead::scan {
namespace {

enum class Standing { over, gone, known };
constexpr std::string_view standings[] = {"over", "gone", "known"};

struct Listed {
    Standing standing;
    const std::string* fingerprint;
    const report::Baseline::Entry* entry;
};

std::string_view name_of(Standing standing) { return standings[static_cast<std::size_t>(standing)]; }

std::string or_dash(const std::string& text) { return text.empty() ? "-" : one_line(text); }

std::string line_of(const Listed& listed) {
    const auto& [rule, file, accepted, is_over] = *listed.entry;
    return fmt::format("{:5}  {:10}  {}  {}  {}{}\n", name_of(listed.standing), or_dash(accepted.until),
                       or_dash(accepted.owner), or_dash(rule), or_dash(file),
                       accepted.reason.empty() ? "" : ": " + one_line(accepted.reason));
}

sys::Json json_of(const Listed& listed) {
    const auto& [rule, file, accepted, is_over] = *listed.entry;
    return {{"state", name_of(listed.standing)},
            {"fingerprint", to_valid_utf8(*listed.fingerprint)},
            {"rule", to_valid_utf8(rule)},
            {"file", to_valid_utf8(file)},
            {"owner", to_valid_utf8(accepted.owner)},
            {"reason", to_valid_utf8(accepted.reason)},
            {"until", to_valid_utf8(accepted.until)}};
}

std::vector<Listed> listed_of(std::span<const report::Finding> found, const report::Baseline& baseline) {
    std::set<std::string> there;
    for (const report::Finding& finding : found) there.insert(finding.fingerprint);
    std::vector<Listed> list;
    for (const auto& [fingerprint, entry] : baseline.entries()) {
        const bool is_gone = !there.contains(fingerprint);
        list.push_back({is_gone         ? Standing::gone
                        : entry.is_over ? Standing::over
                                        : Standing::known,
                        &fingerprint, &entry});
    }
    const auto order = [](const Listed& one) {
        const auto& [rule, file, accepted, is_over] = *one.entry;
        return std::tuple(one.standing, accepted.until.empty(), std::tie(accepted.until, rule, file, *one.fingerprint));
    };
    std::sort(list.begin(), list.end(), [&](const auto& a, const auto& b) { return order(a) < order(b); });
    return list;
}

}

report::Report list_known(std::span<const report::Finding> found, const report::Baseline& baseline) {
    report::Report report;
    sys::Json list = sys::Json::array();
    std::uint64_t counts[std::size(standings)] = {};
    for (const Listed& listed : listed_of(found, baseline)) {
        report.text += line_of(listed);
        list.push_back(json_of(listed));
        ++counts[static_cast<std::size_t>(listed.standing)];
    }
    const auto [over, gone, known] = std::tuple(counts[0], counts[1], counts[2]);
    report.facts = fmt::format("{} known, {} over, {} gone", known, over, gone);
    if (gone > 0) report.facts += "; to remove what is gone: fairlead-scan --write-baseline";
    report.members = {report::member("known", list)};
    return report;
}

}
