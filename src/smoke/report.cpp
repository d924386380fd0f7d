#include "base/text.h"
#include "smoke/compare/compare.h"
#include "smoke/runner.h"
#include "sys/data/json.h"
#include "sys/files/log.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::smoke {

namespace {

using End = Tried::End;

std::string_view word(const Tried& tried) {
    switch (tried.end) {
    case End::passed: return tried.flaky ? "flaky" : "passed";
    case End::failed: return "failed";
    case End::known: return "known";
    case End::skipped: return "skipped";
    case End::cancelled: break;
    }
    return "cancelled";
}

// Checks alone: the wait until it serves is told by itself.
struct Counts {
    int waited = 0, checks = 0, passed = 0, failed = 0, flaky = 0, known = 0, skipped = 0, cancelled = 0, unasked = 0;
    std::string readiness; // "ready after 3 attempts"; empty: nothing was waited for
    bool ready = true;

    void add(const Tried& tried) {
        if (tried.readiness) {
            ready = ready && tried.end == End::passed;
            waited += tried.attempts;
            readiness = ready ? fmt::format("ready after {} attempt{}", waited, waited == 1 ? "" : "s") : "not ready";
            return;
        }
        ++checks;
        passed += tried.end == End::passed;
        failed += tried.end == End::failed;
        flaky += tried.flaky;
        known += tried.end == End::known;
        skipped += tried.end == End::skipped;
        cancelled += tried.end == End::cancelled && tried.attempts > 0;
        unasked += tried.end == End::cancelled && tried.attempts == 0;
    }
    // No evidence is not a yes: where there are checks, one has passed.
    bool all_good() const { return ready && failed == 0 && cancelled + unasked == 0 && (passed > 0 || checks == 0); }
    std::string no_evidence() const { // that no waiver of a finding makes good
        if (!ready) return "it never became ready";
        if (passed == 0 && checks > 0) return "no check passed";
        return cancelled + unasked > 0 ? "not every check was finished" : "";
    }
    std::string text() const {
        std::vector<std::string> parts;
        if (!readiness.empty()) parts.push_back(readiness);
        if (checks > 0) parts.push_back(fmt::format("{} of {} check{} passed", passed, checks, checks == 1 ? "" : "s"));
        for (const auto& [count, words] : {std::pair{failed, "failed"},
                                           {known, "known to fail"},
                                           {skipped, "skipped"},
                                           {cancelled, "cancelled"},
                                           {unasked, "not asked"}})
            if (count > 0) parts.push_back(fmt::format("{} {}", count, words));
        return join(parts, ", ");
    }
};

report::Finding finding_of(const Tried& tried) {
    report::Finding finding;
    finding.rule = tried.wrong.rule;
    finding.file = tried.check.place.file;
    finding.line = tried.check.place.line;
    finding.column = tried.check.place.column;
    const auto subject = tried.check.name.ends_with(tried.check.url) // a name of ours says it
                             ? tried.check.name
                             : fmt::format("{} ({})", tried.check.name, tried.check.url);
    finding.message = fmt::format("{}: {}", subject, tried.wrong.message);
    finding.fingerprint = report::fingerprint(finding.rule, tried.check.name, tried.check.url, 0);
    return finding;
}

// One for each fault of an entry of a Hurl file, at its line.
void add_findings(const Tried& tried, std::vector<report::Finding>& findings) {
    if (tried.faults.empty()) {
        findings.push_back(finding_of(tried));
        Tried other = tried;
        for (const auto& fault : tried.more) { // each with its own rule, and known again by what it says
            other.wrong = fault;
            findings.push_back(finding_of(other));
            findings.back().fingerprint = report::fingerprint(fault.rule, tried.check.name, fault.message, 0);
        }
        return;
    }
    int number = 0;
    for (const auto& [what, place] : tried.faults) {
        report::Finding finding;
        finding.rule = what.rule;
        finding.file = place.file;
        finding.line = place.line;
        finding.column = place.column;
        finding.message = what.message;
        finding.fingerprint = report::fingerprint(finding.rule, tried.check.name, tried.check.url, number++);
        findings.push_back(std::move(finding));
    }
}

std::string known_reason(const Tried& tried) {
    return fmt::format("known to fail ({}): {}", tried.check.expected_failure, tried.wrong.message);
}

// Lines about a failure, for a terminal or a log.
std::string details_of(const Tried& tried, std::string_view indent) {
    const auto& [command, answer, times] = tried.shown;
    std::string out;
    const auto add = [&](std::string_view line) {
        if (!line.empty()) out += fmt::format("{}{}\n", indent, line);
    };
    if (!command.empty()) add("> " + command);
    for (const auto& line : split(answer, '\n')) add(line);
    add(times);
    return out;
}

report::Case case_of(const Tried& tried, const std::string& suite) {
    report::Case one{.suite = suite, .name = tried.check.name, .time = tried.time};
    if (tried.end == End::failed) {
        one.failure = tried.wrong.message;
        one.finding = finding_of(tried).fingerprint;
    }
    if (tried.end == End::skipped) one.skipped = tried.check.skip;
    if (tried.end == End::known) one.skipped = known_reason(tried);
    if (tried.end == End::cancelled)
        one.skipped = tried.check.skip.empty() ? "cancelled: an earlier check failed" : "not run: " + tried.check.skip;
    if (tried.end == End::failed) one.output = details_of(tried, "");
    if (tried.flaky) one.output = fmt::format("flaky: passed at attempt {}", tried.attempts);
    return one;
}

report::Table table_of(const std::vector<Tried>& all) {
    report::Table table{{"check", "result", "attempts", "time", "message"}, {}};
    for (const bool failed : {true, false}) // failures first: what a full summary leaves out is the least
        for (const auto& tried : all)
            if ((tried.end == End::failed) == failed)
                table.rows.push_back({tried.check.name, std::string(word(tried)), std::to_string(tried.attempts),
                                      format_duration(tried.time),
                                      tried.end == End::failed  ? tried.wrong.message
                                      : tried.end == End::known ? known_reason(tried)
                                                                : ""});
    return table;
}

// What to type to ask again what failed.
report::Table commands_of(const std::vector<Tried>& all) {
    report::Table table{{"failed check", "the same request", "times"}, {}};
    for (const auto& tried : all)
        if (tried.end == End::failed && !tried.shown.command.empty())
            table.rows.push_back({tried.check.name, tried.shown.command, tried.shown.times});
    return table;
}

sys::Json json_of(const std::vector<Tried>& all) {
    auto checks = sys::Json::array();
    for (const auto& tried : all) {
        sys::Json one = {{"name", tried.check.name},
                         {"url", tried.check.url},
                         {"result", word(tried)},
                         {"attempts", tried.attempts},
                         {"ms", tried.time.count()}};
        if (tried.end == End::failed || tried.end == End::known) one["message"] = tried.wrong.message;
        if (!tried.served.empty()) one["version"] = tried.served;
        for (const auto& [name, value] : tried.facts) one["facts"][name] = value;
        if (const auto& shown = tried.shown; tried.end == End::failed && !shown.command.empty())
            one["asked"] = {{"command", shown.command}, {"answer", shown.answer}, {"times", shown.times}};
        checks.push_back(std::move(one));
    }
    return checks;
}

// A step output is put into shell lines by those who use it, so a server settles no more of it than a version, or what
// it was expected to say.
bool may_be_output(const Tried& tried) {
    constexpr std::size_t longest = 128;
    const auto& version = tried.served;
    const auto is_alphanumeric = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    };
    const auto is_plain = [&](char c) { return is_alphanumeric(c) || c == '.' || c == '_' || c == '+' || c == '-'; };
    return version == tried.check.expect.version || (version.size() <= longest && is_alphanumeric(version.front()) &&
                                                     std::all_of(version.begin(), version.end(), is_plain));
}

