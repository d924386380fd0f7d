#pragma once
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <unistd.h>

namespace fairlead::test {

// Root may do anything, so a test of a refusal gives its rights away for a while; `folder` and all below become the
// property of that nobody. Does nothing for anyone but root.
class Unprivileged {
  public:
    explicit Unprivileged(const std::filesystem::path& folder) : was_root_(::geteuid() == 0) {
        if (!was_root_) return;
        give(folder);
        for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) give(entry.path());
        check(::seteuid(nobody));
    }
    ~Unprivileged() {
        if (was_root_ && ::seteuid(0) != 0) std::abort(); // no later test may run without its rights
    }
    Unprivileged(const Unprivileged&) = delete;
    Unprivileged& operator=(const Unprivileged&) = delete;

  private:
    static constexpr uid_t nobody = 65534;
    static void check(int result) {
        if (result != 0) throw std::runtime_error("root can't give its rights away here");
    }
    static void give(const std::filesystem::path& path) { check(::lchown(path.c_str(), nobody, nobody)); }
    const bool was_root_;
};

}
