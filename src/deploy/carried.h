#pragma once
#include "base/result.h"
#include "deploy/direct/variables.h"
#include "deploy/settings.h"
#include <string>
#include <string_view>

// Data kept with a release so that it can serve again without fairlead.yml: the settings and variables with which it
// passed its checks. In the state folder as carried/<id>.json (0600), as long as the release is kept.
namespace fairlead::deploy {

struct Carried {
    Settings settings; // without what only apply needs: the release's folder, prepare, env
    Variables variables;
};

std::string to_json(const Carried& carried, const std::string& release = ""); // contains secrets
// Masks the values of secrets from now on. Error (could_not): the text is not what we write. `of`: the owner that the
// file must have (ledger/checked.h); empty: any owner. `release`: the release that it must belong to, if the file names
// a release.
Result<Carried> parse_carried(std::string_view text, const std::string& file, const std::string& of = "",
                              const std::string& release = "");

// Returns today's settings with the release's own values for: its command, its user, how it is stopped, and when it is
// healthy.
Settings with_own(Settings today, const Settings& own);

}