std::string version_output(const std::vector<Tried>& all) {
    const auto told = std::find_if(all.begin(), all.end(), [](const auto& tried) { return !tried.served.empty(); });
    if (told == all.end()) return {};
    if (may_be_output(*told)) return told->served;
    sys::log_warning(
        fmt::format("the output 'version' is empty, because the version in the answer of {} is longer than 128 "
                    "characters or has characters other than letters, digits and ._+-; see the JSON report",
                    told->check.url));
    return {};
}

}

report::Report report_of(const std::vector<Tried>& all, const std::string& environment,
                         const std::string& config_file) {
    report::Report report;
    report.tool = "smoke";
    report.environment = environment;
    Counts counts;
    std::string version;
    for (const auto& tried : all) {
        counts.add(tried);
        if (!tried.served.empty() && version.empty()) version = tried.served;
        if (tried.end == End::failed) add_findings(tried, report.findings);
        report.text += tried.output;
        if (tried.end == End::skipped) report.skipped.push_back({tried.check.name, tried.check.skip});
        report.cases.push_back(case_of(tried, config_file.empty() ? "smoke" : config_file));
        report.text += fmt::format("{:<9} {}  {}{}\n", word(tried), tried.check.name, format_duration(tried.time),
                                   tried.attempts > 1 ? fmt::format(", {} attempts", tried.attempts) : "");
        if (tried.end == End::failed) report.text += details_of(tried, "    ");
        const bool is_unasked = tried.end == End::cancelled || tried.end == End::skipped;
        if (is_unasked && !tried.check.skip.empty()) report.text += fmt::format("    {}\n", tried.check.skip);
    }
    report.looked.count = std::count_if(all.begin(), all.end(), [](const Tried& tried) { return tried.attempts > 0; });
    report.verdict = counts.all_good() ? report::Verdict::pass : report::Verdict::fail;
    report.stays_no = counts.no_evidence();
    const auto malformed = std::find_if(all.begin(), all.end(), [](const Tried& one) { return one.is_malformed; });
    if (malformed != all.end()) {
        report.verdict = report::Verdict::error;
        report.error = usage("a Hurl file can't be run as it is written; see the findings");
    }
    report.says = report::Says::verdict;
    report.facts = counts.text() + (version.empty() ? "" : fmt::format(", version {} answers", version));
    report.summary = {.heading = "fairlead-smoke", .points = {}, .tables = {table_of(all)}, .next = {}};
    if (auto asked = commands_of(all); !asked.rows.empty()) report.summary.tables.push_back(std::move(asked));
    report.members = {report::member("checks", json_of(all))};
    report.outputs = {{"passed", std::to_string(counts.passed)},
                      {"failed", std::to_string(counts.failed)},
                      {"flaky", std::to_string(counts.flaky)},
                      {"version", version_output(all)}};
    return report;
}

