#pragma once
#include "base/field.h"
#include "config/config.h"
#include "config/milder.h"
#include "smoke/hosts.h"
#include "smoke/runner.h"
#include <span>
#include <string>
#include <vector>

namespace fairlead::smoke {

std::span<const Field> fields(); // `smoke:` in fairlead.yml
std::span<const config::Milder> milder();

// Numbers and times that leave nothing to be asked. Error: usage.
Result<void> check_limits(const Plan& plan);

// The file of certificates that fairlead.yml names, read as config::believed_file does it. Error (usage), at its place.
Result<std::string> certificates_of(const config::Config& config, const std::string& named, const Place& place);

// Adds what only the section says: retry, headers, the ready check and the checks, one of each per base address.
// Errors (usage) have their place. `environment` is the file's section of that name: its url is for a section without
// `base`. `hearing`: who hears the bearer.
Result<void> add_section(const config::Value& section, const config::Value& environment, const Hearing& hearing,
                         const ForEveryUrl& every, Plan& plan);

// plan.at_host is the environment's. Error (usage): plan.at is no address, or the environment has no url.
Result<void> set_at(const std::string& environment_url, Plan& plan);

// That there is something to ask, and that all of it can be sent: URLs, methods, headers, given addresses,
// certificates. Error: usage.
Result<void> check_requests(const Plan& plan);

// Adds the URLs of the command line. There is no ready check: each is waited for until the deadline.
Result<void> add_urls(const std::vector<std::string>& lines, const ForEveryUrl& every, Plan& plan);

}
