#pragma once
#include "attest/key.h"
#include "backup/engines/engine.h"
#include "backup/sets/sets.h"
#include "backup/settings.h"
#include "sys/signature.h"
#include <memory>
#include <optional>
#include <string>
#include <vector>

// Signatures of sets. Next to a set's manifest is a signed statement about the manifest's file (in-toto, DSSE,
// Ed25519), which `fairlead verify` can read. If trusted keys are configured, a set that none of these keys signed is
// refused. The result of a verification is a signed statement, too. It names the dumped data, so a key rotation doesn't
// affect it.
namespace fairlead::backup {

class Signing {
  public:
    bool asks() const { return !trusted_.empty(); }
    // Error (usage): no trusted key is configured, so any set would be accepted.
    Result<void> check_asks(std::string_view flag) const;
    // Called before a set is made. Error (usage): the set would have no signature, or no trusted key's signature.
    Result<void> check_signs() const;
    // Returns the signed statement about a manifest with this name. Nothing: there is no key to sign with.
    std::optional<std::string> statement(const std::string& manifest_name, std::string_view manifest) const;
    // Returns the signed statement about a verification's result (`found`, a JSON object). Nothing: there is no key to
    // sign with.
    std::optional<std::string> verification(const Manifest& manifest, const std::string& found) const;
    // Returns the JSON object in a verification. Error (no): trusted keys are configured, and no such key signed the
    // object for this set's content.
    Result<std::string> found_in(std::string_view verification, const std::string& name, const Manifest& manifest,
                                 SystemTime now) const;
    // Returns why our own signatures are not accepted here; empty: they are accepted, or no trusted key is configured.
    std::string unbelieved() const;
    // Error (no): trusted keys are configured, and no such key signed these bytes under the manifest's name.
    Result<void> check(Store& store, const Set& set, std::string_view manifest, SystemTime now) const;

  private:
    bool signs_trusted() const;
    friend Result<Signing> read_signing(const SignSettings& settings, const config::Config& config, const World& world);
    std::unique_ptr<sys::PrivateKey> key_; // null: sets are not signed
    std::vector<attest::Key> trusted_;
    std::string unset_; // the variable that should hold the key
    mutable bool told_ = false;
};

// Error (usage): a key can't be read. If the named variable is not set, nothing is signed.
Result<Signing> read_signing(const SignSettings& settings, const config::Config& config, const World& world);

}
