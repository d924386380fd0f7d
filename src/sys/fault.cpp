#include "sys/fault.h"
#include <csignal>
#include <cstdlib>

namespace fairlead::sys {

#ifdef FAIRLEAD_FAULTS
void fault_point(std::string_view place) {
    const char* variable = std::getenv("FAIRLEAD_FAULT");
    const std::string_view wish = variable ? variable : "";
    const auto at = wish.find('@');
    if (at == std::string_view::npos || wish.substr(at + 1) != place) return;
    const auto how = wish.substr(0, at);
    ::raise(how == "kill" ? SIGKILL : how == "stop" ? SIGSTOP : SIGINT);
}
#else
void fault_point(std::string_view) {}
#endif

}
