#include "migrate/steps/losses.h"
#include <fmt/format.h>

namespace fairlead::migrate {

std::vector<std::string> own_tables(const Database& database) {
    const auto name = database.table.shown();
    std::vector<std::string> own{name};
    if (database.keeps_golang()) own.push_back(name.substr(0, name.rfind('.') + 1) + "schema_migrations");
    return own;
}

std::string told_of_own(const Database& database) {
    return fmt::format("it puts a trigger on {}, which fires whenever fairlead-migrate writes there",
                       database.table.shown());
}

Result<std::unique_ptr<Losses>> watch_rows(Database& database) {
    return database.is_sqlite() ? sqlite_losses(database) : postgres_losses(database);
}

}
