// Names of objects: what is one of ours begins with its stem, and a stem that is made again is the same.
#include "backup/sets/names.h"
#include "backup/sets/sets.h"
#include <cstdint>
#include <cstdlib>

using namespace fairlead;
using namespace fairlead::backup;

extern "C" int fuzz_backup_names(const std::uint8_t* data, std::size_t size) {
    const std::string name(reinterpret_cast<const char*>(data), size);
    const auto named = parse_name(name, "shop");
    if (!named) return 0;
    if (!name.starts_with(named->stem) || name.size() == named->stem.size()) std::abort();
    bool is_made = false;
    for (int again = 1; again < 100 && !is_made; ++again)
        is_made = stem(named->style, "shop", named->time, again) == named->stem;
    if (!is_made && named->stem.rfind('_') == named->stem.npos) std::abort();
    const auto found = find_sets({{name, 1, {}}}, Owner("shop"));
    if (found.sets.size() + found.unfinished.size() + found.foreign.size() != 1) std::abort();
    return 0;
}
