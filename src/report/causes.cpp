#include "report/causes.h"
#include "base/text.h"
#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <tuple>

namespace fairlead::report {

namespace {

constexpr std::size_t most_told = 3, longest_subject = 40;
constexpr std::size_t many_alike = 5; // ${DB_PASSWORD:-shop} in five services is one mistake

// The words of `other` that `first` hasn't in their place: "web" of "the log of web grows"; empty where that is no
// name.
std::string subject_of(const std::string& other, const std::string& first) {
    const auto a = split(other, ' '), b = split(first, ' ');
    const std::size_t shorter = std::min(a.size(), b.size());
    std::size_t begin = 0, end = 0;
    while (begin < shorter && a[begin] == b[begin]) ++begin;
    while (end < shorter - begin && a[a.size() - 1 - end] == b[b.size() - 1 - end]) ++end;
    const std::vector<std::string> words(a.begin() + static_cast<std::ptrdiff_t>(begin),
                                         a.end() - static_cast<std::ptrdiff_t>(end));
    std::string subject = join(words, " ");
    while (subject.ends_with(';') || subject.ends_with(',')) subject.pop_back();
    return subject.size() <= longest_subject && subject.find(';') == subject.npos ? subject : "";
}

// "one leak stops the host" of "web has no limit; one leak stops the host; add one": what the cause leads to.
std::string fact_of(const std::string& message) {
    const auto clauses = split(message, ';');
    return clauses.size() > 1 ? clauses[1] : message;
}

std::string told(const Finding::Place& place) {
    if (place.subject.empty()) return fmt::format("line {}", place.line);
    return place.line == 0 ? place.subject : fmt::format("{} (line {})", place.subject, place.line);
}

}

void join_causes(std::vector<Finding>& findings, const std::function<bool(const Finding&)>& stands_alone) {
    std::map<std::tuple<std::string, std::string, Severity, int, std::string>, std::size_t> first; // where of `joined`
    std::map<std::tuple<std::string, std::string, std::string>, std::size_t> alike; // errors in the same words
    for (const Finding& one : findings)
        if (one.severity == Severity::error && one.state == State::fresh) ++alike[{one.rule, one.file, one.message}];
    std::vector<Finding> joined;
    for (Finding& one : findings) {
        const bool joins = one.line > 0 && one.state == State::fresh && !stands_alone(one);
        const bool is_error = one.severity == Severity::error;
        const bool is_one_of_many = is_error && alike[{one.rule, one.file, one.message}] >= many_alike;
        const int line = is_error && !is_one_of_many ? one.line : 0;
        auto fact = is_one_of_many ? one.message : fact_of(one.message);
        const auto found =
            joins ? first.try_emplace({one.rule, one.file, one.severity, line, std::move(fact)}, joined.size()).first
                  : first.end();
        if (!joins || found->second == joined.size()) {
            joined.push_back(std::move(one));
            continue;
        }
        Finding& cause = joined[found->second];
        cause.also.push_back({one.line, one.column, subject_of(one.message, cause.message), one.message});
        if (cause.fix.empty()) cause.fix = one.fix;
    }
    findings = std::move(joined);
}

std::string told_places(const Finding& finding) {
    std::vector<std::string> places;
    for (const auto& place : finding.also)
        if (place.line > 0 || !place.subject.empty()) places.push_back(told(place));
    const std::size_t more = places.size() > most_told ? places.size() - most_told : 0;
    places.resize(places.size() - more);
    if (places.empty()) return "";
    return fmt::format("; the same: {}{}", join(places, ", "), more > 0 ? fmt::format(" and {} more", more) : "");
}

void worst_first(std::vector<Finding>& findings) {
    std::stable_sort(findings.begin(), findings.end(), [](const Finding& a, const Finding& b) {
        return std::tie(b.severity, b.weight) < std::tie(a.severity, a.weight);
    });
}

}
