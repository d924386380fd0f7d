#include "report/causes.h"
#include "base/text.h"
#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>
#include <tuple>

namespace fairlead::report {

namespace {

constexpr std::size_t most_told = 3, longest_subject = 40;

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

// The first word of a message, as a name: POSTGRES_PASSWORD of "${POSTGRES_PASSWORD} has a secret as its default".
std::string name_in(const std::string& message) {
    std::string name = message.substr(0, message.find(' '));
    for (const std::string_view sign : {"${", "}"}) name = replace_all(name, sign, "");
    return name;
}

bool is_variable(std::string_view name) {
    return name.find('_') != name.npos && name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == name.npos;
}

// What another rule's finding of the same cause is about: one or two words that differ, else the first word.
std::string subject_beside(const std::string& other, const std::string& first) {
    const auto subject = subject_of(other.substr(0, other.find(';')), first.substr(0, first.find(';')));
    return !subject.empty() && std::count(subject.begin(), subject.end(), ' ') < 2 ? subject : name_in(other);
}

// "redis (line 23)", "compose.yaml:31". Of a subject of several words the first is told, if it is a name: the rest is
// a part of a sentence.
std::string told(const Finding::Place& place, const Finding& finding) {
    const bool is_here = place.file.empty() && place.line == finding.line;
    const auto first = place.subject.substr(0, place.subject.find(' '));
    const bool is_name = first == place.subject || first.find_first_of("_-/.") != first.npos;
    const auto subject = place.line == 0 ? place.subject : is_name ? first : std::string();
    if (is_here) return subject;
    const auto at = place.file.empty() ? fmt::format("line {}", place.line)
                    : place.line > 0   ? fmt::format("{}:{}", place.file, place.line)
                                       : place.file;
    if (subject.empty()) return at;
    return place.line == 0 && place.file.empty() ? subject : fmt::format("{} ({})", subject, at);
}

// Of errors one line of one file, or the same words in one file; of others the rule and what it leads to.
using Key = std::tuple<std::string, std::string, Severity, int, std::string>;
using Alike = std::map<std::tuple<std::string, std::string, std::string>, std::size_t>;
Key key_of(const Finding& one, const Alike& alike) {
    if (!one.cause.empty()) return {"", "", Severity::error, 0, one.cause};
    if (one.severity != Severity::error) return {one.rule, "", one.severity, 0, fact_of(one.message)};
    if (alike.at({one.rule, one.file, one.message}) > 1) return {one.rule, one.file, one.severity, 0, one.message};
    return {one.rule, one.file, one.severity, one.line, fact_of(one.message)};
}

}

void join_causes(std::vector<Finding>& findings, const std::function<bool(const Finding&)>& stands_alone) {
    const auto joins = [&](const Finding& one) {
        return one.line > 0 && one.state == State::fresh && !stands_alone(one);
    };
    Alike alike; // errors in the same words
    std::map<std::string, Severity> gravest;
    const auto note = [&](const Finding& one) {
        if (one.cause.empty() || !joins(one)) return;
        auto& most = gravest.try_emplace(one.cause, one.severity).first->second;
        most = std::max(most, one.severity);
    };
    for (const Finding& one : findings) {
        if (one.severity == Severity::error && one.state == State::fresh) ++alike[{one.rule, one.file, one.message}];
        note(one);
    }
    for (Finding& one : findings)
        if (const auto most = gravest.find(one.cause); most != gravest.end() && most->second != Severity::error) {
            one.cause.resize(std::min(one.cause.find('\n'), one.cause.size())); // of its kind
            note(one);
        }
    std::map<Key, std::size_t> first; // where of `joined`
    std::vector<Finding> joined, milder;
    const auto add = [&](Finding& one) {
        const auto [found, is_new] = first.try_emplace(key_of(one, alike), joined.size());
        if (is_new) return joined.push_back(std::move(one));
        Finding& cause = joined[found->second];
        auto subject = one.rule == cause.rule ? subject_of(one.message, cause.message)
                                              : subject_beside(one.message, cause.message);
        if (subject.empty() && is_variable(name_in(one.message)) && name_in(one.message) != name_in(cause.message))
            subject = name_in(one.message); // it stands in the message twice
        cause.also.push_back(
            {one.file == cause.file ? "" : one.file, one.line, one.column, std::move(subject), one.message});
        if (cause.fix.empty()) cause.fix = one.fix;
    };
    for (Finding& one : findings)
        if (!joins(one))
            joined.push_back(std::move(one));
        else if (!one.cause.empty() && one.severity < gravest[one.cause])
            milder.push_back(std::move(one));
        else
            add(one);
    for (Finding& one : milder) add(one);
    findings = std::move(joined);
}

std::string told_places(const Finding& finding) {
    std::vector<std::string> places;
    std::set<std::tuple<std::string, int, std::string>> seen; // one place in other words, too, is told once
    for (const auto& place : finding.also) {
        const bool is_here = place.file.empty() && place.line == finding.line;
        if ((place.line == 0 && place.subject.empty()) || (is_here && place.subject == name_in(finding.message)))
            continue;
        auto one = told(place, finding);
        const bool is_place = place.line > 0 && !is_here; // else the words are all that is told
        const bool is_new =
            is_place ? seen.emplace(place.file, place.line, "").second : seen.emplace("", 0, one).second;
        if (!one.empty() && is_new) places.push_back(std::move(one));
    }
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
