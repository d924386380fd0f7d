#include "sys/stream/age.h"
#include "sys/stream/age_parts.h"
#include <algorithm>
#include <fmt/format.h>
#include <sodium.h>

namespace fairlead::sys {
namespace {

constexpr std::size_t chunk_size = 64u << 10, tag_size = crypto_aead_chacha20poly1305_ietf_ABYTES, nonce_size = 16;

// The key of the content and the number of the next chunk.
class Chunks {
  public:
    Chunks(const FileKey& key, std::string_view nonce) : key_(hkdf(text_of(key), nonce, "payload")) {}
    Chunks(const Chunks&) = delete;
    ~Chunks() { ::sodium_memzero(key_.data(), key_.size()); }

    void seal(std::string_view plain, bool last, unsigned char* to) {
        const auto nonce = next(last);
        ::crypto_aead_chacha20poly1305_ietf_encrypt(to, nullptr, bytes_of(plain), plain.size(), nullptr, 0, nullptr,
                                                    nonce.data(), key_.data());
    }
    bool open(std::string_view sealed, bool last, unsigned char* to) {
        const auto nonce = next(last);
        return ::crypto_aead_chacha20poly1305_ietf_decrypt(to, nullptr, nullptr, bytes_of(sealed), sealed.size(),
                                                           nullptr, 0, nonce.data(), key_.data()) == 0;
    }
    bool at_first() const { return number_ == 0; }

  private:
    using Nonce = std::array<unsigned char, crypto_aead_chacha20poly1305_ietf_NPUBBYTES>;
    Nonce next(bool last) { // 11 bytes, big endian, and whether it is the last
        Nonce nonce{};
        std::uint64_t number = number_++;
        for (std::size_t at = 11; at-- > 3; number >>= 8) nonce[at] = static_cast<unsigned char>(number & 0xff);
        nonce[11] = last ? 1 : 0;
        return nonce;
    }
    AgeKey key_;
    std::uint64_t number_ = 0;
};

class Encrypting : public Sink {
  public:
    Encrypting(const FileKey& key, std::string_view nonce, std::unique_ptr<Sink> into)
        : chunks_(key, nonce), into_(std::move(into)), sealed_(chunk_size + tag_size, '\0') {
        plain_.reserve(chunk_size);
    }
    ~Encrypting() override { ::sodium_memzero(plain_.data(), plain_.size()); }
    Result<void> write(std::string_view bytes) override {
        while (!bytes.empty()) { // a full chunk waits: it may be the last
            if (plain_.size() == chunk_size) TRY_VOID(seal(false));
            const auto piece = bytes.substr(0, chunk_size - plain_.size());
            plain_ += piece;
            bytes.remove_prefix(piece.size());
        }
        return {};
    }
    Result<void> close() override {
        TRY_VOID(seal(true));
        return into_->close();
    }

  private:
    Result<void> seal(bool last) {
        chunks_.seal(plain_, last, reinterpret_cast<unsigned char*>(sealed_.data()));
        TRY_VOID(into_->write(std::string_view(sealed_).substr(0, plain_.size() + tag_size)));
        plain_.clear();
        return {};
    }

    Chunks chunks_;
    std::unique_ptr<Sink> into_;
    std::string plain_, sealed_;
};

class Decrypting : public Source {
  public:
    Decrypting(const FileKey& key, std::string_view nonce, std::unique_ptr<Source> from, std::string name)
        : chunks_(key, nonce), from_(std::move(from)), name_(std::move(name)), sealed_(chunk_size + tag_size + 1, '\0'),
          plain_(chunk_size, '\0') {}
    ~Decrypting() override { ::sodium_memzero(plain_.data(), plain_.size()); }

    Result<std::size_t> read(std::span<char> into) override {
        while (left_.empty()) {
            if (ended_) return std::size_t{0};
            TRY_VOID(next());
        }
        const std::size_t size = std::min(left_.size(), into.size());
        std::copy_n(left_.begin(), size, into.begin());
        left_.remove_prefix(size);
        return size;
    }

  private:
    // A byte more than a chunk tells whether it is the last one.
    Result<void> next() {
        const std::size_t more = TRY(read_fully(*from_, std::span(sealed_).subspan(held_)));
        const std::size_t all = held_ + more;
        const bool last = all < sealed_.size();
        const std::size_t size = last ? all : all - 1;
        const bool first = chunks_.at_first();
        if (size < tag_size || !chunks_.open(std::string_view(sealed_).substr(0, size), last,
                                             reinterpret_cast<unsigned char*>(plain_.data())))
            return no(fmt::format("'{}' is damaged or cut off after its first {} bytes", name_, given_));
        if (last && size == tag_size && !first)
            return no(fmt::format("'{}' is damaged: it ends as age never ends", name_));
        left_ = std::string_view(plain_).substr(0, size - tag_size);
        given_ += left_.size();
        ended_ = last;
        if (!last) {
            sealed_.front() = sealed_.back();
            held_ = 1;
        }
        return {};
    }

    Chunks chunks_;
    std::unique_ptr<Source> from_;
    const std::string name_;
    std::string sealed_, plain_;
    std::string_view left_; // of plain_
    std::size_t held_ = 0;  // of sealed_
    std::uint64_t given_ = 0;
    bool ended_ = false;
};

Result<void> check(const AgeTo& to) {
    if (to.recipients.empty() && to.passphrase.empty())
        return usage("nobody could decrypt the data; name a recipient (age1...) or a passphrase");
    if (!to.recipients.empty() && !to.passphrase.empty())
        return usage(
            "age encrypts either for recipients or with a passphrase; name only recipients or only a passphrase");
    return {};
}

struct WipedKey {
    FileKey bytes{};
    ~WipedKey() { ::sodium_memzero(bytes.data(), bytes.size()); }
};

}

Result<std::unique_ptr<Sink>> encrypting(const AgeTo& to, std::unique_ptr<Sink> into) {
    TRY_VOID(check(to));
    start_sodium();
    WipedKey key;
    std::array<unsigned char, nonce_size> nonce{};
    ::randombytes_buf(key.bytes.data(), key.bytes.size());
    ::randombytes_buf(nonce.data(), nonce.size());
    TRY_VOID(into->write(age_header(key.bytes, to) + std::string(text_of(nonce))));
    std::unique_ptr<Sink> sink = std::make_unique<Encrypting>(key.bytes, text_of(nonce), std::move(into));
    return sink;
}

Result<std::unique_ptr<Source>> decrypting(const AgeKeys& keys, std::unique_ptr<Source> from, const std::string& name) {
    from = buffered(std::move(from));
    const auto header = TRY(read_age_header(*from, name));
    WipedKey key;
    key.bytes = TRY(open_age_header(header, keys, name));
    std::array<char, nonce_size> nonce{};
    const std::size_t size = TRY(read_fully(*from, nonce));
    if (size < nonce.size()) return no(fmt::format("'{}' is cut off after its header", name));
    std::unique_ptr<Source> source =
        std::make_unique<Decrypting>(key.bytes, std::string_view(nonce.data(), nonce.size()), std::move(from), name);
    return source;
}

Result<void> rewrap(const AgeKeys& keys, const AgeTo& to, Source& from, Sink& into, const std::string& name) {
    TRY_VOID(check(to));
    const auto whole = buffered(borrowed(from));
    const auto header = TRY(read_age_header(*whole, name));
    WipedKey key;
    key.bytes = TRY(open_age_header(header, keys, name));
    TRY_VOID(into.write(age_header(key.bytes, to)));
    TRY(pour(*whole, into));
    return {};
}

}
