#pragma once
#include "deploy/direct/supervisor.h"
#include "deploy/direct/variables.h"
#include "deploy/instance.h"
#include "deploy/layout.h"
#include "deploy/release/release.h"
#include <string>

// What an instance of a release is started with: launch.json and env, of its settings and variables alone. So they can
// be written, and told from what lies there.
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
