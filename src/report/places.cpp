#include "report/places.h"
#include "base/text.h"
#include "report/printable.h"
#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <map>
#include <tuple>

namespace fairlead::report {
namespace {

constexpr std::size_t short_id = 12; // digits of a commit

Finding::Spot spot_of(const Finding& finding) {
    return {finding.file, finding.line, finding.column, finding.end_line, finding.end_column, finding.refs};
}

// The lower one leads: somebody can act on it where it stands.
auto rank_of(const Finding& finding) {
    return std::tuple(-static_cast<int>(finding.severity), !finding.refs.empty(), finding.file.empty());
}

// "commit 0123456789ab" of "commit 0123456789ab…"
std::string shortened(const std::string& reference) {
    const std::size_t blank = reference.find(' ');
    return blank == reference.npos ? reference : reference.substr(0, blank + 1 + short_id);
}

std::string told(const Finding::Spot& spot, const Finding& finding) {
    std::string place = place_of(spot.file, spot.line);
    if (spot.line > 0 && spot.line == finding.line && spot.file == finding.file)
        place += fmt::format(":{}", spot.column);
    const std::string reference = spot.refs.empty() ? "" : shortened(spot.refs[0]);
    if (place.empty() || reference.empty()) return place + reference;
    return fmt::format("{} in {}", place, reference);
}

}

void join_places(std::vector<Finding>& findings) {
    std::map<std::tuple<std::string, State, std::string>, std::vector<std::size_t>> groups;
    for (std::size_t i = 0; i < findings.size(); ++i)
        if (findings[i].recurs) groups[{findings[i].fingerprint, findings[i].state, findings[i].waiver}].push_back(i);
    std::vector<bool> is_joined(findings.size(), false);
    for (const auto& [key, members] : groups) {
        const std::size_t lead = *std::min_element(members.begin(), members.end(), [&](std::size_t a, std::size_t b) {
            return rank_of(findings[a]) < rank_of(findings[b]);
        });
        std::vector<Finding::Spot> places = {spot_of(findings[lead])};
        for (const std::size_t member : members) {
            if (member == lead) continue;
            places.push_back(spot_of(findings[member]));
            is_joined[member] = true;
        }
        findings[lead].places = std::move(places);
    }
    std::vector<Finding> kept;
    for (std::size_t i = 0; i < findings.size(); ++i)
        if (!is_joined[i]) kept.push_back(std::move(findings[i]));
    findings = std::move(kept);
}

std::string told_others(const Finding& finding, std::size_t most) {
    if (finding.places.size() < 2) return "";
    const std::size_t others = finding.places.size() - 1, named = std::min(others, most);
    std::vector<std::string> names;
    for (std::size_t i = 1; i <= named; ++i) names.push_back(told(finding.places[i], finding));
    if (named == others && others > 1) {
        const std::string last = std::move(names.back());
        names.pop_back();
        return fmt::format("; also in {} and {}", join(names, ", "), last);
    }
    if (named == others) return "; also in " + names[0];
    const std::size_t more = others - named;
    return fmt::format("; also in {} and {} more place{}", join(names, ", "), more, more == 1 ? "" : "s");
}

}
