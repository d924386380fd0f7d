#pragma once
#include "backup/stores/store.h"
#include "sys/clock.h"
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Leases of stores that know no flock(2): a small file that its holder renews. It runs out when that stops, by the
// store's clock, and whoever comes then makes the next one. Files have numbers, so that of those who take over one only
// makes it; who made one looks whether another is there as well, and steps back if so.
namespace fairlead::backup {

// What a store does for it; asked from a thread of the lease's as well. Names are numbers: "1".
class LeaseFiles {
  public:
    struct File {
        std::uint64_t number = 0;
        SystemTime renewed; // by the store's clock, as now()
    };
    virtual ~LeaseFiles() = default;
    virtual Result<std::vector<File>> list() = 0;
    virtual Result<SystemTime> now() = 0;
    // Never over one that is there; read() tells whose it is then.
    virtual Result<void> create(std::uint64_t number, std::string_view bytes) = 0;
    virtual Result<std::string> read(std::uint64_t number) = 0; // empty: there is none
    virtual Result<void> renew(std::uint64_t number, std::string_view bytes) = 0;
    virtual Result<void> remove(std::uint64_t number) = 0; // absent is fine
};

struct LeaseTimes {
    std::chrono::milliseconds lasts = std::chrono::minutes(15), renewed_each = std::chrono::minutes(5);
};

// `shown`: the store.
Result<std::unique_ptr<Lease>> take_lease(std::shared_ptr<LeaseFiles> files, const std::string& shown,
                                          const std::string& who, std::chrono::seconds wait, sys::Clock& clock,
                                          LeaseTimes times = {});

}
