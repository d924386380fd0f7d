#include "sys/http/waiting.h"
#include "base/time.h"
#include "sys/cancel.h"
#include "sys/signals.h"
#include <algorithm>
#include <cerrno>
#include <poll.h>

namespace fairlead::sys {

Waited wait_until_ready(int descriptor, short events, std::chrono::steady_clock::time_point end, const Cancel* cancel) {
    constexpr Milliseconds longest_poll{1000};
    for (;;) {
        if (stop_requested() || (cancel && cancel->is_asked())) return Waited::interrupted;
        const auto left = std::chrono::ceil<Milliseconds>(end - std::chrono::steady_clock::now());
        if (left.count() <= 0) return Waited::time_over;
        // poll(2) ignores what is below 0.
        pollfd all[] = {
            {descriptor, events, 0}, {stop_descriptor(), POLLIN, 0}, {cancel ? cancel->descriptor() : -1, POLLIN, 0}};
        const int ready = ::poll(all, std::size(all), static_cast<int>(std::min(left, longest_poll).count()));
        if (ready < 0 && errno != EINTR) return Waited::time_over;
        if (ready > 0 && all[0].revents != 0) return Waited::ready;
    }
}

}
