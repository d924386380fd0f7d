#include "init/write/rows.h"

namespace fairlead::init {

std::optional<std::string> write_dependabot(const Writing&) {
    return R"(# Written by `fairlead init`; yours to change. Keeps the commits behind `uses:` and their comments up to date.
version: 2
updates:
  - package-ecosystem: github-actions
    directory: /
    schedule:
      interval: weekly
    cooldown:
      default-days: 7 # a release that is withdrawn within a week never reaches you
)";
}

}
