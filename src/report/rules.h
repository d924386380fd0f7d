#pragma once
#include "report/report.h"
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// The rules that a tool's findings may be of, told: `fairlead-X rules` lists them, SARIF describes them.
namespace fairlead::report {

// scan's own are without a prefix, as gitleaks calls them; waivers write them "scan/ID".
std::string full_name(std::string_view tool, std::string_view rule);

struct KnownRule {
    std::string id; // as findings carry it
    std::string title;
    Severity severity;
    std::string section; // "docs/gate.md#gate-tests-failed"
};

// The tool's own in their order, then those that every tool has: of waivers, and of what a change silences.
std::vector<KnownRule> known_rules(std::string_view tool, std::span<const Rule> own);

std::string address_of(const KnownRule& rule); // its section as a URL, of this version's page

// Of a page that is rendered from rules, for its head: as tests/support/pages.py counts them.
std::size_t minutes_to_read(const std::string& page);

Report list_rules(std::string_view tool, std::span<const Rule> own);

}
