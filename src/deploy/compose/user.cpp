#include "deploy/compose/user.h"
#include "base/text.h"

namespace fairlead::deploy {

ContainerUser container_user(const std::string& said) {
    constexpr std::int64_t highest = 0xffffffff;
    const auto user = said.substr(0, said.find(':'));
    ContainerUser found;
    if (const auto number = parse_integer(user); number.ok() && number.value() >= 0 && number.value() <= highest)
        found.number = static_cast<unsigned>(number.value());
    found.is_root = said.empty() || user == "root" || found.number == 0u;
    return found;
}

}
