#pragma once
#include "smoke/check.h"
#include <string>
#include <string_view>

// Probes on the command line: `tls://app.example.org days=14`, and for probes over HTTP `https://app.example.org/
// probe=assets limit=50`. The keys are those of fairlead.yml.
namespace fairlead::smoke {

bool is_probe_line(std::string_view line);
// Error (usage): the probe, a key or a value is unknown or wrong.
Result<Check> parse_probe_line(std::string_view line);

}
