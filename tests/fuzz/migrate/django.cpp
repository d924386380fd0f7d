// Bytes as Django's migrations, parted by NUL: each comes at most once in the plan, behind those that it stands on.
#include "base/text.h"
#include "migrate/drivers/django_files.h"
#include <cstdint>
#include <cstdlib>
#include <set>

using namespace fairlead::migrate::drivers;

extern "C" int fuzz_migrate_django(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    std::map<DjangoKey, DjangoMigration> all;
    std::vector<Unread> unread;
    std::vector<DjangoKey> applied;
    for (const auto& part : fairlead::split(text, '\0')) {
        const DjangoKey key(all.size() % 2 == 0 ? "a" : "b", std::to_string(all.size()));
        if (auto one = django_migration("a/migrations/1.py", part, {"a", "__first__"}, unread))
            all.emplace(key, std::move(*one));
        if (part.size() % 2 == 0) applied.push_back(key);
    }
    const auto plan = django_plan(all, {{"a", ""}, {"b", ""}}, applied);
    std::set<DjangoKey> there, seen;
    for (const auto& node : plan.nodes)
        if (!all.contains(node.key) || !there.insert(node.key).second) std::abort();
    for (const auto& node : plan.nodes) {
        seen.insert(node.key);
        if (plan.trouble) continue;
        for (const auto& parent : node.parents)
            if (there.contains(parent) && !seen.contains(parent)) std::abort();
    }
    return 0;
}
