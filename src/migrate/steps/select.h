#pragma once
#include "base/result.h"
#include "migrate/steps/request.h"
#include "migrate/steps/standing.h"
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// Which migrations are meant.
namespace fairlead::migrate {

// In the order in which they run. Error (usage): the count is none, --to names no migration; (no): something of
// another phase has to come first.
Result<std::vector<const Step*>> select_up(const Standing& standing, const Request& request);

// What was applied last comes first. Error (usage): neither a count nor --to was given; (no): one of them can't be
// taken back, and why.
Result<std::vector<const Step*>> select_down(const Standing& standing, const Request& request);

// `version` as people write it. Error (usage), with `by`, what asks for it.
Result<std::string> version_of(std::string_view version, std::string_view by);

// "VERSION:N" of repair. Error (usage): it is none.
struct NamedStatement {
    std::string version;
    std::int64_t number = 0;
};
Result<NamedStatement> statement_of(std::string_view text);

Result<void> check(const Request& request); // numbers and versions alone, before anything is asked

}
