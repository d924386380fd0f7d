#include "scan/rules/issuer.h"
#include <algorithm>

namespace fairlead::scan {

const Issuer* find_issuer(std::string_view key) {
    for (const auto table : {forge_issuers(), cloud_issuers(), service_issuers(), more_issuers(), owner_issuers()}) {
        const auto found = std::find_if(table.begin(), table.end(), [&](const Issuer& one) { return one.key == key; });
        if (found != table.end()) return &*found;
    }
    return nullptr;
}

const Issuer& issuer_of(std::string_view key) {
    const Issuer* const found = find_issuer(key);
    return found ? *found : *find_issuer("unknown");
}

}
