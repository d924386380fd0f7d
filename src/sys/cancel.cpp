#include "sys/cancel.h"
#include <cstdint>
#include <sys/eventfd.h>
#include <unistd.h>

namespace fairlead::sys {

Cancel::Cancel() : descriptor_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

Cancel::~Cancel() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

void Cancel::ask() {
    asked_ = true;
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(descriptor_, &one, sizeof one);
}

}
