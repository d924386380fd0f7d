// What may be found in some lines of a text, before it is known which pieces of it a commit brings.
#include "scan/gitleaks/detector.h"
#include <algorithm>

namespace fairlead::scan::gitleaks {

bool Detector::has_rule_for(const std::string& path) const {
    const auto is_for_it = [&](const Rule& rule) { return rule.path && rule.path->matches(path); };
    return built_in_.has_rule_for(path) ||
           std::any_of(configuration_.rules.begin(), configuration_.rules.end(), is_for_it);
}

// By the built-in rules, or by those of a configuration that may match many lines.
Result<bool> Detector::may_find_far(std::string_view text, Part changed, const std::string& path, bool closed,
                                    Engine::Reach reach) {
    if (TRY(may_match_any(text, path, closed, true))) return true;
    if (configuration_.built_in.empty()) return false;
    const Guess guess = reach == Engine::Reach::pieces ? Guess::yes : Guess::no; // any text decodes to something
    return built_in_.may_find(text, changed, guess, path, reach);
}

Result<bool> Detector::may_find(std::string_view text, Part changed, const std::string& path, bool closed) {
    TRY_VOID(prepare());
    if (TRY(may_find_far(text, changed, path, closed, Engine::Reach::pieces))) return true;
    return may_find_near(with_lines_around(text, {changed.begin, changed.end}, lines_around), path, closed);
}

// By the rules of a configuration that match few lines, and by all rules in what is encoded.
Result<bool> Detector::may_find_near(std::string_view text, const std::string& path, bool closed) {
    if (TRY(may_match_any(text, path, closed, false))) return true;
    std::string lines; // that the last pass decoded, and some around them
    for (int depth = 1; depth <= settings_.decode_depth; ++depth) {
        Decoded next(text);
        if (!next.decode()) break;
        lines = next.decoded_lines(lines_around);
        text = lines;
        const Part all{0, text.size()};
        if (TRY(may_find_far(text, all, path, closed, Engine::Reach::some_lines))) return true;
        if (TRY(may_match_any(text, path, closed, false))) return true;
    }
    return false;
}

std::string Detector::rules_for(const std::string& path) const {
    std::string rules = built_in_.rules_for(path);
    for (std::size_t i = 0; i < configuration_.rules.size(); ++i)
        if (configuration_.rules[i].path && configuration_.rules[i].path->matches(path))
            rules += "c" + std::to_string(i) + " ";
    return rules;
}

Result<void> Detector::add_zones(std::string_view text, Part lines, const std::string& path, bool closed,
                                 std::vector<Zone>& zones) {
    constexpr std::size_t chunk = 8192; // bytes: so that one finding doesn't make a zone of a whole file
    TRY_VOID(prepare());
    if (has_long_rules_ && TRY(may_match_any(text, path, closed, true))) zones.push_back({{0, text.size()}, true});
    if (!configuration_.built_in.empty()) TRY_VOID(built_in_.add_zones(text, lines, path, zones));
    const auto around = [&](Part part) { return with_lines_around(text, {part.begin, part.end}, lines_around); };
    if (!TRY(may_find_near(around(lines), path, closed))) return {};
    for (Part part{lines.begin, lines.begin}; part.begin < lines.end; part.begin = part.end) {
        const std::size_t least = std::min(part.begin + chunk, lines.end);
        part.end = std::min(std::min(text.find('\n', least - 1), text.size() - 1) + 1, lines.end);
        const std::string_view near = around(part);
        const auto begin = static_cast<std::size_t>(near.data() - text.data());
        if (TRY(may_find_near(near, path, closed))) zones.push_back({{begin, begin + near.size()}, true});
    }
    if (lines.begin == lines.end) zones.push_back({lines, true});
    return {};
}

}
