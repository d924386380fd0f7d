#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::test {

// The fenced blocks of a page of docs/ in one language: "sh", "yaml".
inline std::vector<std::string> blocks(const std::string& page, std::string_view language) {
    std::vector<std::string> found;
    const std::string fence = "```" + std::string(language) + "\n";
    for (auto at = page.find(fence); at != std::string::npos; at = page.find(fence, at)) {
        at += fence.size();
        found.push_back(page.substr(at, page.find("```", at) - at));
    }
    return found;
}

}
