#include "sys/digest.h"
#include "base/text.h"
#include "sys/descriptor.h"
#include "sys/sha256.h"
#include "sys/signals.h"
#include <array>
#include <fmt/format.h>
#include <memory>
#include <sodium/crypto_hash_sha256.h>

namespace fairlead::sys {
// These functions need no sodium_init(): they touch nothing but this state, and none of them can fail.
struct Sha256::Context {
    crypto_hash_sha256_state value;
};

Sha256::Sha256() : context_(std::make_unique<Context>()) { crypto_hash_sha256_init(&context_->value); }
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;

void Sha256::add(std::string_view bytes) {
    crypto_hash_sha256_update(&context_->value, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
}

std::string Sha256::finish() {
    std::array<unsigned char, crypto_hash_sha256_BYTES> digest{};
    crypto_hash_sha256_final(&context_->value, digest.data());
    return hex({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

std::string sha256(std::string_view bytes) {
    Sha256 digest;
    digest.add(bytes);
    return digest.finish();
}

namespace {

enum class Stops { no, yes };

Result<std::string> digest_of(const OpenFile& file, const std::string& name, Stops stops) {
    Sha256 digest;
    std::string block(1 << 16, '\0');
    while (true) {
        if (stops == Stops::yes && stop_requested())
            return could_not(fmt::format("interrupted while '{}' was read; nothing was decided", name));
        const ssize_t count = ::read(file.descriptor.get(), block.data(), block.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return path_error(name, "read");
        if (count == 0) return digest.finish();
        digest.add(std::string_view(block).substr(0, static_cast<std::size_t>(count)));
    }
}

}

Result<std::string> sha256_file(const std::string& path) {
    const OpenFile file = TRY(open_regular(path));
    return digest_of(file, path, Stops::yes);
}

Result<std::string> sha256_of(const OpenFile& file, const std::string& name) {
    return digest_of(file, name, Stops::no);
}

}
