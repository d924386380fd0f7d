#pragma once
#include "report/report.h"
#include "scan/collector.h"
#include <string>
#include <string_view>
#include <vector>

// Reports the places where a change silences findings, its own or later ones: warnings of rule scan/silenced. The
// warnings never show text that the change wrote.
namespace fairlead::scan {

// gitattributes(5): a checkout writes other bytes than git stores and shows.
constexpr std::string_view other_encoding = "working-tree-encoding";

// Files that silence findings, by their paths from the root.
struct Silencers {
    std::string config;   // fairlead.yml; empty: it is elsewhere
    std::string baseline; // .fairlead/scan.jsonl
    std::string rules;    // .gitleaks.toml
};

// Finds silencing in lines that a change adds: comments, entries of .gitleaksignore and of the baseline, encodings of
// .gitattributes.
std::vector<report::Finding> silenced_by(const Fragment& added, const Silencers& silencers);

// Whether silenced_by() could find something in any lines of this text. True may be wrong, false is certain.
bool may_silence(std::string_view path, std::string_view text, const Silencers& silencers);

// Reports that a change alters gitleaks' configuration, which decides what a secret is.
report::Finding altered_rules(const std::string& file);
// Reports that gitleaks:allow, which needs no reason, silenced `found`.
report::Finding without_reason(const Found& found, int line);
// Reports comments next to a finding that seem to cover it but don't count, with the reason. Reports the first comment
// with the finding's rule, or else the comments with an unknown rule whose name is close to one of ours.
std::vector<report::Finding> silence_nothing(const Found& found, const std::vector<Suppression>& comments,
                                             std::string_view today);

}
