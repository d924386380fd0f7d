// Bytes as a file's name, in both layouts: a version that is plain and comes neither before nor behind itself.
#include "migrate/files/name.h"
#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace fairlead::migrate::files;

extern "C" int fuzz_migrate_names(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    for (const Layout layout : {Layout::plain, Layout::flyway}) {
        const auto name = parse_name(text, layout);
        if (!name) continue;
        const auto again = plain_version(name->version);
        if (!again || *again != name->version || is_before(*again, *again)) std::abort();
        if (!is_before(*again, *again + ".1")) std::abort();
    }
    return 0;
}
