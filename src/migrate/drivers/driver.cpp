#include "migrate/drivers/driver.h"
#include "migrate/drivers/rows.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::migrate::drivers {

std::span<const Driver> all_drivers() {
    static const std::vector<Driver> rows = {prisma(), alembic(), django(), flyway(), rails()};
    return rows;
}

const Driver* driver_named(std::string_view name) {
    const auto rows = all_drivers();
    const auto found = std::find_if(rows.begin(), rows.end(), [&](const Driver& one) { return one.name == name; });
    return found == rows.end() ? nullptr : &*found;
}

Choice choose_driver(const Tree& tree, std::string_view named) {
    if (!named.empty()) return {driver_named(named), "migrate.driver says so", {}, tree.folder(), tree};
    Choice choice;
    choice.folder = tree.folder();
    choice.word = tree;
    for (const Driver& one : all_drivers()) {
        if (!one.is_found(tree)) continue;
        if (choice.driver == nullptr) {
            choice.driver = &one;
            choice.why = fmt::format("{} is here", one.mark);
        } else {
            choice.also.push_back(fmt::format("{} ({})", one.mark, one.name));
        }
    }
    return choice;
}

Result<std::vector<Migration>> meant(const std::vector<Migration>& from, const Standing& standing, const Goal& goal) {
    if (goal.to.empty()) {
        const auto count = goal.count == 0 ? from.size() : std::min(goal.count, from.size());
        return std::vector<Migration>(from.begin(), from.begin() + static_cast<std::ptrdiff_t>(count));
    }
    const Migration last = TRY(standing.find(goal.to));
    const auto at =
        std::find_if(from.begin(), from.end(), [&](const Migration& one) { return one.version == last.version; });
    if (at == from.end())
        return usage(fmt::format("--to {}: it is {}; run: fairlead-migrate status", last.version,
                                 last.state == Migration::State::applied ? "applied already" : "not applied"));
    return std::vector<Migration>(from.begin(), at + 1);
}

Error another_database(const Driver& driver, const Seen& seen, const std::string& fact) {
    return usage(fmt::format("{} is connected to a different database than {}: {}; let it read DATABASE_URL, or set "
                             "migrate.version_table if its table has another name",
                             driver.title, seen.address, fact));
}

}
