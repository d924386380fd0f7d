#include "base/text.h"
#include "sys/environment.h"
#include "sys/process/process.h"
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fmt/format.h>
#include <unistd.h>

namespace fairlead::sys {

namespace {

namespace fs = std::filesystem;

constexpr const char* path_of_programs = "/usr/local/bin:/usr/bin:/bin";

bool runs(const std::string& path) {
    std::error_code error;
    return fs::is_regular_file(path, error) && ::access(path.c_str(), X_OK) == 0;
}

bool is_there(const fs::path& path) {
    std::error_code error;
    return fs::exists(fs::symlink_status(path, error));
}

bool is_within(const fs::path& path, const fs::path& folder) {
    const auto [end, rest] = std::mismatch(folder.begin(), folder.end(), path.begin(), path.end());
    return end == folder.end();
}

bool is_outside(const fs::path& path, const std::vector<fs::path>& folders) {
    return std::none_of(folders.begin(), folders.end(),
                        [&](const fs::path& folder) { return is_within(path, folder); });
}

// What a change can write to: the repository or the project around us, and the checkout of the job.
std::vector<fs::path> trees() {
    std::vector<fs::path> found;
    std::error_code error;
    const auto here = fs::current_path(error);
    for (auto folder = here; !error && folder != folder.parent_path(); folder = folder.parent_path())
        if (is_there(folder / ".git") || is_there(folder / "fairlead.yml")) found.push_back(folder);
    if (const char* workspace = std::getenv("GITHUB_WORKSPACE"); workspace && *workspace) {
        const auto real = fs::canonical(workspace, error);
        if (!error && real != real.root_path()) found.push_back(real);
    }
    return found;
}

}

std::optional<std::string> find_program(const std::string& name) {
    if (name.empty()) return std::nullopt;
    if (name.find('/') != std::string::npos) return runs(name) ? std::optional(name) : std::nullopt;
    const char* variable = std::getenv("PATH");
    for (const std::string& folder : split(variable ? variable : path_of_programs, ':')) {
        // POSIX: an empty entry is the working directory.
        const std::string path = (folder.empty() ? "." : folder) + "/" + name;
        if (runs(path)) return path;
    }
    return std::nullopt;
}

std::optional<std::string> find_own_program(const std::string& name) {
    if (name.find('/') != std::string::npos || name.empty()) return find_program(name);
    const auto foreign = trees();
    for (const std::string& folder : split(own_path(Environment::of_process().get_or("PATH", path_of_programs)), ':')) {
        if (folder.empty() || !runs(folder + "/" + name)) continue;
        std::error_code error;
        const auto real = fs::canonical(folder + "/" + name, error); // a link there may lead into the tree
        if (!error && is_outside(real, foreign)) return folder + "/" + name;
    }
    return std::nullopt;
}

std::string own_path(const std::string& path) {
    const auto foreign = trees();
    std::vector<std::string> kept;
    for (const std::string& folder : split(path, ':')) {
        std::error_code error;
        if (!folder.starts_with('/')) continue;
        const auto real = fs::weakly_canonical(folder, error);
        if (!error && is_outside(real, foreign)) kept.push_back(folder);
    }
    return join(kept, ":");
}

bool is_of_project(const std::string& path) {
    std::error_code error;
    const auto real = fs::canonical(path, error);
    if (error) return true;
    const auto own = fs::read_symlink("/proc/self/exe", error);
    if (!error && real.parent_path() == own.parent_path()) return false;
    return !is_outside(real, trees());
}

Result<std::string> helper_program(const std::string& name) {
    const fs::path own = own_program();
    auto beside = (own.parent_path() / name).string();
    if (runs(beside)) return beside;
    return could_not(
        fmt::format("'{}' is not in the folder of '{}'; install all executables of a release in the same folder", name,
                    own.filename().string()));
}

std::string tool_program(const std::string& name) {
    std::error_code error;
    const auto own = fs::read_symlink("/proc/self/exe", error);
    if (!error) {
        const auto beside = own.parent_path() / name;
        if (::access(beside.c_str(), X_OK) == 0) return beside.string();
    }
    return find_own_program(name).value_or(name);
}

// A bare name was found nowhere that counts, and execvp would look elsewhere, too.
Error become(const std::string& program, char** argv) {
    errno = ENOENT;
    if (program.find('/') != std::string::npos) ::execv(program.c_str(), argv);
    return could_not(fmt::format("'{}' can't be started: {}; install it in the folder of fairlead or in PATH", program,
                                 std::strerror(errno)));
}

}
