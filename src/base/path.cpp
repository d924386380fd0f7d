#include "base/path.h"
#include <filesystem>

namespace fairlead {

std::string_view file_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

std::string_view extension_of(std::string_view path) {
    const auto name = file_name(path);
    const auto dot = name.rfind('.');
    return dot == name.npos ? std::string_view() : name.substr(dot);
}

std::string folder_of(std::string_view path) {
    const auto slash = path.rfind('/');
    return slash == path.npos ? std::string() : std::string(path.substr(0, slash));
}

std::string path_in(const std::string& folder, std::string_view path) {
    auto whole = (std::filesystem::path(folder) / path).lexically_normal().generic_string();
    return whole == "." ? std::string() : whole;
}

}
