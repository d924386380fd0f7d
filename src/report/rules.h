#pragma once
#include "report/report.h"
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// Lists the rules that a tool's findings may have: `fairlead-X rules` prints them, SARIF describes them.
namespace fairlead::report {

// Rules of scan have no prefix, as in gitleaks; waivers write them "scan/ID".
std::string full_name(std::string_view tool, std::string_view rule);

struct KnownRule {
    std::string id; // as in findings
    std::string title;
    Severity severity;
    std::string section; // "docs/gate.md#gate-tests-failed"
};

// Returns the tool's own rules in their order, then the rules of every tool: those about waivers, and about silencing
// by a change.
std::vector<KnownRule> known_rules(std::string_view tool, std::span<const Rule> own);

// Says that no rule has this id, and names the nearest one: "rule 'jwtt' is unknown; did you mean jwt?"
std::string unknown_rule(std::string_view tool, std::string_view id, std::span<const std::string> known);
// Explains a rule of which only its title and its section are known: adds it to the text and to the list for JSON.
void explain_briefly(const KnownRule& rule, std::string& text, sys::Json& list);

std::string address_of(const KnownRule& rule); // its section as a URL, on this version's page

// Returns the reading time for the head of a page that is rendered from rules; counts like tests/support/pages.py.
std::size_t minutes_to_read(const std::string& page);

Report list_rules(std::string_view tool, std::span<const Rule> own);

}
