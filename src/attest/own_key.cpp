#include "attest/own_key.h"
#include "base/shell.h"
#include "sys/files/owned/owned.h"
#include <fmt/format.h>

namespace fairlead::attest {

Result<sys::PrivateKey> read_own_key(const std::string& file) {
    auto pem = TRY(sys::read_own_file(file));
    if (const auto mode = sys::inspect(file).mode; (mode & 077) != 0)
        return usage(fmt::format("'{}' can be read by other users (mode {:o}); run: chmod 600 {}", file, mode,
                                 shell_word(file)));
    return sys::read_private_key(std::move(pem), file);
}

}