report::Report dry_run(const Plan& plan, const std::string& environment) {
    report::Report report;
    report.tool = "smoke";
    report.environment = environment;
    std::vector<Check> waits = plan.ready_elsewhere;
    if (plan.ready) waits.insert(waits.begin(), *plan.ready);
    for (const auto& wait : waits)
        report.text += fmt::format("would wait for  {}{}\n", wait.url,
                                   wait.expect.version.empty() ? "" : ", version " + wait.expect.version);
    std::size_t asked = 0;
    for (const auto& check : plan.checks) {
        asked += check.skip.empty() ? 1 : 0;
        report.text += check.skip.empty() ? fmt::format("would check     {} {}\n", check.method, check.url)
                                          : fmt::format("would skip      {}: {}\n", check.name, check.skip);
    }
    report.text += compare_dry_run(plan);
    for (const auto& script : plan.scripts.files)
        for (const auto& entry : script.file->entries) {
            ++asked;
            report.text += fmt::format("would send      {}  ({}:{}{})\n",
                                       trim(std::string_view(script.file->place(entry.request.spot).excerpt)),
                                       script.file->name, entry.request.spot.line, script.suffix);
        }
    for (const auto& sentence : plan.withheld) report.text += sentence + "\n";
    report.facts =
        fmt::format("would run {} check{} within {}", asked, asked == 1 ? "" : "s", format_duration(plan.deadline));
    report.summary.heading = "fairlead-smoke: dry run, no request was sent";
    return report;
}

void refuse_flaky(std::vector<Tried>& tried) {
    for (auto& one : tried)
        if (one.flaky) {
            one.end = End::failed;
            one.wrong.message = fmt::format("passed only at attempt {}; before: {}", one.attempts, one.wrong.message);
        }
}

}
