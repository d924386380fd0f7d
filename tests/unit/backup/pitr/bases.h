#pragma once
#include "backup/pitr/keep.h"
#include <chrono>
#include <cstdint>

namespace fairlead::test {

inline SystemTime at(std::int64_t seconds) { return SystemTime(std::chrono::seconds(946'684'800 + seconds)); }

inline backup::pitr::Base base_of(const char* id, std::uint64_t start, std::uint64_t stop, SystemTime stopped) {
    backup::pitr::Base base;
    base.id = id;
    base.start = {1, start};
    base.stop = {1, stop};
    base.stop_lsn = stop * backup::pitr::usual_segment + 100;
    base.stopped = stopped;
    return base;
}

}
