// Any bytes as an archive: every name stays in its folder, content is no more than was announced, and one error or the
// end. What was read is read the same once more from what is written of it.
#include "sys/stream/tar.h"
#include "sys/stream/tar_header.h"
#include <algorithm>
#include <cstdint>
#include <cstdlib>

using namespace fairlead;
using namespace fairlead::sys;

namespace {

class Bytes : public Source {
  public:
    explicit Bytes(std::string_view bytes) : left_(bytes) {}
    Result<std::size_t> read(std::span<char> into) override {
        const std::size_t size = std::min(into.size(), left_.size());
        std::copy_n(left_.begin(), size, into.begin());
        left_.remove_prefix(size);
        return size;
    }

  private:
    std::string_view left_;
};

bool stays(const std::string& path) {
    return !path.starts_with('/') && ("/" + path + "/").find("/../") == std::string::npos &&
           path.find('\0') == std::string::npos && !path.empty();
}

void check_again(const TarEntry& entry) {
    const auto header = tar_header(entry);
    Bytes source(header);
    TarReader reader(source, "f");
    const auto read = reader.next();
    if (!read.ok() || !read.value()) std::abort();
    const TarEntry& again = *read.value();
    if (again.kind != entry.kind || again.path != entry.path || again.target != entry.target ||
        again.mode != entry.mode || again.uid != entry.uid || again.gid != entry.gid || again.size != entry.size ||
        again.modified_s != entry.modified_s || again.modified_ns != entry.modified_ns ||
        again.attributes != entry.attributes || again.data.has_value() != entry.data.has_value())
        std::abort();
}

// The sums of headers are made good, so that more than the first byte counts.
std::string with_sums(std::string text) {
    for (std::size_t at = 0; at + 512 <= text.size(); at += 512) {
        if (text.compare(at + 257, 5, "ustar") != 0) continue;
        unsigned sum = 0;
        for (std::size_t i = 0; i < 512; ++i)
            sum += i >= 148 && i < 156 ? ' ' : static_cast<unsigned char>(text[at + i]);
        for (std::size_t i = 6; i-- > 0; sum /= 8) text[at + 148 + i] = static_cast<char>('0' + sum % 8);
        text[at + 154] = '\0';
        text[at + 155] = ' ';
    }
    return text;
}

}

extern "C" int fuzz_sys_tar(const std::uint8_t* data, std::size_t size) {
    const auto text = with_sums(std::string(reinterpret_cast<const char*>(data), size));
    Bytes source(text);
    TarReader reader(source, "f");
    std::string piece(10'000, '\0');
    std::uint64_t all = 0;
    for (;;) {
        const auto entry = reader.next();
        if (!entry.ok()) {
            if (entry.error().kind != Kind::no) std::abort();
            break;
        }
        if (!entry.value()) break;
        if (!stays(entry.value()->path)) std::abort();
        if (entry.value()->kind == TarEntry::Kind::hard_link && !stays(entry.value()->target)) std::abort();
        check_again(*entry.value());
        const auto announced = stored_size(*entry.value());
        std::uint64_t read = 0;
        for (;;) {
            const auto count = reader.read(piece);
            if (!count.ok() || count.value() == 0) break;
            read += count.value();
        }
        all += read;
        if (read > announced || all > text.size()) std::abort();
    }
    return 0;
}
