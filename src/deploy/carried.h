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
    Settings settings; // without settings that only apply needs: the release's folder, prepare, env
    Variables variables;
};

std::string to_json(const Carried& carried, const std::string& release = ""); // contains secrets
// Registers the values of secrets with mask(). Error (could_not): we didn't write the text. `of`: the owner that the
// file must have (ledger/checked.h); empty: any owner. `release`: the release that it must belong to, if the file names
// a release.
Result<Carried> parse_carried(std::string_view text, const std::string& file, const std::string& of = "",
                              const std::string& release = "");

// Returns today's settings, but the release's own values for its command, its user, its health check and how it is
// stopped.
Settings with_own(Settings today, const Settings& own);

}
