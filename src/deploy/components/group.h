#pragma once
#include "config/config.h"
#include "deploy/settings.h"
#include "sys/environment.h"
#include "sys/files/files.h"
#include <string>
#include <vector>

// An application of several components, each with a fairlead.yml, releases, a lock and a history of its own. Together
// they are deployed in the order of their needs, one at a time, and taken back in the opposite one.
namespace fairlead::deploy {

struct Component {
    std::string name;
    Settings settings;
};

struct Group {
    std::string app, environment;
    std::string state;                 // folder of the lock of all of them, and of components.json
    std::vector<Component> components; // in the order in which they are deployed
};

// Those that are in no cycle, each behind what it needs, else as written. Error (usage): an unknown name, a cycle.
Result<std::vector<Part>> in_order(const std::vector<Part>& parts);

// `parts`: see read_parts(). Their files are read as they would be there. `only`: where one is asked for, those of the
// others that can't be read are left out.
Result<Group> read_group(const config::Config& config, const std::vector<Part>& parts, const std::string& environment,
                         const sys::Environment& variables, const std::string& only = "");

// Of all of them, whether one is deployed or each.
Result<sys::Lock> lock_of(const Group& group, Milliseconds wait);

}
