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
// verify` reads it. Where keys are trusted, a set that none of them signed is no set to go by. What a verification
// found is a statement as well, about what was dumped: a rotation of keys changes nothing of that.
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
    // Of what a verification of that set found, a JSON object. Nothing: nobody signs.
    std::optional<std::string> verification(const Manifest& manifest, const std::string& found) const;
    // That object again. Error (no): trusted keys are named, and none signed it of this set's content.
    Result<std::string> found_in(std::string_view verification, const std::string& name, const Manifest& manifest,
                                 SystemTime now) const;
    // Why what is signed here is believed by nobody who asks; empty: it is, or nobody asks.
    std::string unbelieved() const;
    // Error (no): trusted keys are named, and none signed these bytes under that name.
    Result<void> check(Store& store, const Set& set, std::string_view manifest, SystemTime now) const;

  private:
    bool signs_trusted() const;
    friend Result<Signing> read_signing(const SignSettings& settings, const config::Config& config, const World& world);
    std::unique_ptr<sys::PrivateKey> key_; // none: it doesn't sign
    std::vector<attest::Key> trusted_;
    std::string unset_; // the variable that should hold the key
    mutable bool told_ = false;
};

// Error (usage): a key that can't be read; a variable that is named and not set signs nothing.
Result<Signing> read_signing(const SignSettings& settings, const config::Config& config, const World& world);

}
