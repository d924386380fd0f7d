#include "chain/modules.h"
#include "base/text.h"
#include "sys/environment.h"
#include "sys/files/files.h"
#include "sys/process/process.h"
#include <filesystem>
#include <vector>

namespace fairlead::chain {

namespace {

namespace fs = std::filesystem;

// lib/python3.11 and the like, with what is installed in them.
void add_versions(const fs::path& lib, std::vector<fs::path>& folders) {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(lib, error)) {
        if (!entry.path().filename().string().starts_with("python")) continue;
        for (const auto* inside : {"site-packages", "dist-packages", "lib-dynload", ""})
            folders.push_back(entry.path() / inside);
    }
}

std::vector<fs::path> folders_of(const std::string& python, const std::string& folder) {
    std::vector<fs::path> folders = {folder};
    const auto variables = sys::Environment::of_process();
    for (const auto& path : split(variables.get_or("PYTHONPATH", ""), ':'))
        if (!path.empty()) folders.emplace_back(path);
    std::error_code error;
    const bool relative = python.find('/') != std::string::npos && !python.starts_with('/');
    const auto program = sys::find_program(relative ? (fs::path(folder) / python).string() : python);
    if (!program) return folders;
    for (const auto& binary : {fs::path(*program), fs::canonical(*program, error)}) {
        const auto prefix = binary.parent_path().parent_path();
        add_versions(prefix / "lib", folders);
        add_versions(prefix / "local/lib", folders);
    }
    if (const auto home = variables.get("HOME")) add_versions(fs::path(*home) / ".local/lib", folders);
    return folders;
}

}

std::optional<std::string> find_module(const std::string& python, const std::string& module,
                                       const std::string& folder) {
    if (module.empty() || module.find('/') != std::string::npos) return std::nullopt;
    for (const auto& place : folders_of(python, folder)) {
        for (const auto& file : {place / module / "__init__.py", place / (module + ".py")})
            if (sys::inspect(file).type == sys::FileType::file) return file.string();
        if (sys::inspect(place / module).type == sys::FileType::folder) return (place / module).string();
        std::error_code error;
        for (const auto& entry : fs::directory_iterator(place, error)) {
            const auto name = entry.path().filename().string(); // module.cpython-311-x86_64-linux-gnu.so
            if (name.starts_with(module + ".") && name.ends_with(".so")) return entry.path().string();
        }
    }
    return std::nullopt;
}

}
