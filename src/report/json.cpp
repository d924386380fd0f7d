#include "sys/data/json.h"
#include "base/secrets/secret.h"
#include "base/version.h"
#include "report/formats.h"

namespace fairlead::report {

namespace {

using sys::Json;

Json or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }
Json or_null(int number) { return number == 0 ? Json(nullptr) : Json(number); }

Json to_json(const Finding::Spot& place) {
    Json json = {{"file", or_null(place.file)}, {"line", or_null(place.line)}, {"column", or_null(place.column)}};
    if (place.end_line > 0) json["end_line"] = place.end_line;
    if (place.end_column > 0) json["end_column"] = place.end_column;
    json["refs"] = place.refs;
    return json;
}

Json to_json(const Finding& finding) {
    Json json = {{"rule", finding.rule},
                 {"severity", name_of(finding.severity)},
                 {"file", or_null(finding.file)},
                 {"line", or_null(finding.line)},
                 {"column", or_null(finding.column)}};
    if (finding.end_line > 0) json["end_line"] = finding.end_line;
    if (finding.end_column > 0) json["end_column"] = finding.end_column;
    json["message"] = finding.message;
    if (!finding.about.empty()) json["about"] = finding.about;
    if (!finding.confidence.empty()) json["confidence"] = finding.confidence;
    json["fix"] = or_null(finding.fix);
    json["refs"] = finding.refs;
    json["fingerprint"] = or_null(finding.fingerprint);
    json["state"] = name_of(finding.state);
    for (const auto& place : finding.also) {
        Json also = {{"line", or_null(place.line)}, {"column", or_null(place.column)}, {"message", place.message}};
        if (!place.file.empty()) also["file"] = place.file;
        json["also"].push_back(std::move(also));
    }
    for (const auto& place : finding.places) json["places"].push_back(to_json(place));
    if (!finding.waiver.empty()) json["waiver"] = finding.waiver;
    return json;
}

Json to_json(const std::optional<Error>& error) {
    if (!error) return nullptr;
    return {{"message", error->message},
            {"file", or_null(error->place.file)},
            {"line", or_null(error->place.line)},
            {"column", or_null(error->place.column)}};
}

// Before they are escaped: what is masked in the finished text could be a quote of JSON's own.
Json masked(Json value) {
    if (value.is_string()) return mask(value.get<std::string>());
    if (value.is_structured())
        for (auto& child : value) child = masked(std::move(child));
    return value;
}

}

Member member(std::string name, sys::Json value) {
    return {std::move(name), std::make_shared<const sys::Json>(std::move(value))};
}

std::string write_json(const Report& report) {
    Json json = {{"schema", 1},
                 {"tool", report.tool},
                 {"tool_version", version()},
                 {"verdict", name_of(report.verdict)},
                 {"environment", or_null(report.environment)}};
    Json findings = Json::array();
    for (const Finding& finding : report.findings) findings.push_back(to_json(finding));
    Json skipped = Json::array();
    for (const Skipped& one : report.skipped) skipped.push_back({{"rule", one.rule}, {"reason", one.reason}});

    json[report.findings_key] = std::move(findings);
    json["skipped"] = std::move(skipped);
    json["timings"] = {{"total_ms", report.total.count()}};
    json["error"] = to_json(report.error);
    if (!report.closing.empty()) json["decided"] = report.closing;
    // A refusal holds nothing that could be taken for an answer.
    if (report.verdict != Verdict::error)
        for (const auto& [name, value] : report.outputs) json["outputs"][name] = mask(value);
    for (const auto& [name, value] : report.members) json[name] = masked(*value);
    return sys::dump_json(json, 2) + "\n";
}

}
