#include "scan/suppress.h"
#include "base/text.h"
#include <algorithm>
#include <cctype>

namespace fairlead::scan {
namespace {

constexpr std::string_view marker = "fairlead: ignore";
constexpr std::string_view gitleaks_marker = "gitleaks:allow";

bool is_date(std::string_view text) {
    constexpr std::string_view shape = "dddd-dd-dd";
    return std::equal(text.begin(), text.end(), shape.begin(), shape.end(), [](char c, char wanted) {
        return wanted == 'd' ? std::isdigit(static_cast<unsigned char>(c)) != 0 : c == wanted;
    });
}

// What follows the marker: `[rules] reason until DATE`, less the end of the comment.
bool parse_rest(std::string_view rest, Suppression& suppression) {
    constexpr std::string_view file = "-file";
    if (rest.starts_with(file)) {
        suppression.whole_file = true;
        rest.remove_prefix(file.size());
    }
    const std::size_t close = rest.find(']');
    if (!rest.starts_with('[') || close == rest.npos) return false;
    for (const std::string& word : split(rest.substr(1, close - 1), ',')) {
        std::string_view rule = trim(word);
        if (rule.starts_with("scan/")) rule.remove_prefix(5);
        if (!rule.empty()) suppression.rules.emplace_back(rule);
    }
    if (suppression.rules.empty()) return false;
    rest.remove_prefix(close + 1);
    for (const std::string_view end : {"*/", "-->", "#}", "%>"}) rest = rest.substr(0, rest.find(end));
    rest = trim(rest);
    constexpr std::string_view until = "until ";
    const std::size_t at = rest.rfind(until);
    if (at != rest.npos && is_date(rest.substr(at + until.size()))) {
        suppression.until = rest.substr(at + until.size());
        rest = trim(rest.substr(0, at));
    }
    suppression.reason = rest;
    return true;
}

void read_line(std::string_view line, int number, std::vector<Suppression>& found) {
    if (const std::size_t at = line.find(marker); at != line.npos) {
        Suppression suppression{.line = number};
        suppression.alone = std::none_of(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(at),
                                         [](unsigned char c) { return std::isalnum(c) != 0; });
        if (parse_rest(line.substr(at + marker.size()), suppression)) found.push_back(std::move(suppression));
    }
    if (line.find(gitleaks_marker) != line.npos)
        found.push_back({.line = number, .reason = std::string(gitleaks_marker)});
}

}

std::vector<Suppression> find_suppressions(std::string_view text) {
    std::vector<Suppression> found;
    if (text.find(marker) == text.npos && text.find(gitleaks_marker) == text.npos) return found;
    int number = 1;
    for (std::size_t begin = 0; begin <= text.size(); ++number) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        read_line(text.substr(begin, end - begin), number, found);
        begin = end + 1;
    }
    return found;
}

const Suppression* covering(const std::vector<Suppression>& suppressions, std::string_view rule, int first, int last,
                            std::string_view today) {
    const auto found = std::find_if(suppressions.begin(), suppressions.end(), [&](const Suppression& one) {
        const bool place =
            one.whole_file || (one.line >= first && one.line <= last) || (one.alone && one.line == first - 1);
        const bool names = one.rules.empty() || std::find(one.rules.begin(), one.rules.end(), rule) != one.rules.end();
        return place && names && !one.reason.empty() && (one.until.empty() || today <= one.until);
    });
    return found == suppressions.end() ? nullptr : &*found;
}

}
