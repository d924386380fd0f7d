#include "sys/stream/digest.h"
#include "base/text.h"
#include <array>
#include <openssl/evp.h>
#include <stdexcept>

namespace fairlead::sys {
namespace {

// OpenSSL's, which takes the processor's own instructions: a backup digests all that it reads, twice, and libsodium's
// SHA-256 (sys/sha256.h) would be most of the time that it takes.
class Digest {
  public:
    Digest() : context_(::EVP_MD_CTX_new(), ::EVP_MD_CTX_free) {
        if (!context_ || ::EVP_DigestInit_ex(context_.get(), ::EVP_sha256(), nullptr) != 1)
            throw std::runtime_error("OpenSSL gives no SHA-256");
    }
    void add(std::string_view bytes) {
        ::EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size());
        figures_.bytes += bytes.size();
    }
    void finish() {
        std::array<unsigned char, EVP_MAX_MD_SIZE> made{};
        unsigned size = 0;
        ::EVP_DigestFinal_ex(context_.get(), made.data(), &size);
        figures_.sha256 = hex({reinterpret_cast<const char*>(made.data()), size});
    }
    const Figures& figures() const { return figures_; }

  private:
    std::unique_ptr<EVP_MD_CTX, decltype(&::EVP_MD_CTX_free)> context_;
    Figures figures_;
};

class DigestingSink : public DigestSink {
  public:
    explicit DigestingSink(std::unique_ptr<Sink> into) : into_(std::move(into)) {}
    Result<void> write(std::string_view bytes) override {
        digest_.add(bytes);
        return into_->write(bytes);
    }
    Result<void> close() override {
        TRY_VOID(into_->close());
        digest_.finish();
        return {};
    }
    Figures figures() const override { return digest_.figures(); }

  private:
    std::unique_ptr<Sink> into_;
    Digest digest_;
};

class DigestingSource : public DigestSource {
  public:
    explicit DigestingSource(std::unique_ptr<Source> from) : from_(std::move(from)) {}
    Result<std::size_t> read(std::span<char> into) override {
        const std::size_t size = TRY(from_->read(into));
        if (size > 0)
            digest_.add({into.data(), size});
        else if (digest_.figures().sha256.empty())
            digest_.finish();
        return size;
    }
    Figures figures() const override { return digest_.figures(); }

  private:
    std::unique_ptr<Source> from_;
    Digest digest_;
};

}

std::unique_ptr<DigestSink> digesting(std::unique_ptr<Sink> into) {
    return std::make_unique<DigestingSink>(std::move(into));
}
std::unique_ptr<DigestSource> digesting(std::unique_ptr<Source> from) {
    return std::make_unique<DigestingSource>(std::move(from));
}

}
