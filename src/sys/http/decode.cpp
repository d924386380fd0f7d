#include "sys/http/decode.h"
#include "base/printable.h"
#include "base/text.h"
#include "sys/stream/compress.h"
#include <algorithm>
#include <cstring>
#include <fmt/format.h>

namespace fairlead::sys {
namespace {

class Held : public Source {
  public:
    explicit Held(std::string text) : text_(std::move(text)) {}
    Result<std::size_t> read(std::span<char> into) override {
        const auto size = std::min(into.size(), text_.size() - at_);
        std::memcpy(into.data(), text_.data() + at_, size);
        at_ += size;
        return size;
    }

  private:
    std::string text_;
    std::size_t at_ = 0;
};

}

Result<std::string> decode_body(std::string body, std::string_view codings, std::size_t limit) {
    auto all = split(codings, ',');
    std::reverse(all.begin(), all.end()); // the last one was applied last
    for (const auto& one : all) {
        const auto coding = lower(trim(one));
        if (body.empty() || coding.empty() || coding == "identity") continue;
        const bool gzip = coding == "gzip" || coding == "x-gzip";
        if (!gzip && coding != "zstd")
            return no(
                fmt::format("the body has the encoding '{}', which was not requested", one_line(coding).substr(0, 40)));
        const auto kind = gzip ? Compression::Kind::gzip : Compression::Kind::zstd;
        const auto plain = decompressing(kind, std::make_unique<Held>(std::move(body)), "the body");
        body = TRY(read_all(*plain, limit, "the body"));
    }
    return body;
}

}
