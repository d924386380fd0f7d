#include "ledger/progress.h"
#include "sys/files/log.h"
#include <fmt/format.h>

namespace fairlead::ledger {

namespace {
std::string stamped(Milliseconds elapsed, std::string_view message) {
    return fmt::format("{:6.1f}s  {}", static_cast<double>(elapsed.count()) / 1000, message);
}
}

Milliseconds Progress::elapsed() const { return std::chrono::duration_cast<Milliseconds>(clock_.steady() - start_); }

void Progress::say(std::string_view message) {
    last_ = clock_.steady();
    sys::log_info(stamped(elapsed(), message));
}

void Progress::warn(std::string_view message) {
    last_ = clock_.steady();
    sys::log_warning(stamped(elapsed(), message));
}

void Progress::still(std::string_view message) {
    constexpr Milliseconds heartbeat{15000};
    if (clock_.steady() - last_ >= heartbeat) say(message);
}

}
