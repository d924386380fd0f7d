#pragma once
#include "base/field.h"
#include "config/config.h"
#include "config/milder.h"
#include "smoke/runner.h"
#include "smoke/settings/hosts.h"
#include <span>
#include <string>
#include <vector>

namespace fairlead::smoke {

std::span<const Field> fields(); // `smoke:` in fairlead.yml
std::span<const config::Milder> milder();

// Error (usage): with these numbers or times, nothing would be checked.
Result<void> check_limits(const Plan& plan);

// Returns the certificates file that fairlead.yml names, read by config::believed_file. Error (usage), at its place.
Result<std::string> certificates_of(const config::Config& config, const std::string& named, const Place& place);

// Adds the parts that only the section has: retry, headers, and for each base address the ready check and the checks.
// Errors (usage) have their place. `environment`: the environment's section in the file; its url is used if the section
// has no `base`. `hearing`: the servers that may get the bearer token.
Result<void> add_section(const config::Value& section, const config::Value& environment, const Hearing& hearing,
                         const ForEveryUrl& every, const std::string& folder, Plan& plan);

// Sets plan.at_host from the environment. Error (usage): plan.at is not an address, or the environment has no url.
Result<void> set_at(const std::string& environment_url, Plan& plan);

// Checks that there is at least one request, and that all can be sent: URLs, methods, headers, given addresses,
// certificates. Error: usage.
Result<void> check_requests(const Plan& plan);

// Adds the URLs of the command line. There is no ready check: each URL is retried until the deadline.
Result<void> add_urls(const std::vector<std::string>& lines, const ForEveryUrl& every, Plan& plan);

}
