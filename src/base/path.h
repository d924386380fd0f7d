#pragma once
#include <concepts>
#include <string>
#include <string_view>

// Handles paths of a project as strings with '/', without looking at files.
namespace fairlead {

std::string_view file_name(std::string_view path);    // "b.c" for "a/b.c"
std::string_view extension_of(std::string_view path); // ".c" for "a/b.c"; empty: the name has no dot
// Of a temporary, because a view would outlive it.
template <std::same_as<std::string> Temporary>
std::string file_name(Temporary&& path) {
    return std::string(file_name(std::string_view(path)));
}
template <std::same_as<std::string> Temporary>
std::string extension_of(Temporary&& path) {
    return std::string(extension_of(std::string_view(path)));
}
std::string folder_of(std::string_view path); // "a" for "a/b.c"; empty: the path has no folder
// Returns `path` joined to `folder`, with "." and ".." resolved if possible; empty: the project's root.
std::string path_in(const std::string& folder, std::string_view path);

}
