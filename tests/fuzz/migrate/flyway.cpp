// Bytes as a file that Flyway keeps the checksum of: how its lines end doesn't matter.
#include "base/text.h"
#include "migrate/drivers/flyway_files.h"
#include <cstdint>
#include <cstdlib>

using namespace fairlead;

extern "C" int fuzz_migrate_flyway(const std::uint8_t* data, std::size_t size) {
    const auto text = "x" + std::string(reinterpret_cast<const char*>(data), size); // no byte order mark
    const auto other = replace_all(replace_all(text, "\r", ""), "\n", "\r\n");
    if (migrate::drivers::flyway_checksum(text) != migrate::drivers::flyway_checksum(other)) std::abort();
    return 0;
}
