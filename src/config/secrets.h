#pragma once
#include "config/change.h"
#include "sys/data/yaml.h"
#include "sys/environment.h"
#include <string>

namespace fairlead::config {

// Registers with mask() the secrets of fairlead.yml, before the file is checked and before anything is printed. Secrets
// are: values of keys with a secret name or meaning (also in a file that can't be parsed); variables that env.secrets
// and keys such as `token_env` name; and values of env.file. All environments count, because the chosen environment may
// be unknown yet. `path` has the meaning of LoadOptions::path, relative to `folder`. For a foreign change, the base's
// file is read. Missing or unreadable files are skipped: load() reports them.
void register_secrets(const std::string& path, const std::string& folder, const Change& change,
                      const sys::Environment& environment);

void register_values(const sys::YamlNode& node); // call it after load() has replaced ${...}

}
