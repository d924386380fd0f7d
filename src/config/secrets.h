#pragma once
#include "config/change.h"
#include "sys/data/yaml.h"
#include "sys/environment.h"
#include <string>

namespace fairlead::config {

// Registers with mask() the secrets of fairlead.yml, before the file is checked and before anything is printed. Secrets
// are: values with a secret name or place (also in a file that can't be parsed), values of env.secrets, of keys such as
// `token_env`, and of env.file. All environments count, because the chosen environment may be unknown yet. `path` as
// LoadOptions::path, from `folder`; for a foreign change, the base's file is read. Missing or unreadable files are
// skipped: load() reports them.
void register_secrets(const std::string& path, const std::string& folder, const Change& change,
                      const sys::Environment& environment);

void register_values(const sys::YamlNode& node); // after load() has replaced ${...}

}
