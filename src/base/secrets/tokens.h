#pragma once
#include <cstddef>
#include <string_view>

namespace fairlead {

// Characters of a word as tokens have them; some tokens are several words with dots or a colon between them.
constexpr std::string_view of_tokens = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

// Bytes of the token that `text` begins with: is_token(), or a JSON Web Token (RFC 7519). 0: there is none.
std::size_t token_at(std::string_view text);

}
