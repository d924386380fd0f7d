#pragma once
#include "config/change.h"
#include "sys/data/yaml.h"
#include "sys/environment.h"
#include <string>

namespace fairlead::config {

// Registers with mask() what fairlead.yml leads to, before the file is judged and before anything is said: what tells
// by its name or place that it is secret (in a file that can't be parsed, too), the values of env.secrets and of keys
// as `token_env`, and of env.file. Of every environment: which one is meant may not be known yet. `path` as
// LoadOptions::path, from `folder`; of a foreign change the base's file leads. What isn't there or can't be read is
// left for load() to tell.
void register_secrets(const std::string& path, const std::string& folder, const Change& change,
                      const sys::Environment& environment);

void register_values(const sys::YamlNode& node); // what load() has put ${...} into

}
