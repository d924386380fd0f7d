#include "report/formats.h"
#include "report/places.h"
#include "sys/data/json.h"

// GitLab's Code Quality report (docs.gitlab.com, ci/testing/code_quality): a list of findings, which a merge request
// shows beside its lines. GitLab compares the fingerprints with those of the target branch by itself.
namespace fairlead::report {

namespace {

std::string_view severity_of(Severity severity) {
    switch (severity) {
    case Severity::error: return "critical";
    case Severity::warning: return "minor";
    case Severity::info: break;
    }
    return "info";
}

}

std::string write_codequality(const Report& report) {
    sys::Json all = sys::Json::array();
    for (const Finding& finding : report.findings) {
        if (finding.state != State::fresh && finding.state != State::known) continue;
        all.push_back({{"description", finding.message + told_others(finding, report.most_places)},
                       {"check_name", finding.rule},
                       {"fingerprint", finding.fingerprint},
                       {"severity", severity_of(finding.severity)},
                       {"location", // both are required: what has no place is shown at the repository's
                        {{"path", finding.file.empty() ? "." : finding.file},
                         {"lines", {{"begin", finding.line > 0 ? finding.line : 1}}}}}});
    }
    return sys::dump_json(all, 2) + "\n";
}

}
