#pragma once
#include "preflight/checklists/item.h"
#include "preflight/project.h"
#include <functional>
#include <span>
#include <string>
#include <string_view>

// What a project has, for `when:` of items.
namespace fairlead::preflight {

struct Around {
    const Project& project;
    const config::Config& config;
    std::string environment;
    config::Profile profile = config::Profile::production;
    // Whether something is deployed; asked when an item wants to know. What can't be told counts as deployed.
    std::function<bool()> is_deployed = [] { return true; };
};

struct Fact {
    std::string_view name;    // "database"
    std::string_view without; // "no database is named": why an item doesn't apply
    bool (*holds)(const Around& around);
};
std::span<const Fact> facts();
const Fact* find_fact(std::string_view name);

// Why the item isn't in force; empty: it is.
std::string reason_against(const Item& item, const Around& around);

}
