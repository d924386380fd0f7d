#pragma once
#include "backup/engines/engine.h"
#include "backup/sets/manifest.h"
#include "backup/settings.h"
#include "sys/stream/age.h"
#include <memory>
#include <optional>
#include <string>
#include <vector>

// The keys that sets are encrypted for, and the keys that decrypt them. The format is age v1.
namespace fairlead::backup {

// which sets the secret keys here can open: sets written now, only other sets, or no set
enum class Opens { own, others, nothing };

class Keys {
  public:
    bool encrypts() const { return !to_.empty() || !passphrase_.empty(); }
    std::vector<std::string> recipients() const; // as in the manifest: "age1…", "passphrase"
    Opens opens() const;
    // Encrypts for the recipients, and also for a key that only this process has. With that key, a run can read back
    // what it stored.
    Result<std::unique_ptr<sys::Sink>> encrypting(std::unique_ptr<sys::Sink> into) const;
    std::vector<std::string> identities() const; // the recipients that have a secret key here
    // Makes a new header for the recipients of encrypting(), and leaves the content as it is. Doesn't close `into`.
    Result<void> rewrap(sys::Source& from, sys::Sink& into, const Part& part) const;
    // Returns whether the current passphrase opens the file; false: only the former passphrase does. If no former
    // passphrase is set, returns true without a check.
    Result<bool> is_of_now(std::unique_ptr<sys::Source> from, const Part& part) const;
    // Error (could_not): there is no key, or no key that opens the file; the message names the file's recipients.
    Result<std::unique_ptr<sys::Source>> decrypting(std::unique_ptr<sys::Source> from, const Part& part) const;

  private:
    sys::AgeTo all() const; // the recipients and the key of this process
    Error told(Error error, const Part& part) const;
    friend Result<Keys> read_keys(const EncryptSettings& settings, const World& world);
    std::vector<sys::AgeRecipient> to_;
    Secret passphrase_;
    sys::AgeKeys own_; // includes the key of this process
};

// Error (usage): a passphrase and recipients are both set, a variable is not set, or others may read a key file.
Result<Keys> read_keys(const EncryptSettings& settings, const World& world);

}
