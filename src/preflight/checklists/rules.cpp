#include "preflight/checklists/rules.h"
#include "preflight/checklists/needs.h"
#include "preflight/judge.h"
#include "preflight/report.h"
#include "preflight/silence.h"
#include "report/baseline.h"
#include <fmt/format.h>

namespace fairlead::preflight {

Result<void> hits_of(const Looked& looked, const Asked& asked, const Request& request, Word& word, Seen& seen) {
    const Project& project = looked.project;
    for (const auto& rule : asked.only)
        if (auto lack = lack_of(rule, project); !lack.empty()) seen.lacks.insert_or_assign(rule, std::move(lack));
    for (const auto& [rule, level] : project.settings.rules)
        if (level == "off") seen.rules_off.insert(rule);
    const auto known = TRY(word.policy(request.baseline));
    const auto baseline = TRY(report::Baseline::parse(known, request.baseline, format_utc(project.now).substr(0, 10)));
    const Silencing silencing{.today = format_utc(project.now).substr(0, 10),
                              .read = project.read,
                              .base = [&](const std::string& path) { return word.base(path); }};
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
