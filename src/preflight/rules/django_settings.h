#pragma once
#include "preflight/project.h"
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// settings.py of Django as far as it can be read without running it: literals, and variables of the environment with
// what the production env file or their default gives.
namespace fairlead::preflight {

struct DjangoSetting {
    std::string file;
    int line = 0;
    std::string text;  // as written behind '=', over several lines
    bool known = true; // false: set under a condition, or made of something that isn't read
};

struct DjangoSettings {
    std::string file; // the one of production: where a setting that is missing would stand
    std::map<std::string, DjangoSetting, std::less<>> all;
    std::map<std::string, std::string> variables; // of production

    const DjangoSetting* find(std::string_view name) const;
    bool is_unknown(std::string_view name) const;
    // What it comes to: "True", "3600", "DENY" without its quotes; nothing: not set, or not known.
    std::optional<std::string> value(std::string_view name) const;
};

// Of each folder of settings, what production uses: settings.py or base.py below production.py. Those of development
// and tests are left out.
std::vector<DjangoSettings> django_settings(const Project& project);

}
