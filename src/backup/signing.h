#pragma once
#include "attest/key.h"
#include "backup/engines/engine.h"
#include "backup/sets.h"
#include "backup/settings.h"
#include "sys/signature.h"
#include <memory>
#include <optional>
#include <string>
#include <vector>

// Who made a set: beside its manifest lies a signed statement about that file (in-toto, DSSE, Ed25519), as `fairlead
// verify` reads it. Where keys are trusted, a set that none of them signed is no set to go by.
namespace fairlead::backup {

class Signing {
  public:
    bool asks() const { return !trusted_.empty(); }
    // Error (usage): no key is trusted, so that any set would be believed.
    Result<void> check_asks(std::string_view flag) const;
    // Before a set is made. Error (usage): it would have no signature, or one that nobody here believes.
    Result<void> check_signs() const;
    // Of a manifest that is called so. Nothing: nobody signs.
    std::optional<std::string> statement(const std::string& manifest_name, std::string_view manifest) const;
    // Error (no): trusted keys are named, and none signed these bytes under that name.
    Result<void> check(Store& store, const Set& set, std::string_view manifest, SystemTime now) const;

  private:
    friend Result<Signing> read_signing(const SignSettings& settings, const World& world);
    std::unique_ptr<sys::PrivateKey> key_; // none: it doesn't sign
    std::vector<attest::Key> trusted_;
    std::string unset_; // the variable that should hold the key
};

// Error (usage): a key that can't be read; a variable that is named and not set signs nothing.
Result<Signing> read_signing(const SignSettings& settings, const World& world);

}
