// A folder with files in it, for tests.
#pragma once

#include "sys/files/files.h"
#include <string>
#include <utility>
#include <vector>

namespace fairlead::deploy::testing {

inline sys::TemporaryFolder folder_with(const std::vector<std::pair<std::string, std::string>>& files) {
    auto folder = sys::TemporaryFolder::make("fairlead-release").value();
    for (const auto& [name, content] : files) {
        sys::make_folders((folder.path() / name).parent_path()).value();
        sys::write_file(folder.path() / name, content).value();
    }
    return folder;
}

}
