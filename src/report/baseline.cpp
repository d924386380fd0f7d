#include "report/baseline.h"
#include "base/day.h"
#include "base/printable.h"
#include "base/secrets/secret.h"
#include "base/text.h"
#include "sys/data/json.h"
#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <optional>
#include <set>
#include <utility>

namespace fairlead::report {

namespace {

std::string text_at(const sys::Json& entry, std::string_view key) {
    const sys::Json* value = sys::json_pointer(entry, "/" + std::string(key));
    return value && value->is_string() ? value->get<std::string>() : std::string();
}

constexpr std::string_view keys[] = {"fingerprint", "rule", "file", "message", "owner", "reason", "until"};

// A misspelt `until` would be no last day, and what a later write doesn't know it would drop.
Result<void> check_keys(const sys::Json& line, const Place& place) {
    for (const auto& member : line.items())
        if (std::find(std::begin(keys), std::end(keys), member.key()) == std::end(keys))
            return usage(fmt::format("key '{}' of the baseline is unknown; expected fingerprint, rule, file, message, "
                                     "owner, reason or until",
                                     one_line(member.key().substr(0, 40))),
                         place);
    return {};
}

Result<Baseline::Entry> entry_of(const sys::Json& line, std::string_view today, const Place& place) {
    Baseline::Entry entry{.rule = text_at(line, "rule"), .file = text_at(line, "file"), .accepted = {}};
    entry.accepted = {text_at(line, "owner"), text_at(line, "reason"), text_at(line, "until")};
    const sys::Json* until = sys::json_pointer(line, "/until");
    if (until && !is_day(entry.accepted.until))
        return usage("until of this line is not a day; write a day such as 2027-01-31", place);
    entry.is_over = until && entry.accepted.until < today;
    return entry;
}

sys::Json json_of(const Finding& finding, const Acceptance& accepted) {
    sys::Json line = {{"fingerprint", finding.fingerprint},
                      {"rule", finding.rule},
                      {"file", mask(finding.file)}, // it is committed: no secret stands in it
                      {"message", mask(finding.message)}};
    for (const auto& [key, value] : {std::pair("owner", &accepted.owner), std::pair("reason", &accepted.reason),
                                     std::pair("until", &accepted.until)})
        if (!value->empty()) line[key] = mask(*value);
    return line;
}

}

Result<Baseline> Baseline::parse(std::string_view text, const std::string& file, std::string_view today) {
    Baseline baseline;
    int number = 0;
    for (const std::string& line : split(text, '\n')) {
        ++number;
        if (trim(line).empty()) continue;
        const Place place{.file = file, .line = number};
        const auto json = sys::parse_json(line, file);
        const sys::Json* fingerprint = json.ok() ? sys::json_pointer(json.value(), "/fingerprint") : nullptr;
        if (!fingerprint || !fingerprint->is_string())
            return usage("this line of the baseline has no fingerprint; remove the line, or remove the file and write "
                         "it again: --write-baseline --accept-new",
                         place);
        TRY_VOID(check_keys(json.value(), place));
        auto entry = TRY(entry_of(json.value(), today, place));
        baseline.entries_.insert_or_assign(fingerprint->get<std::string>(), std::move(entry));
    }
    return baseline;
}

bool Baseline::knows(const std::string& fingerprint) const {
    const auto found = entries_.find(fingerprint);
    return found != entries_.end() && !found->second.is_over;
}

std::string Baseline::was_known(const std::string& fingerprint) const {
    const auto found = entries_.find(fingerprint);
    if (found == entries_.end() || !found->second.is_over) return {};
    const Acceptance& accepted = found->second.accepted;
    return fmt::format("; it was known until {}{}", accepted.until,
                       accepted.owner.empty() ? "" : " (" + one_line(accepted.owner) + ")");
}

namespace {

// Whether it is known from now on. One whose last day is over is renewed by a new day only.
bool is_accepted(const Finding& finding, AcceptNew accept, const Baseline& before, const Acceptance& accepted) {
    if (finding.state != State::fresh || accept == AcceptNew::no) return false;
    return !before.entries().contains(finding.fingerprint) || !accepted.until.empty();
}

// What the finding's line says; nothing: it gets no line. A line that is over stays while its finding does.
std::optional<Acceptance> line_of(const Finding& finding, AcceptNew accept, const Baseline& before,
                                  const Acceptance& accepted) {
    const auto found = before.entries().find(finding.fingerprint);
    const bool is_there = found != before.entries().end();
    const bool is_new = is_accepted(finding, accept, before, accepted);
    if (finding.state != State::known && finding.state != State::fresh) return std::nullopt;
    if (!is_there) return is_new || finding.state == State::known ? std::optional(accepted) : std::nullopt;
    Acceptance line = found->second.accepted;
    if (!is_new) return line;
    line.until = accepted.until;
    if (!accepted.owner.empty()) line.owner = accepted.owner;
    if (!accepted.reason.empty()) line.reason = accepted.reason;
    return line;
}

}

std::string write_baseline(std::span<const Finding> findings, AcceptNew accept, const Baseline& before,
                           const Acceptance& accepted) {
    std::set<std::string> sorted;
    for (const Finding& finding : findings) {
        if (finding.severity != Severity::error) continue; // a warning decides nothing as it is
        if (const auto line = line_of(finding, accept, before, accepted))
            sorted.insert(sys::dump_json(json_of(finding, *line)) + "\n");
    }
    std::string text;
    for (const std::string& line : sorted) text += line;
    return text;
}

std::string rewrite(Report& report, const Baseline& before, AcceptNew accept, const Acceptance& accepted) {
    std::string text = write_baseline(report.findings, accept, before, accepted);
    std::set<std::string> now, added, over;
    std::size_t left_out = 0;
    for (Finding& finding : report.findings) {
        if (finding.severity != Severity::error) continue;
        if (finding.state == State::known) now.insert(finding.fingerprint);
        if (finding.state != State::fresh) continue;
        if (is_accepted(finding, accept, before, accepted)) {
            finding.state = State::known;
            added.insert(finding.fingerprint);
        } else if (before.entries().contains(finding.fingerprint)) {
            over.insert(finding.fingerprint);
        } else {
            ++left_out;
        }
    }
    const auto gone = std::count_if(before.entries().begin(), before.entries().end(), [&](const auto& one) {
        return !now.contains(one.first) && !added.contains(one.first) && !over.contains(one.first);
    });
    if (left_out + over.size() == 0) {
        report.verdict = Verdict::pass;
        for (auto& [name, value] : report.outputs)
            if (name == report.counting_output) value = "0";
    }
    report.facts = fmt::format("{} known, {} of them added, {} removed", now.size() + added.size(), added.size(), gone);
    if (left_out > 0) report.facts += fmt::format("; {} new: to add them too, say --accept-new", left_out);
    if (!over.empty())
        report.facts += fmt::format("; {} over: to renew them, change `until` in their lines", over.size());
    return text;
}

}
