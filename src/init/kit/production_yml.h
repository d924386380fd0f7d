#pragma once
#include "init/kit/facts.h"
#include <optional>
#include <string>
#include <string_view>

// fairlead.yml's sections of what the kit runs: one production, and staging as its smaller twin.
namespace fairlead::init {

// Returns the text of an existing fairlead.yml (empty: there is none) whose sections deploy, environments, smoke and
// backup say what docker-compose.prod.yml runs. Its other sections, other environments, further keys of deploy, and
// urls that somebody wrote stay as they are. Nothing: these sections are written in a form that can't be edited by
// lines ({} over several keys); `by_hand` has the sections then.
std::optional<std::string> with_production(std::string_view before, const Parts& parts, const Project& project,
                                           const Kit& kit);
std::string production_sections(const Parts& parts, const Project& project, const Kit& kit);

}
