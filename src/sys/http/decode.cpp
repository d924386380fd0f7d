#include "sys/http/decode.h"
#include "base/printable.h"
#include "base/secrets/secret.h"
#include "base/text.h"
#include "sys/data/inflate.h"
#include "sys/stream/compress.h"
#include <algorithm>
#include <cstring>
#include <fmt/format.h>
#include <vector>

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

// Without a stream of ours: of one body, in pieces.
Result<std::string> inflated(Inflater& inflater, std::string_view body, std::string_view coding, std::size_t limit) {
    std::string plain;
    std::vector<char> room(64u << 10);
    for (bool ended = false; !ended;) {
        const auto step = inflater.step(body, room.data(), room.size());
        plain.append(room.data(), step.made);
        body.remove_prefix(step.taken);
        ended = step.ended;
        if (plain.size() > limit) return no(fmt::format("the body is larger than {} bytes", limit));
        if (step.bad) return no(fmt::format("the body is damaged: it is not {}", coding));
        if (!ended && step.taken == 0 && step.made == 0)
            return no(fmt::format("the body is cut off: its {} data has no end", coding));
    }
    if (!body.empty()) return no(fmt::format("other bytes follow the body's {} data", coding));
    return plain;
}

}

Result<std::string> decode_body(std::string body, std::string_view codings, std::size_t limit) {
    auto all = split(codings, ',');
    std::reverse(all.begin(), all.end()); // the last one was applied last
    for (const auto& one : all) {
        const auto coding = lower(trim(one));
        if (body.empty() || coding.empty() || coding == "identity") continue;
        if (coding == "deflate" || coding == "br") {
            const auto inflater = coding == "br" ? brotli_inflater() : zlib_inflater();
            if (!inflater) return no("the body has the encoding 'br', which needs the library libbrotlidec1");
            body = TRY(inflated(*inflater, body, coding, limit));
            continue;
        }
        const bool gzip = coding == "gzip" || coding == "x-gzip";
        if (!gzip && coding != "zstd")
            return no(
                fmt::format("the body has the encoding '{}', which was not requested",
                            one_line(mask(trim(one))).substr(0, 40))); // before it is cut: no half of a secret is left
        const auto kind = gzip ? Compression::Kind::gzip : Compression::Kind::zstd;
        const auto plain = decompressing(kind, std::make_unique<Held>(std::move(body)), "the body");
        body = TRY(read_all(*plain, limit, "the body"));
    }
    return body;
}

}
