// slow: an execution takes ten times as long as one of the others
// Of a file that was encrypted and then changed in any way a beginning may come out, never an end and never another
// content. The first byte says how much is encrypted, the others how it is changed.
#include "sys/stream/age.h"
#include <algorithm>
#include <cstdint>
#include <cstdlib>

using namespace fairlead;
using namespace fairlead::sys;

namespace {

class Bytes : public Source {
  public:
    explicit Bytes(std::string bytes) : bytes_(std::move(bytes)) {}
    Result<std::size_t> read(std::span<char> into) override {
        const std::size_t size = std::min(into.size(), bytes_.size() - at_);
        std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(at_), size, into.begin());
        at_ += size;
        return size;
    }

  private:
    const std::string bytes_;
    std::size_t at_ = 0;
};

class Into : public Sink {
  public:
    explicit Into(std::string& bytes) : bytes_(bytes) {}
    Result<void> write(std::string_view bytes) override {
        bytes_ += bytes;
        return {};
    }
    Result<void> close() override { return {}; }

  private:
    std::string& bytes_;
};

struct Sample {
    std::string plain, sealed;
};

const AgeKeys& keys() {
    static const AgeKeys made = [] {
        AgeKeys all;
        all.identities.push_back(AgeIdentity::make());
        return all;
    }();
    return made;
}

const Sample& sample(std::size_t which) {
    static const std::vector<Sample> samples = [] {
        std::vector<Sample> all;
        for (const std::size_t size : {0u, 100u, 65536u, 140'000u}) {
            Sample one{std::string(size, 'p'), {}};
            const auto sink =
                encrypting({.recipients = {keys().identities.front().recipient()}}, std::make_unique<Into>(one.sealed));
            if (!sink.ok() || !sink.value()->write(one.plain).ok() || !sink.value()->close().ok()) std::abort();
            all.push_back(std::move(one));
        }
        return all;
    }();
    return samples[which % samples.size()];
}

}

// Steps of five bytes: what is done, where (three), and with what.
extern "C" int fuzz_sys_age_stream(const std::uint8_t* data, std::size_t size) {
    if (size < 1) return 0;
    const Sample& whole = sample(data[0]);
    std::string bytes = whole.sealed;
    for (std::size_t at = 1; at + 5 <= size; at += 5) {
        const auto place = static_cast<std::size_t>(data[at + 1] | data[at + 2] << 8 | data[at + 3] << 16);
        const std::size_t where = place % (bytes.size() + 1);
        const char what = static_cast<char>(data[at + 4]);
        switch (data[at] % 5) {
        case 0: bytes.resize(where); break;
        case 1: bytes.insert(where, 1, what); break;
        case 2:
            if (where < bytes.size()) bytes[where] = what;
            break;
        case 3: bytes.append(bytes, where, static_cast<std::size_t>(data[at + 4]) * 257); break;
        default: bytes.erase(where, static_cast<std::size_t>(data[at + 4]) * 257); break;
        }
    }
    auto source = decrypting(keys(), std::make_unique<Bytes>(bytes), "f");
    if (!source.ok()) return 0;
    std::string plain, piece(10'000, '\0');
    for (;;) {
        const auto read = source.value()->read(piece);
        if (!read.ok()) break;
        if (read.value() == 0) {
            if (bytes != whole.sealed || plain != whole.plain) std::abort();
            break;
        }
        plain.append(piece, 0, read.value());
    }
    if (!whole.plain.starts_with(plain)) std::abort();
    return 0;
}
