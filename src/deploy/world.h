#pragma once
#include "deploy/direct/variables.h"
#include "deploy/release/store.h"
#include "deploy/settings.h"
#include "sys/clock.h"
#include "sys/environment.h"
#include "sys/host.h"
#include "sys/http/client.h"
#include <functional>
#include <string>

namespace fairlead::deploy {

// The surroundings of places and routers; lives longer than they do.
struct World {
    const Settings& settings;
    const Variables& variables;
    const Store& store;
    const sys::Environment& process;
    sys::Http& http;
    sys::Clock& clock;
    sys::Host& host = sys::real_host();
    // Switches to the settings and variables with which `release` passed its checks; empty: to today's. Not set: they
    // never change.
    std::function<Result<void>(const std::string& release)> wear = {};
    Result<void> as_proven(const std::string& release) const { return wear ? wear(release) : Result<void>(); }
    bool only_looks = false; // for a plan: nothing is built just to find out what would be deployed
};

}
