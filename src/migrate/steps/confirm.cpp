#include "migrate/steps/confirm.h"
#include "base/text.h"
#include "migrate/files/name.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::migrate {

bool is_named(const std::string& version, const Request& request) {
    const auto& named = request.confirm_destructive;
    return std::any_of(named.begin(), named.end(), [&](const std::string& name) {
        return name == version || files::plain_version(name) == version;
    });
}

std::vector<std::string> unconfirmed(const std::vector<std::string>& destructive, const Request& request,
                                     const Place& place) {
    std::vector<std::string> missing;
    if (!place.is_guarded()) return missing;
    for (const auto& one : destructive)
        if (!is_named(one, request)) missing.push_back(one);
    return missing;
}

Result<void> confirm_destructive(const std::vector<std::string>& destructive, const Request& request,
                                 const Place& place) {
    const auto missing = unconfirmed(destructive, request, place);
    if (missing.empty()) return {};
    const std::string why = place.environment.empty() ? " (no environment is named, so it counts as production)" : "";
    return usage(fmt::format("{} {} something that nobody can bring back (a table, a column, rows, a type){}; nothing "
                             "was touched; look at it, then confirm it: --confirm-destructive {}",
                             join(missing, ", "), missing.size() == 1 ? "destroys" : "destroy", why,
                             join(missing, ",")));
}

}
