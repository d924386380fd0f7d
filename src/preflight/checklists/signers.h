#pragma once
#include "attest/key.h"
#include "config/config.h"
#include "preflight/checklists/catalog.h"
#include "preflight/settings.h"
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Decides who may sign: `preflight.signers`, else the owners of the sign-offs in CODEOWNERS.
namespace fairlead::preflight {

struct Signers {
    std::vector<std::string> names; // "Ada <ada@example.org>", "ada@example.org", "@ada"
    std::string from;   // "preflight.signers", ".github/CODEOWNERS"; empty: no signers are named, so anyone may sign
    bool closed = true; // false: a GitHub team is among them, and its members are unknown here

    bool may_sign(std::string_view by) const; // "Ada Lovelace <ada@example.org>"
    std::string to_ask() const;               // "ada@example.org or @bob"; empty: no signers are named
};
Result<Signers> signers_of(const Settings& settings, const std::string& checklist, const ReadPolicy& read);

// Reads the keys of preflight.signer_keys. Error (usage): a file isn't a key.
Result<std::vector<attest::Key>> signer_keys(const config::Config& config, const Settings& settings);

// Returns a path's owners by the last matching line of CODEOWNERS (docs.github.com, "About code owners").
std::vector<std::string> owners_of(std::string_view codeowners, const std::string& path);

}
