#include "report/decide.h"
#include "base/secrets/secret.h"
#include "base/text.h"
#include "report/places.h"
#include "report/rules.h"
#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <map>
#include <set>
#include <tuple>

namespace fairlead::report {
namespace {

bool belongs_to(const Waiver& waiver, const Report& report) { return waiver.rule.starts_with(report.tool + "/"); }

bool path_matches(const Waivers& waivers, const Waiver& waiver, const Finding& finding) {
    if (waiver.path.empty()) return true;
    if (finding.file.empty()) return false;
    const auto whole = std::filesystem::path(waivers.findings_folder) / finding.file;
    return glob_match(waiver.path, whole.lexically_normal().lexically_relative(waivers.globs_folder).string());
}

bool covers(const Waivers& waivers, const Waiver& waiver, const Report& report, const Finding& finding) {
    return waiver.rule == full_name(report.tool, finding.rule) && path_matches(waivers, waiver, finding) &&
           (waiver.about.empty() || (!finding.about.empty() && name_matches(waiver.about, finding.about))) &&
           (waiver.fingerprint.empty() || waiver.fingerprint == finding.fingerprint);
}

// Most tools know no line of source for a finding: its message stands for it.
void add_fingerprints(Report& report) {
    std::map<std::string, int> seen;
    for (Finding& finding : report.findings) {
        if (!finding.fingerprint.empty() || finding.rule.empty()) continue;
        const std::string message = mask(finding.message);
        const int occurrence = seen[finding.rule + '\0' + finding.file + '\0' + message]++;
        finding.fingerprint = fingerprint(full_name(report.tool, finding.rule), finding.file, message, occurrence);
    }
}

// What sums up the other findings of its rule falls with the last of them that is over the limit; those within it
// decided nothing before, and don't now.
void waive_sums(Report& report) {
    for (Finding& sum : report.findings) {
        if (!sum.sums_up || sum.state != State::fresh) continue;
        const Finding* waived = nullptr;
        std::vector<Finding*> left;
        std::uint64_t count = 0;
        for (Finding& other : report.findings) {
            if (other.sums_up || other.rule != sum.rule) continue;
            if (other.state == State::waived) waived = &other;
            if (other.state != State::fresh) continue;
            left.push_back(&other);
            count += other.stands_for;
        }
        if (count > sum.limit || !waived) continue;
        for (Finding* other : left) other->severity = std::min(other->severity, Severity::warning);
        sum.state = State::waived;
        sum.waived = waived->waived;
    }
}

// A failed case is told as skipped when each finding that it is made of is waived.
void excuse_cases(Report& report) {
    for (Case& one : report.cases) {
        if (one.failure.empty() || one.finding.empty()) continue;
        std::string why;
        const bool left = std::any_of(report.findings.begin(), report.findings.end(), [&](const Finding& finding) {
            if (finding.rule != one.finding && finding.fingerprint != one.finding) return false;
            if (finding.state == State::waived) why = finding.waived;
            return decides(finding);
        });
        if (left || why.empty()) continue;
        one.skipped = why + ": " + one.failure;
        one.failure.clear();
    }
}

bool sums_up_others(const Report& report, const Finding& sum) {
    return sum.sums_up && std::any_of(report.findings.begin(), report.findings.end(),
                                      [&](const Finding& other) { return !other.sums_up && other.rule == sum.rule; });
}

struct Counts {
    std::size_t fresh = 0, waived = 0; // of severity error; all
    std::set<std::string> ids;         // of the waivers that were used
};

Counts count(const Report& report) {
    Counts counts;
    for (const Finding& finding : report.findings) {
        counts.fresh += decides(finding) ? 1 : 0;
        if (finding.state != State::waived || sums_up_others(report, finding)) continue;
        ++counts.waived;
        counts.ids.insert(finding.waiver);
    }
    return counts;
}

void set_output(Report& report, std::string_view name, std::string_view value) {
    for (auto& [output, written] : report.outputs)
        if (output == name) written = value;
}

std::string closing_of(const Report& report, const std::string& waived, bool turned) {
    if (turned) return fmt::format("passed with {}: {}", waived, report.facts);
    const std::string_view word = word_of(report.verdict, report.says);
    const std::string told = fmt::format("{}{}{}", word, word.empty() ? "" : ": ", report.facts);
    return told + (told.empty() || waived.empty() ? "" : "; ") + waived;
}

// The verdict in words, once it is known.
void say(Report& report, const Counts& counts, bool turned) {
    const std::string ids = join(std::vector<std::string>(counts.ids.begin(), counts.ids.end()), ", ");
    const std::string waived = counts.waived > 0 ? fmt::format("{} waived ({})", counts.waived, ids) : "";
    report.closing = closing_of(report, waived, turned);
    if (report.error && report.error->message.empty()) report.error->message = report.closing;
    set_output(report, report.verdict_output, name_of(report.verdict));
    if (counts.waived > 0) set_output(report, report.counting_output, std::to_string(counts.fresh));
}

void tell(Report& report, const Waiver& waiver, std::string_view name, std::string message) {
    report.findings.push_back({.rule = fmt::format("{}/waiver-{}", report.tool, name),
                               .severity = Severity::warning,
                               .file = waiver.place.file,
                               .line = waiver.place.line,
                               .column = waiver.place.column,
                               .message = std::move(message)});
}

// No evidence is not a yes.
void judge_look(Report& report) {
    Looked& looked = report.looked;
    if (report.verdict == Verdict::error) return;
    const auto is_before = [](const Finding& a, const Finding& b) {
        return std::tie(a.file, a.line, a.column, a.rule) < std::tie(b.file, b.line, b.column, b.rule);
    };
    const bool sorted = std::is_sorted(report.findings.begin(), report.findings.end(), is_before);
    const bool says_why = std::any_of(looked.unread.begin(), looked.unread.end(), decides);
    for (Finding& one : looked.unread) {
        if (one.rule.empty()) one.rule = report.tool + "/unread";
        report.findings.push_back(std::move(one));
    }
    looked.unread.clear();
    if (says_why || looked.refuses()) report.verdict = Verdict::fail;
    if (looked.count == 0 && report.facts.empty()) report.facts = nothing_seen;
    if (looked.refuses()) {
        if (report.stays_no.empty()) report.stays_no = nothing_seen;
        if (!looked.nothing.empty() && !says_why)
            report.findings.push_back({.rule = report.tool + "/nothing", .message = looked.nothing});
    }
    if (sorted) sort_findings(report.findings);
}

struct Use {
    const Waiver* waiver;
    bool expired;
    std::size_t met = 0; // findings that it would cover
};

void tell(Report& report, const Use& use) {
    const Waiver& waiver = *use.waiver;
    if (use.met == 0 && report.looked.at_all && report.verdict != Verdict::error)
        return tell(report, waiver, "unused", fmt::format("waiver {} covers no finding; remove it", waiver.id));
    if (use.met == 0) return;
    if (!report.stays_no.empty() && !use.expired)
        return tell(report, waiver, "refused",
                    fmt::format("waiver {} has no effect here: {}", waiver.id, report.stays_no));
    if (use.expired)
        tell(report, waiver, "expired",
             fmt::format("waiver {} of {} expired on {}, so its findings count again; fix them, or agree on a new date",
                         waiver.id, waiver.owner, waiver.expires));
}

}

void decide(Report& report, const Waivers& waivers) {
    judge_look(report);
    add_fingerprints(report);
    const bool failed = report.verdict == Verdict::fail;
    const bool by_findings = failed && report.stays_no.empty() && count(report).fresh > 0;
    std::vector<Use> uses;
    for (const Waiver& waiver : waivers.all)
        if (belongs_to(waiver, report)) uses.push_back({&waiver, waiver.expires < waivers.today});
    for (Finding& finding : report.findings) {
        if (finding.state != State::fresh) continue;
        for (Use& use : uses) {
            if (!covers(waivers, *use.waiver, report, finding)) continue;
            ++use.met;
            if (use.expired || !report.stays_no.empty() || finding.state == State::waived) continue;
            finding.state = State::waived;
            finding.waiver = use.waiver->id;
            finding.waived = fmt::format("waived by {} until {} ({}: {})", use.waiver->id, use.waiver->expires,
                                         use.waiver->owner, use.waiver->reason);
        }
    }
    waive_sums(report);
    excuse_cases(report);
    join_places(report.findings);
    const Counts counts = count(report);
    const bool turned = by_findings && counts.fresh == 0;
    if (turned) report.verdict = Verdict::pass;
    say(report, counts, turned);
    for (const Use& use : uses) tell(report, use);
}

}
