#pragma once
#include "base/result.h"
#include "deploy/direct/variables.h"
#include "deploy/settings.h"
#include <string>
#include <string_view>

// What a release carries so that it can serve again by itself: the settings and the variables that it was proven with;
// carried/<id>.json (0600) in the state folder, as long as the release is kept.
namespace fairlead::deploy {

struct Carried {
    Settings settings; // without what only an apply needs: the release's folder, prepare, env
    Variables variables;
};

std::string to_json(const Carried& carried, const std::string& release = ""); // holds secrets
// The values of secrets are masked from here on. Error (could_not): it is not what we write.
// `of`: whose it has to be (ledger/checked.h); empty: anybody's. `release`: whose as well, where it says.
Result<Carried> parse_carried(std::string_view text, const std::string& file, const std::string& of = "",
                              const std::string& release = "");

// Today's, but what a release has of its own: its command, who it runs as, how it is stopped, when it is well.
Settings with_own(Settings today, const Settings& own);

}
