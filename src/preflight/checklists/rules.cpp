#include "preflight/checklists/rules.h"
#include "preflight/judge.h"
#include "preflight/report.h"
#include "preflight/silence.h"
#include "report/baseline.h"
#include <fmt/format.h>

namespace fairlead::preflight {

namespace {

std::vector<std::string> groups_without_subject(const Project& project) {
    const auto has_django = [&] {
        for (const auto& path : project.paths)
            if (path == "manage.py" || path.ends_with("/manage.py")) return true;
        return false;
    };
    const bool no_site = project.sites.empty(), no_values = project.env_files.empty() && project.values.empty();
    const std::pair<std::string_view, bool> groups[] = {
        {"docker", project.dockerfiles.empty()},
        {"compose", project.composes.empty()},
        {"nginx", project.nginxes.empty()},
        {"kube", project.kubes.empty()},
        {"ci", project.workflows.empty()},
        {"unit", project.units.empty()},
        {"http", no_site},
        {"tls", no_site},
        {"live", no_site},
        {"host", !project.machine},
        {"env", project.env_files.empty()},
        {"conf", no_values},
        {"django", !has_django()},
    };
    std::vector<std::string> without;
    for (const auto& [name, is_without] : groups)
        if (is_without) without.emplace_back(name);
    return without;
}

}

Result<void> hits_of(const Looked& looked, const Asked& asked, const Request& request, Word& word, Seen& seen) {
    const Project& project = looked.project;
    seen.groups_without_subject = groups_without_subject(project);
    for (const auto& [rule, level] : project.settings.rules)
        if (level == "off") seen.rules_off.insert(rule);
    const auto known = TRY(word.policy(request.baseline));
    const auto baseline = TRY(report::Baseline::parse(known, request.baseline));
    const Silencing silencing{
        .today = format_utc(project.now).substr(0, 10),
        .read = project.read,
        .counts = [&](const std::string& path, std::string_view line) { return word.counts(path, line); }};
    const auto settled = settle(judge(project, asked), project, silencing, asked);
    const auto report = to_report(settled, project, {.allow_empty = true}, baseline); // for states and fingerprints
    for (const auto& finding : report.findings) {
        if (finding.state != report::State::fresh) continue;
        seen.hits[finding.rule].push_back(
            {finding.rule, finding.file, finding.line, finding.severity, finding.message});
    }
    return {};
}

}
