#include "sys/fault.h"
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace fairlead::sys {

#ifdef FAIRLEAD_FAULTS
void fault_point(std::string_view place) {
    static std::atomic<int> passed = 0;
    const int number = ++passed;
    const char* variable = std::getenv("FAIRLEAD_FAULT");
    const std::string_view wish = variable ? variable : "";
    const auto at = wish.find('@');
    if (at == std::string_view::npos) return;
    if (const auto wanted = wish.substr(at + 1); wanted != place && wanted != std::to_string(number)) return;
    const auto how = wish.substr(0, at);
    ::raise(how == "kill" ? SIGKILL : how == "stop" ? SIGSTOP : SIGINT);
}

namespace {

// The first line of the file `ignored` beside the executable.
std::string ignored_here() {
    std::error_code error;
    const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
    std::string line;
    if (std::ifstream file(program.parent_path() / "ignored"); !error && file) std::getline(file, line);
    return line;
}

}

std::string_view ignored() {
    static const std::string here = ignored_here();
    const char* variable = std::getenv("FAIRLEAD_IGNORE");
    return variable ? std::string_view(variable) : here;
}
#else
void fault_point(std::string_view) {}
std::string_view ignored() { return {}; }
#endif

}
