#pragma once
#include "base/result.h"
#include <array>
#include <optional>
#include <string>
#include <string_view>

// Ed25519 (RFC 8032) with keys in PEM as `openssl genpkey -algorithm ed25519` writes them (RFC 8410).
namespace fairlead::sys {

struct PublicKey {
    std::array<unsigned char, 32> bytes{};
    std::string id; // SHA-256 of the SubjectPublicKeyInfo, 64 hex digits
};

// A private key; the destructor overwrites its bytes.
class PrivateKey {
  public:
    PrivateKey() = default;
    PrivateKey(PrivateKey&& other) noexcept;
    PrivateKey& operator=(PrivateKey&&) = delete;
    ~PrivateKey();
    PublicKey public_key() const;
    std::string sign(std::string_view message) const; // 64 bytes; the same for the same message

  private:
    friend Result<PrivateKey> read_private_key(std::string pem, const std::string& name);
    std::array<unsigned char, 64> bytes_{};
};

// Reads one key; text before it is allowed (RFC 7468 section 2), text after it is not. Error (usage) with `name`, never
// with the content. The text of a private key is overwritten.
Result<PublicKey> read_public_key(std::string_view pem, const std::string& name);
Result<PrivateKey> read_private_key(std::string pem, const std::string& name);
std::string_view text_before_key(std::string_view pem); // the text before BEGIN

bool verifies(const PublicKey& key, std::string_view message, std::string_view signature);

// Decodes RFC 4648 section 4 or 5, padded, without blanks; nothing for other text.
std::optional<std::string> from_base64(std::string_view text);

}
