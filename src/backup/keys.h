#pragma once
#include "backup/engines/engine.h"
#include "backup/manifest.h"
#include "backup/settings.h"
#include "sys/stream/age.h"
#include <memory>
#include <optional>
#include <string>
#include <vector>

// What sets are encrypted for, and what opens them: age v1.
namespace fairlead::backup {

enum class Opens { own, others, nothing }; // what the secret keys that are here open: what is written now, or not

class Keys {
  public:
    bool encrypts() const { return !to_.empty() || !passphrase_.empty(); }
    std::vector<std::string> recipients() const; // as the manifest names them: "age1…", "passphrase"
    Opens opens() const;
    // For the recipients, and for a key of this process alone: so a run can read back what it stored, and nobody else
    // gets a key by it.
    Result<std::unique_ptr<sys::Sink>> encrypting(std::unique_ptr<sys::Sink> into) const;
    std::vector<std::string> identities() const; // the recipients that the secret keys here belong to
    // The header is made anew for those of encrypting(), the content stays. `into` is not closed.
    Result<void> rewrap(sys::Source& from, sys::Sink& into, const Part& part) const;
    // Whether it opens by the passphrase of now, and not only by that of before; without a passphrase of before it
    // isn't asked: true.
    Result<bool> is_of_now(std::unique_ptr<sys::Source> from, const Part& part) const;
    // Error (could_not): no key is there, or none that opens it, with whom it is for.
    Result<std::unique_ptr<sys::Source>> decrypting(std::unique_ptr<sys::Source> from, const Part& part) const;

  private:
    sys::AgeTo all() const; // and the key of this process
    Error told(Error error, const Part& part) const;
    friend Result<Keys> read_keys(const EncryptSettings& settings, const World& world);
    std::vector<sys::AgeRecipient> to_;
    Secret passphrase_;
    sys::AgeKeys own_; // with the key of this process
};

// Error (usage): both ways at once, a variable that is not set, a file that others may read.
Result<Keys> read_keys(const EncryptSettings& settings, const World& world);

}
