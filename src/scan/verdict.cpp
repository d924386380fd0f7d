#include "scan/verdict.h"
#include "sys/digest.h"
#include <algorithm>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <set>
#include <tuple>

namespace fairlead::scan {
namespace {

using Json = nlohmann::ordered_json;

auto same_secret(const Found& found) { return std::tie(found.rule->id, found.path, found.secret.reveal()); }

std::string counted(std::uint64_t count, std::string_view one, std::string_view many) {
    return fmt::format("{} {}", count, count == 1 ? one : many);
}

std::string message(const Found& found) {
    if (found.commit.empty())
        return fmt::format("{}; revoke it where it was issued, then take it out", found.rule->title);
    return fmt::format("{}, brought by commit {} and gone later: history keeps it; revoke it where it was issued",
                       found.rule->title, found.commit.substr(0, 12));
}

std::string scanned(const Totals& totals) {
    std::string text;
    if (totals.commits > 0) text = counted(totals.commits, "commit", "commits") + ", ";
    return text + counted(totals.files.size(), "file", "files") + ", " + counted(totals.bytes, "byte", "bytes");
}

Json scanned_json(const Totals& totals) {
    return {{"commits", totals.commits}, {"files", totals.files.size()}, {"bytes", totals.bytes}};
}

}

std::vector<Found> merge(std::vector<Found> found) {
    const auto final_tree =
        std::stable_partition(found.begin(), found.end(), [](const Found& f) { return f.commit.empty(); });
    std::set<std::tuple<std::string_view, std::string, std::string>> seen;
    for (auto each = found.begin(); each != final_tree; ++each) seen.insert(same_secret(*each));
    std::vector<Found> kept(found.begin(), final_tree);
    for (auto each = final_tree; each != found.end(); ++each)
        if (seen.insert(same_secret(*each)).second) kept.push_back(*each);
    return kept;
}

std::string fingerprint(const Found& found, const std::string& salt) {
    std::string bytes(found.rule->id);
    bytes.append(1, '\0').append(salt).append(1, '\0').append(found.secret.reveal());
    return "v1:" + sys::sha256(bytes).substr(0, 32);
}

report::Report to_report(const std::vector<Found>& found, const Totals& totals, const std::string& subject,
                         const std::string& salt, Explain explain) {
    report::Report report;
    std::size_t fresh = 0;
    for (const Found& each : found) {
        report::Finding finding{.rule = std::string(each.rule->id), .file = each.path, .line = each.line};
        finding.column = each.column;
        finding.end_line = each.end_line;
        finding.end_column = each.end_column;
        finding.message = message(each);
        finding.fingerprint = fingerprint(each, salt);
        finding.state = each.state;
        if (!each.commit.empty()) finding.refs.push_back("commit " + each.commit);
        fresh += each.state == report::State::fresh;
        report.findings.push_back(std::move(finding));
    }
    report::sort_findings(report.findings);
    report.verdict = fresh > 0 ? report::Verdict::fail : report::Verdict::pass;

    std::string skipped;
    for (const auto& [reason, paths] : totals.skipped) {
        skipped += fmt::format("{}{} {}", skipped.empty() ? "; skipped: " : ", ", paths.size(), reason);
        std::string detail = counted(paths.size(), "file", "files");
        if (explain == Explain::yes) detail += ": " + fmt::format("{}", fmt::join(paths, ", "));
        report.skipped.push_back({reason, std::move(detail)});
    }
    const std::string suppressed =
        found.size() > fresh ? fmt::format(" ({} suppressed)", found.size() - fresh) : std::string();
    report.closing = fmt::format("{}{} in {}: {}{}", fresh == 0 ? "no secret" : counted(fresh, "secret", "secrets"),
                                 suppressed, subject, scanned(totals), skipped);
    report.members = {{"scanned", scanned_json(totals).dump()}};
    report.outputs = {{"findings", std::to_string(fresh)}};
    return report;
}

}
