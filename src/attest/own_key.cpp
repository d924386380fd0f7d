#include "attest/own_key.h"
#include "base/shell.h"
#include "sys/files/owned/owned.h"
#include <filesystem>
#include <fmt/format.h>

namespace fairlead::attest {

Result<sys::PrivateKey> read_own_key(const std::string& file) {
    std::error_code error;
    const auto found = std::filesystem::canonical(file, error); // a secret of Kubernetes is a link
    const auto real = error ? file : found.string();
    auto pem = TRY(sys::read_own_file(real));
    if (const auto mode = sys::inspect(real).mode; (mode & 077) != 0)
        return usage(fmt::format("'{}' can be read by other users (mode {:o}); run: chmod 600 {}", real, mode,
                                 shell_word(real)));
    return sys::read_private_key(std::move(pem), file);
}

}
