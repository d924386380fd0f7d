#pragma once
#include "base/field.h"
#include "config/config.h"
#include "smoke/runner.h"
#include <span>
#include <string>
#include <vector>

namespace fairlead::smoke {

std::span<const Field> fields(); // `smoke:` in fairlead.yml

// Numbers and times that leave nothing to be asked. Error: usage.
Result<void> check_limits(const Plan& plan);

// Adds what only the section says: retry, headers, the ready check and the checks, one of each per base address.
// Errors (usage) have their place. `url` is the environment's, for a section without `base`.
Result<void> add_section(const config::Value& section, const std::string& url, const ForEveryUrl& every, Plan& plan);

// Adds the URLs of the command line. There is no ready check: each is waited for until the deadline.
Result<void> add_urls(const std::vector<std::string>& lines, const ForEveryUrl& every, Plan& plan);

}
