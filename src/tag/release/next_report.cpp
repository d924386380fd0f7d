#include "tag/release/next_report.h"
#include "base/text.h"
#include "base/words.h"
#include "sys/data/json.h"
#include "tag/outputs.h"
#include <fmt/format.h>

namespace fairlead::tag {

namespace {

report::Finding finding(std::string rule, report::Severity severity, std::string message) {
    report::Finding finding;
    finding.rule = std::move(rule);
    finding.severity = severity;
    finding.message = std::move(message);
    return finding;
}

std::vector<std::pair<std::string, std::string>> outputs_of(const NextVersion& next) {
    return {{"version", next.version},
            {"tag", next.tag},
            {"previous", next.previous},
            {"level", std::string(name_of(next.level))},
            {"commits", std::to_string(next.commits)},
            {"changed", next.changed ? "true" : "false"}};
}

sys::Json json_of(const NextVersion& next, bool explain) {
    sys::Json json;
    for (const auto& [name, value] : outputs_of(next)) json[name] = value;
    json["commits"] = next.commits;
    json["changed"] = next.changed;
    json["tag_prefix"] = next.prefix;
    json["inferred"] = next.inferred;
    json["overridden"] = next.overridden;
    if (explain) json["decided_by"] = next.decided_by;
    return json;
}

}

std::string explained(const NextVersion& next) {
    const auto since = next.previous.empty() ? std::string() : " since " + next.previous;
    if (!next.changed)
        return fmt::format("nothing to release: {}{}, and the version stays the same\n",
                           counted(next.commits, "commit", "commits"), since);
    if (next.decided_by.empty())
        return fmt::format("no version yet: {}, so the initial version is used\n",
                           counted(next.commits, "commit", "commits"));
    return fmt::format("{}{}, {}: {}\n", name_of(next.level), since, counted(next.commits, "commit", "commits"),
                       next.decided_by);
}

void tell(const NextVersion& next, const std::string& whose, report::Report& report) {
    for (const auto& text : next.warnings)
        report.findings.push_back(finding("tag/release", report::Severity::warning, whose + text));
    for (const auto& text : {next.inferred, next.overridden})
        if (!text.empty()) report.findings.push_back(finding("tag/next-version", report::Severity::info, whose + text));
}

report::Report report_of(const NextVersion& next, bool explain) {
    report::Report report;
    report.tool = "tag";
    report.outputs = outputs_of(next);
    report.text = next.version + "\n" + (explain ? explained(next) : "");
    report.bodies["json"] = sys::dump_json(json_of(next, explain)) + "\n";
    report.bodies["lines"] = next.version + "\n";
    report.bodies["env"] = format_env(report.outputs);
    tell(next, "", report);
    return report;
}

report::Report report_of(const std::vector<NamedVersion>& versions, bool explain) {
    report::Report report;
    report.tool = "tag";
    std::vector<std::string> tags;
    auto all = sys::Json::object();
    auto changed = sys::Json::array(); // as a matrix takes it
    for (const auto& [name, next] : versions) {
        all[name] = json_of(next, explain);
        report.text += fmt::format("{} {}{}\n", name, next.version, next.changed ? "" : ", nothing to release");
        if (explain) report.text += "  " + explained(next);
        tell(next, name + ": ", report);
        if (!next.changed) continue;
        tags.push_back(next.tag);
        changed.push_back({{"name", name},
                           {"version", next.version},
                           {"tag", next.tag},
                           {"previous", next.previous},
                           {"level", name_of(next.level)}});
    }
    report.outputs = {{"components", sys::dump_json(changed)},
                      {"tags", join(tags, "\n")},
                      {"changed", tags.empty() ? "false" : "true"}};
    const sys::Json json = {{"components", all}, {"changed", !tags.empty()}};
    report.bodies["json"] = sys::dump_json(json) + "\n";
    report.bodies["lines"] = tags.empty() ? "" : join(tags, "\n") + "\n";
    report.bodies["env"] = format_env(report.outputs);
    return report;
}

}
