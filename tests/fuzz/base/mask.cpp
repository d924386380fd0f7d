#include "base/secrets/secret.h"
#include "base/text.h"
#include <cstdint>
#include <cstdlib>

namespace {

const std::string value = "correct horse/battery+staple";

bool shows(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

}

// Whatever surrounds a secret, neither it nor a form of it is left.
extern "C" int fuzz_base_mask(const std::uint8_t* data, std::size_t size) {
    static const fairlead::Secret secret(value);
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const std::string before(text.substr(0, size / 2));
    const std::string after(text.substr(size / 2));
    for (const std::string& form : {value, fairlead::percent_encode(value), fairlead::json_escape(value)}) {
        const std::string masked = fairlead::mask(before + form + after);
        if (shows(masked, form) || !shows(masked, "***")) std::abort();
    }
    const std::string encoded = fairlead::mask(fairlead::base64(before + value + after));
    if (!shows(encoded, "***") || encoded.size() > (before.size() + after.size()) * 4 / 3 + 10) std::abort();
    return 0;
}
