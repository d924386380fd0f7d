#pragma once
#include "backup/stores/store.h"
#include "sys/clock.h"
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Leases for stores that don't have flock(2). A lease is a small file that its holder renews. If the holder stops
// renewing it, the lease expires by the store's clock, and another process can make the next lease. The files are
// numbered, so that only one process can create the next number. Then the process looks for other files, and withdraws
// if it finds one.
namespace fairlead::backup {

// The operations that a lease needs from its store; also called from the lease's own thread. Names are numbers: "1".
class LeaseFiles {
  public:
    struct File {
        std::uint64_t number = 0;
        SystemTime renewed; // by the store's clock, like now()
    };
    virtual ~LeaseFiles() = default;
    virtual Result<std::vector<File>> list() = 0;
    virtual Result<SystemTime> now() = 0;
    // Never overwrites: if the file exists, it stays, and read() returns its holder.
    virtual Result<void> create(std::uint64_t number, std::string_view bytes) = 0;
    virtual Result<std::string> read(std::uint64_t number) = 0; // empty: there is no such file
    virtual Result<void> renew(std::uint64_t number, std::string_view bytes) = 0;
    virtual Result<void> remove(std::uint64_t number) = 0; // not an error if it is absent
};

struct LeaseTimes {
    std::chrono::milliseconds lasts = std::chrono::minutes(15), renewed_each = std::chrono::minutes(5);
};

// `shown`: the store's name for messages.
Result<std::unique_ptr<Lease>> take_lease(std::shared_ptr<LeaseFiles> files, const std::string& shown,
                                          const std::string& who, std::chrono::seconds wait, sys::Clock& clock,
                                          LeaseTimes times = {});

}
