#pragma once
#include "config/config.h"
#include "deploy/settings.h"
#include "sys/environment.h"
#include "sys/files/files.h"
#include <string>
#include <vector>

// An application of several components. Each component has its own fairlead.yml, releases, lock and history. They are
// deployed one at a time in the order of their needs, and rolled back in the opposite order.
namespace fairlead::deploy {

struct Component {
    std::string name;
    Settings settings;
};

struct Group {
    std::string app, environment;
    std::string state;                 // folder with the common lock and components.json
    std::vector<Component> components; // in the order in which they are deployed
};

// Sorts the parts so that each comes after the parts that it needs; otherwise keeps the given order. Error (usage): an
// unknown name, a cycle.
Result<std::vector<Part>> in_order(const std::vector<Part>& parts);

// `parts`: see read_parts(). Paths in a part's file are relative to that file's folder. `only`: the only component that
// is needed; other components are left out if they can't be read.
Result<Group> read_group(const config::Config& config, const std::vector<Part>& parts, const std::string& environment,
                         const sys::Environment& variables, const std::string& only = "");

// Takes the common lock; needed for a run of one component and for a run of all.
Result<sys::Lock> lock_of(const Group& group, Milliseconds wait);

}
