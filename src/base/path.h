#pragma once
#include <string>
#include <string_view>

// Paths of a project as texts, with '/': nothing is looked up.
namespace fairlead {

std::string_view file_name(std::string_view path); // "b.c" of "a/b.c"
std::string folder_of(std::string_view path);      // "a" of "a/b.c"; empty: the path has no folder
// The path from there, without "." and ".." where they can go; empty: it is the project's root.
std::string path_in(const std::string& folder, std::string_view path);

}
