#include "scan/gitleaks/finding.h"
#include <fmt/format.h>

namespace fairlead::scan::gitleaks {

std::string Finding::fingerprint() const {
    std::string place = fmt::format("{}:{}:{}", file, rule, start_line);
    return commit.empty() ? place : commit + ":" + place;
}

}
