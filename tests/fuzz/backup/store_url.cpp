// A store's URL: refused as wrong use with a message, or it is shown as one that means the same.
#include "backup/stores/address.h"
#include <cstdint>
#include <cstdlib>
#include <string>

using namespace fairlead::backup;

extern "C" int fuzz_backup_store_url(const std::uint8_t* data, std::size_t size) {
    if (size > 300) return 0; // what was registered as a secret stays
    const std::string text(reinterpret_cast<const char*>(data), size);
    const auto address = parse_store(text);
    if (!address.ok()) {
        if (address.error().kind != fairlead::Kind::usage || address.error().message.empty()) std::abort();
        return 0;
    }
    const auto again = parse_store(address->shown());
    if (!again.ok() || again->shown() != address->shown() || again->path != address->path) std::abort();
    const bool is_option = again->host.starts_with('-') || again->user.starts_with('-');
    if (is_option || again->path.find("/../") != std::string::npos) std::abort();
    return 0;
}
