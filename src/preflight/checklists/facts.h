#pragma once
#include "preflight/checklists/item.h"
#include "preflight/project.h"
#include <functional>
#include <span>
#include <string>
#include <string_view>

// Facts about a project, for `when:` of items.
namespace fairlead::preflight {

struct Around {
    const Project& project;
    const config::Config& config;
    std::string environment;
    config::Profile profile = config::Profile::production;
    // Returns whether something is deployed, also true if unknown; called only if an item needs it.
    std::function<bool()> is_deployed = [] { return true; };
};

struct Fact {
    std::string_view name;    // "database"
    std::string_view without; // "no database is named": the reason why an item doesn't apply
    bool (*holds)(const Around& around);
};
std::span<const Fact> facts();
const Fact* find_fact(std::string_view name);

// Returns why the item doesn't apply; empty: it applies.
std::string reason_against(const Item& item, const Around& around);

}
