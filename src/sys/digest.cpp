#include "sys/digest.h"
#include "base/text.h"
#include "sys/descriptor.h"
#include "sys/sha256.h"
#include <array>
#include <memory>
#include <openssl/evp.h>
#include <stdexcept>

namespace fairlead::sys {
namespace {

// SHA-256 fails only without memory or in a broken installation of OpenSSL.
void check(bool ok) {
    if (!ok) throw std::runtime_error("OpenSSL offers no SHA-256");
}

}

struct Sha256::Context {
    std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> value{EVP_MD_CTX_new(), EVP_MD_CTX_free};
};

Sha256::Sha256() : context_(std::make_unique<Context>()) {
    check(context_->value && EVP_DigestInit_ex(context_->value.get(), EVP_sha256(), nullptr) == 1);
}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;

void Sha256::add(std::string_view bytes) {
    check(EVP_DigestUpdate(context_->value.get(), bytes.data(), bytes.size()) == 1);
}

std::string Sha256::finish() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    check(EVP_DigestFinal_ex(context_->value.get(), digest.data(), &size) == 1);
    return hex({reinterpret_cast<const char*>(digest.data()), size});
}

std::string sha256(std::string_view bytes) {
    Sha256 digest;
    digest.add(bytes);
    return digest.finish();
}

Result<std::string> sha256_file(const std::string& path) {
    const OpenFile file = TRY(open_regular(path));
    return sha256_of(file, path);
}

Result<std::string> sha256_of(const OpenFile& file, const std::string& name) {
    Sha256 digest;
    std::string block(1 << 16, '\0');
    while (true) {
        const ssize_t count = ::read(file.descriptor.get(), block.data(), block.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return path_error(name, "read");
        if (count == 0) return digest.finish();
        digest.add(std::string_view(block).substr(0, static_cast<std::size_t>(count)));
    }
}

}
