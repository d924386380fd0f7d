#include "deploy/policy/newer.h"
#include "base/printable.h"
#include "sys/git/repository.h"
#include <fmt/format.h>

namespace fairlead::deploy {

Result<Age> age_of(const std::string& wanted, const std::string& serving, const std::string& folder) {
    if (wanted.empty() || serving.empty()) return Age::unknown;
    if (wanted == serving) return Age::same;
    const auto repository = sys::Repository::open(folder);
    const auto unknown = [&](const Error& why) {
        return could_not(fmt::format("it can't be determined whether commit {} is newer than {}, which serves: {}; "
                                     "fetch the whole history (fetch-depth: 0), or say --if-newer=false",
                                     one_line(wanted.substr(0, 12)), one_line(serving.substr(0, 12)), why.message));
    };
    if (!repository.ok()) return unknown(repository.error());
    const auto after = repository->is_ancestor(serving, wanted);
    if (!after.ok()) return unknown(after.error());
    if (after.value()) return Age::newer;
    const auto before = repository->is_ancestor(wanted, serving);
    if (!before.ok()) return unknown(before.error());
    if (before.value()) return Age::older;
    if (repository->is_shallow()) return unknown(could_not("this clone is shallow"));
    return Age::apart;
}

}
