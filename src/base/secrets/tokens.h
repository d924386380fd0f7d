#pragma once
#include <cstddef>
#include <string_view>

namespace fairlead {

// The characters of a token's words; some tokens have several words with dots or a colon between them.
constexpr std::string_view of_tokens = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

// Returns the length of the token at the beginning of `text`: is_token(), or a JSON Web Token (RFC 7519). 0: no token.
std::size_t token_at(std::string_view text);

}
