#pragma once
#include "base/result.h"
#include "base/secrets/secret.h"
#include <array>
#include <string>
#include <string_view>
#include <vector>

// Keys of age v1 (https://c2sp.org/age): X25519, written in Bech32 like the keys of `age` and age-keygen.
namespace fairlead::sys {

class AgeRecipient {
  public:
    static Result<AgeRecipient> read(std::string_view text); // "age1..."; error (usage)
    std::string shown() const;                               // the same text
    const std::array<unsigned char, 32>& key() const { return key_; }
    bool operator==(const AgeRecipient&) const = default;

  private:
    friend class AgeIdentity;
    std::array<unsigned char, 32> key_{};
};

// A private key; the destructor overwrites its bytes.
class AgeIdentity {
  public:
    static AgeIdentity make();
    // "AGE-SECRET-KEY-1..."; error (usage), which never contains the text
    static Result<AgeIdentity> read(std::string_view text, const std::string& name);
    AgeIdentity(AgeIdentity&& other) noexcept;
    AgeIdentity& operator=(AgeIdentity&&) = delete;
    ~AgeIdentity();
    AgeRecipient recipient() const;
    Secret spelt() const;
    const std::array<unsigned char, 32>& key() const { return key_; }

  private:
    AgeIdentity() = default;
    std::array<unsigned char, 32> key_{};
};

// Reads a file that age-keygen wrote: one key a line, empty lines and comments (#). Error (usage) with `name` and the
// line: a line is not a key, or there is no key.
Result<std::vector<AgeIdentity>> read_age_identities(std::string_view text, const std::string& name);

}
