#include "deploy/usage.h"

namespace fairlead::deploy {

double processors_between(const Usage& before, const Usage& after) {
    if (after.at <= before.at || after.cpu < before.cpu) return 0;
    return static_cast<double>((after.cpu - before.cpu).count()) / static_cast<double>((after.at - before.at).count());
}

std::optional<double> of_limit(std::uint64_t used, std::uint64_t limit) {
    if (limit == 0) return std::nullopt;
    return static_cast<double>(used) / static_cast<double>(limit);
}

}
