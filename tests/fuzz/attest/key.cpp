#include "attest/key.h"
#include <cstdint>
#include <cstdlib>

using namespace fairlead;

// A key that is read is one of 32 bytes with an id, and nothing but its own PEM stands behind its text.
extern "C" int fuzz_attest_key(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    const auto key = attest::read_key(text, "p");
    if (key.ok() && (key->key.id.size() != 64 || text.find("-----BEGIN PUBLIC KEY-----") == text.npos)) std::abort();
    if (!key.ok() && key.error().kind != Kind::usage) std::abort();
    static_cast<void>(sys::read_private_key(text, "k"));
    static_cast<void>(sys::from_base64(text));
    return 0;
}
