#include "sys/sodium.h"
#include <sodium/core.h>
#include <stdexcept>

namespace fairlead::sys {

void start_sodium() {
    static const bool started = ::sodium_init() >= 0;
    if (!started) throw std::runtime_error("libsodium can't be started");
}

}
