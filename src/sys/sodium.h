#pragma once
#include <string_view>

// For the .cpp files that call libsodium.
namespace fairlead::sys {

void start_sodium(); // call before other functions of libsodium; throws std::runtime_error
inline const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

}
