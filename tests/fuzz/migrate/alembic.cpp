// Bytes as Alembic's revisions, parted by NUL: each comes once, and none before one that stands on it.
#include "base/text.h"
#include "migrate/drivers/alembic_files.h"
#include <algorithm>
#include <cstdint>
#include <cstdlib>

using namespace fairlead::migrate::drivers;

extern "C" int fuzz_migrate_alembic(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    std::vector<AlembicRevision> all;
    std::vector<Unread> unread;
    for (const auto& part : fairlead::split(text, '\0')) {
        auto one = alembic_revision("versions/a.py", part, unread);
        const auto is_same = [&](const AlembicRevision& other) { return one->id == other.id; };
        if (one && std::none_of(all.begin(), all.end(), is_same)) all.push_back(std::move(*one));
    }
    const auto order = alembic_order(all);
    if (!order.empty() && order.size() != all.size()) std::abort();
    std::vector<std::size_t> places(all.size());
    for (std::size_t i = 0; i < order.size(); ++i) places[order[i]] = i;
    for (std::size_t i = 0; i < order.size(); ++i)
        for (const auto& id : all[i].down)
            for (std::size_t k = 0; k < all.size(); ++k)
                if (all[k].id == id && places[k] <= places[i]) std::abort(); // the newest come first
    return 0;
}
