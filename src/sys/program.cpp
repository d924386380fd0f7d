#include "sys/process.h"
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fmt/format.h>
#include <unistd.h>

namespace fairlead::sys {

std::string tool_program(const std::string& name) {
    std::error_code error;
    const auto own = std::filesystem::read_symlink("/proc/self/exe", error);
    if (!error) {
        const auto beside = own.parent_path() / name;
        if (::access(beside.c_str(), X_OK) == 0) return beside.string();
    }
    return find_program(name).value_or(name);
}

Error become(const std::string& program, char** argv) {
    ::execvp(program.c_str(), argv);
    return could_not(
        fmt::format("'{}' can't be started: {}; it belongs beside fairlead or in PATH", program, std::strerror(errno)));
}

}
