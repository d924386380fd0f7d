// The part of digest.h that needs no libsodium: whoever writes files only doesn't load it.
#include "base/text.h"
#include "sys/descriptor.h"
#include "sys/digest.h"
#include <stdexcept>
#include <sys/random.h>

namespace fairlead::sys {

std::string random_hex(int bytes) {
    std::string random(static_cast<std::size_t>(bytes), '\0');
    std::size_t filled = 0;
    while (filled < random.size()) {
        const ssize_t count = ::getrandom(random.data() + filled, random.size() - filled, 0);
        if (count < 0 && errno != EINTR) throw std::runtime_error("getrandom: " + reason());
        if (count > 0) filled += static_cast<std::size_t>(count);
    }
    return hex(random);
}

bool is_gzip(std::string_view bytes) { return bytes.starts_with("\x1f\x8b"); } // RFC 1952, 2.3.1

}
