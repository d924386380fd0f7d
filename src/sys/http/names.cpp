#include "sys/http/names.h"
#include "sys/signals.h"
#include <algorithm>

namespace fairlead::sys {

Names::Names() : share_(curl_share_init()) {
    curl_share_setopt(share_, CURLSHOPT_LOCKFUNC, lock);
    curl_share_setopt(share_, CURLSHOPT_UNLOCKFUNC, unlock);
    curl_share_setopt(share_, CURLSHOPT_USERDATA, this);
    curl_share_setopt(share_, CURLSHOPT_SHARE, CURL_LOCK_DATA_DNS);
}

void Names::lock(CURL*, curl_lock_data data, curl_lock_access, void* names) {
    static_cast<Names*>(names)->locks_[data].lock();
}

void Names::unlock(CURL*, curl_lock_data data, void* names) { static_cast<Names*>(names)->locks_[data].unlock(); }

bool Names::enter(const std::string& host, std::chrono::steady_clock::time_point end) {
    constexpr std::chrono::milliseconds between_looks{100}; // a signal wakes no condition
    std::unique_lock lock(guard_);
    while (looking_up_.contains(host)) {
        const auto now = std::chrono::steady_clock::now();
        if (now >= end || stop_requested()) return false;
        changed_.wait_until(lock, std::min(end, now + between_looks));
    }
    if (entered_.insert(host).second) looking_up_.insert(host);
    return true;
}

void Names::leave(const std::string& host) {
    const std::scoped_lock lock(guard_);
    if (looking_up_.erase(host) > 0) changed_.notify_all();
}

}
