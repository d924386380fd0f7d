#pragma once
#include "scan/gitleaks/finding.h"
#include <span>
#include <string>
#include <string_view>
#include <vector>

// Reports as gitleaks 8.30 writes them (report/ of gitleaks), without Link: as for changes of no known platform.
namespace fairlead::scan::gitleaks {

struct RuleName {
    std::string id, description;
};

std::span<const std::string_view> report_formats(); // json csv junit sarif

// Returns the report byte for byte, except that SARIF has lines and columns from 1. `format` is one of
// report_formats(). `rules` are all rules in the order of the configuration; only SARIF lists them. The text is for a
// file: on a log it needs disarm().
std::string write_report(std::string_view format, const std::vector<Finding>& findings,
                         const std::vector<RuleName>& rules);

// Replaces the secret, also within the match: at 100 percent and more by REDACTED, below by its first bytes and "...".
// Does nothing at 0.
void redact(Finding& finding, unsigned percent);

}
