#pragma once
#include "base/field.h"
#include "config/config.h"
#include "smoke/runner.h"
#include <span>
#include <string>
#include <vector>

namespace fairlead::smoke {

std::span<const Field> fields(); // `smoke:` in fairlead.yml

// Lays the section under what the plan has already from flags (a flag wins): retry, headers, the ready check and the
// checks, one of each per base address. Errors (usage) have their place.
Result<void> add_section(const config::Value& section, const std::vector<std::string>& bases, Plan& plan);

}
