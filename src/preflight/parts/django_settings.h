#pragma once
#include "preflight/project.h"
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Reads Django's settings.py without running it: literals, and variables (their value in the production env file, else
// their default).
namespace fairlead::preflight {

struct DjangoSetting {
    std::string file;
    int line = 0;
    std::string text;  // text after '=', which may have several lines
    bool known = true; // false: set under a condition, or made from something that can't be read
};

struct DjangoSettings {
    std::string file; // the production settings file, where a missing setting should be added
    std::map<std::string, DjangoSetting, std::less<>> all;
    std::map<std::string, std::string> variables; // of production
    // All settings are unknown, because a file outside of the project is read last: `from .settings_local import *`.
    bool overridden = false;

    const DjangoSetting* find(std::string_view name) const;
    bool is_unknown(std::string_view name) const;
    // Returns the value: "True", "3600", "DENY" without its quotes; nothing: not set, or unknown.
    std::optional<std::string> value(std::string_view name) const;
};

// If the setting's value is only a variable's default, returns the variable; empty: it is a literal, or production sets
// the variable.
std::string variable_behind(const DjangoSettings& settings, const DjangoSetting& setting);
// Returns whether a workflow writes the variable into an env file from the repository's secrets.
bool is_written_by_workflow(const Project& project, const std::string& variable);

// Returns the production settings of each settings folder: settings.py or base.py below production.py. Settings for
// development and tests are left out.
std::vector<DjangoSettings> django_settings(const Project& project);

// Adds a hit where the setting is set, else at the head of the settings.
Hit& add_setting(const DjangoSettings& settings, std::string_view name, Hits& hits, std::string message);

}
