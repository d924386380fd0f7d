#include "support/schema.h"
#include "support/catch.h"
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sys/wait.h>
#include <unistd.h>

namespace fairlead::test {

std::optional<std::string> schema_problems(const std::string& bytes, const std::string& extension,
                                           const std::string& schema) {
    const auto file =
        std::filesystem::temp_directory_path() / ("fairlead-schema-" + std::to_string(::getpid()) + "." + extension);
    std::ofstream(file, std::ios::binary) << bytes;
    const std::string command =
        "/usr/bin/python3 '" + source("tests/support/validate.py") + "' '" + file.string() + "' '" + schema + "' 2>&1";
    FILE* const pipe = ::popen(command.c_str(), "r");
    REQUIRE(pipe != nullptr);
    std::string said;
    std::array<char, 4096> buffer{};
    while (const std::size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe))
        said.append(buffer.data(), count);
    const int status = WEXITSTATUS(::pclose(pipe));
    std::filesystem::remove(file);
    if (status == 77) return std::nullopt;
    if (status != 0 && said.empty()) return "validate.py ended with status " + std::to_string(status);
    return said;
}

}
