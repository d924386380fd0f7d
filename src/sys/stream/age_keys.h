#pragma once
#include "base/result.h"
#include "base/secret.h"
#include <array>
#include <string>
#include <string_view>
#include <vector>

// Keys of age v1 (https://c2sp.org/age): X25519, spelt in Bech32 as the program `age` and its age-keygen spell them.
namespace fairlead::sys {

class AgeRecipient {
  public:
    static Result<AgeRecipient> read(std::string_view text); // "age1..."; error (usage)
    std::string shown() const;                               // the same
    const std::array<unsigned char, 32>& key() const { return key_; }
    bool operator==(const AgeRecipient&) const = default;

  private:
    friend class AgeIdentity;
    std::array<unsigned char, 32> key_{};
};

// Its bytes are overwritten when it goes.
class AgeIdentity {
  public:
    static AgeIdentity make();
    // "AGE-SECRET-KEY-1..."; error (usage), which never holds what was read
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

// Of a file as age-keygen writes it: one key a line, empty lines and comments (#). Error (usage) with `name` and the
// line: not a key, or none at all.
Result<std::vector<AgeIdentity>> read_age_identities(std::string_view text, const std::string& name);

}
