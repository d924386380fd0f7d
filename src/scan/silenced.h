#pragma once
#include "report/report.h"
#include "scan/collector.h"
#include <string>
#include <string_view>
#include <vector>

// A change that silences findings, its own or later ones, is told where it does so: warnings, rule scan/silenced. None
// shows what the change wrote.
namespace fairlead::scan {

// gitattributes(5): a checkout writes other bytes than git keeps and shows.
constexpr std::string_view other_encoding = "working-tree-encoding";

// Files that silence, by their paths from the root.
struct Silencers {
    std::string config;   // fairlead.yml; empty: it lies elsewhere
    std::string baseline; // .fairlead/scan.jsonl
};

// In lines that a change adds: comments, entries of .gitleaksignore and of the baseline, encodings of .gitattributes.
std::vector<report::Finding> silenced_by(const Fragment& added, const Silencers& silencers);

// gitleaks:allow, which asks for no reason, silenced `found`.
report::Finding without_reason(const Found& found, int line);
// A comment beside what was found that does not count, and why.
report::Finding silences_nothing(const Found& found, const Suppression& comment);

}
