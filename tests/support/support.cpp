#include "support/catch.h"
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string_view>

namespace fairlead::test {

bool is_required(const std::string& part) {
    const char* list = std::getenv("FAIRLEAD_TEST_REQUIRE");
    const std::string parts = "," + std::string(list ? list : "") + ",";
    return parts.find("," + part + ",") != std::string::npos;
}

std::string source(const std::string& path) { return FAIRLEAD_SOURCE "/" + path; }
std::string program(const std::string& name) { return FAIRLEAD_BIN "/" + name; }

std::optional<std::string> conformance(const std::string& area) {
    const char* given = std::getenv("FAIRLEAD_CONFORMANCE");
    const std::filesystem::path root = given ? given : source("../shared/conformance");
    std::error_code error;
    const auto path = std::filesystem::canonical(root / area, error);
    if (error) return std::nullopt;
    return path.string();
}

std::string read(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    INFO(path);
    REQUIRE(in.good());
    return {std::istreambuf_iterator<char>(in), {}};
}

}
