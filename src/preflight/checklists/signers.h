#pragma once
#include "attest/key.h"
#include "config/config.h"
#include "preflight/checklists/catalog.h"
#include "preflight/settings.h"
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Who may sign, and who is asked: `preflight.signers`, else the owners of the sign-offs in CODEOWNERS.
namespace fairlead::preflight {

struct Signers {
    std::vector<std::string> names; // "Ada <ada@example.org>", "ada@example.org", "@ada"
    std::string from;               // "preflight.signers", ".github/CODEOWNERS"; empty: nobody is named, anyone may
    bool closed = true;             // false: a team of GitHub's is among them, and who is in it can't be told here

    bool may_sign(std::string_view by) const; // "Ada Lovelace <ada@example.org>"
    std::string to_ask() const;               // "ada@example.org or @bob"; empty: nobody is named
};
Result<Signers> signers_of(const Settings& settings, const std::string& checklist, const ReadPolicy& read);

// Those of preflight.signer_keys. Error (usage): one can't be read as a key.
Result<std::vector<attest::Key>> signer_keys(const config::Config& config, const Settings& settings);

// Owners of a path by CODEOWNERS' last matching line (docs.github.com, "About code owners").
std::vector<std::string> owners_of(std::string_view codeowners, const std::string& path);

}
