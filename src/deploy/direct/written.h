#pragma once
#include "deploy/direct/supervisor.h"
#include "deploy/direct/variables.h"
#include "deploy/instance.h"
#include "deploy/layout.h"
#include "deploy/release/release.h"
#include <string>

// Makes launch.json and env, with which an instance is started. They depend only on settings and variables, so existing
// files can be compared with them.
namespace fairlead::deploy {

struct Written {
    const Settings& settings;
    const Variables& variables;
    const Layout& layout;

    bool binds_socket(const Instance& instance) const;
    int port_of(const Instance& instance) const;
    std::string filled(std::string word, const Instance& instance, const std::string& release) const;
    Launch launch_of(const Instance& instance, const std::string& release) const;
    std::string env_of(const Instance& instance, const ReleaseInfo& release) const;
};

}
