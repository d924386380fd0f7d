#include "sys/hmac.h"
#include "sys/sodium.h"
#include <sodium/crypto_auth_hmacsha256.h>
#include <sodium/utils.h>

namespace fairlead::sys {
std::string hmac_sha256(std::string_view key, std::string_view message) {
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, bytes_of(key), key.size());
    crypto_auth_hmacsha256_update(&state, bytes_of(message), message.size());
    std::string code(crypto_auth_hmacsha256_BYTES, '\0');
    crypto_auth_hmacsha256_final(&state, reinterpret_cast<unsigned char*>(code.data()));
    sodium_memzero(&state, sizeof state);
    return code;
}

bool same_bytes(std::string_view one, std::string_view other) {
    return one.size() == other.size() && sodium_memcmp(one.data(), other.data(), one.size()) == 0;
}

}
