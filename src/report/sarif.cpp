#include "base/text.h"
#include "base/version.h"
#include "report/formats.h"
#include "report/places.h"
#include "report/printable.h"
#include "report/rules.h"
#include "sys/data/json.h"
#include <algorithm>
#include <map>

// SARIF 2.1.0 (OASIS, errata 01). Columns count code points, the end column is one past the last.
namespace fairlead::report {

namespace {

using sys::Json;

std::string_view level_of(Severity severity) { return severity == Severity::info ? "note" : name_of(severity); }

// A relative URI reference; each part of the path is encoded, so that "a:b" is no scheme.
std::string uri_of(std::string_view path) {
    std::vector<std::string> parts = split(path, '/');
    for (std::string& part : parts) part = percent_encode(part);
    return join(parts, "/");
}

Json region_of(int line, int column, int end_line, int end_column) {
    Json region = {{"startLine", line}};
    if (column > 0) region["startColumn"] = column;
    if (end_line >= line) region["endLine"] = end_line;
    const bool forward = end_line > line || (column > 0 && end_column >= column);
    if (end_column > 0 && forward) region["endColumn"] = end_column + 1;
    return region;
}

// `spot`: a finding, or one of its places.
template <typename Spot>
Json location_of(const Spot& spot) {
    Json place = {{"artifactLocation", {{"uri", uri_of(spot.file)}, {"uriBaseId", "%SRCROOT%"}}}};
    if (spot.line > 0) place["region"] = region_of(spot.line, spot.column, spot.end_line, spot.end_column);
    return {{"physicalLocation", std::move(place)}};
}

// Several only if all of them have to be changed (3.27.12), as with a secret. GitHub shows the first one; the message
// names others.
Json locations_of(const Finding& finding) {
    if (finding.places.size() < 2) return finding.file.empty() ? Json() : Json::array({location_of(finding)});
    Json locations;
    for (const auto& spot : finding.places) {
        if (spot.file.empty()) continue; // the message of a commit
        Json location = location_of(spot);
        if (!spot.refs.empty()) location["message"] = {{"text", "in " + spot.refs[0]}};
        locations.push_back(std::move(location));
    }
    return locations;
}

Json result_of(const Finding& finding, std::size_t rule_index, std::size_t most_places) {
    Json result = {{"ruleId", finding.rule},
                   {"ruleIndex", rule_index},
                   {"level", level_of(finding.severity)},
                   {"message", {{"text", finding.message + told_others(finding, most_places)}}}};
    if (Json locations = locations_of(finding); !locations.is_null()) result["locations"] = std::move(locations);
    for (const auto& place : finding.also) {
        Finding other = finding;
        if (!place.file.empty()) other.file = place.file;
        other.line = other.end_line = place.line;
        other.column = other.end_column = place.column;
        Json location = location_of(other);
        location["message"] = {{"text", place.message}};
        result["relatedLocations"].push_back(std::move(location));
    }
    if (!finding.confidence.empty()) result["properties"] = {{"confidence", finding.confidence}};
    if (!finding.fingerprint.empty()) result["partialFingerprints"] = {{"fairlead/v1", finding.fingerprint}};
    result["baselineState"] = finding.state == State::known ? "unchanged" : "new";
    if (finding.state == State::suppressed) result["suppressions"] = Json::array({{{"kind", "inSource"}}});
    if (finding.state == State::waived)
        result["suppressions"] =
            Json::array({{{"kind", "external"}, {"status", "accepted"}, {"justification", finding.waived}}});
    return result;
}

// "GateTestsFailed": a rule's name is an identifier that people understand (3.49.7).
std::string identifier_of(std::string_view id) {
    std::string name;
    bool begins = true;
    for (const char c : id) {
        const bool joint = c == '/' || c == '-' || c == '_';
        if (!joint) name += begins ? upper({&c, 1}) : std::string(1, c);
        begins = joint;
    }
    return name;
}

Json descriptor_of(const KnownRule& rule) {
    return {{"id", rule.id},
            {"name", identifier_of(rule.id)},
            {"shortDescription", {{"text", rule.title}}},
            {"helpUri", address_of(rule)},
            {"defaultConfiguration", {{"level", level_of(rule.severity)}}}};
}

// What kept the tool from doing its work, and what it skipped.
Json invocation_of(const Report& report) {
    Json notifications = Json::array();
    if (report.error) {
        notifications.push_back({{"level", "error"}, {"message", {{"text", report.error->message}}}});
    }
    // A no that rests on no single finding is none the less one.
    if (report.verdict == Verdict::fail && std::none_of(report.findings.begin(), report.findings.end(), decides))
        notifications.push_back({{"level", "error"}, {"message", {{"text", reason_of(report)}}}});
    for (const Skipped& skipped : report.skipped) {
        notifications.push_back(
            {{"level", "note"}, {"message", {{"text", "skipped " + skipped.rule + ": " + skipped.reason}}}});
    }
    Json invocation = {{"executionSuccessful", report.verdict != Verdict::error}};
    if (!notifications.empty()) invocation["toolExecutionNotifications"] = std::move(notifications);
    return invocation;
}

}

std::string write_sarif(const Report& report) {
    Json rules = Json::array();
    Json results = Json::array();
    std::map<std::string, std::size_t> index_of_rule;
    if (!report.rules.empty())
        for (const KnownRule& rule : known_rules(report.tool, report.rules)) {
            index_of_rule.try_emplace(rule.id, rules.size());
            rules.push_back(descriptor_of(rule));
        }
    for (const Finding& finding : report.findings) {
        const auto [rule, is_new] = index_of_rule.try_emplace(finding.rule, rules.size());
        if (is_new) rules.push_back({{"id", finding.rule}});
        results.push_back(result_of(finding, rule->second, report.most_places));
    }
    const Json driver = {{"name", program_of(report.tool)}, {"version", version()}, {"rules", std::move(rules)}};
    Json run = {{"tool", {{"driver", driver}}}};
    run["invocations"] = Json::array({invocation_of(report)});
    run["columnKind"] = "unicodeCodePoints";
    run["results"] = std::move(results);
    Json log = {{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"}, {"version", "2.1.0"}};
    log["runs"] = Json::array({std::move(run)});
    return sys::dump_json(log, 2) + "\n";
}

}
