#include "sys/data/unpack.h"
#include "support/catch.h"
#include "sys/data/packed_size.h"
#include "sys/stream/gzip.h"

using namespace fairlead;
using namespace fairlead::sys;

namespace {

class TextSink : public Sink {
  public:
    explicit TextSink(std::string& into) : into_(into) {}
    Result<void> write(std::string_view bytes) override {
        into_ += bytes;
        return {};
    }
    Result<void> close() override { return {}; }

  private:
    std::string& into_;
};

std::string gzip_of(std::string_view plain) {
    std::string out;
    const auto sink = gzipping(9, std::make_unique<TextSink>(out));
    REQUIRE(sink->write(plain).ok());
    REQUIRE(sink->close().ok());
    return out;
}

Result<std::string> unpacked_text(const std::string& bytes, Encoding encoding = Encoding::raw) {
    auto stream = unpacked(ByteStream::of(bytes, Encoding::raw), "report", encoding);
    std::string out;
    for (;;) {
        const auto piece = TRY(stream.next());
        if (piece.empty()) return out;
        out += piece;
    }
}

}

TEST_CASE("gzip data is unpacked, and other data stays as it is") {
    std::string big;
    for (int i = 0; i < 100'000; ++i) big += std::to_string(i) + '\n';
    CHECK(unpacked_text(gzip_of(big)).value() == big);
    CHECK(unpacked_text(big).value() == big);
    CHECK(unpacked_text("").value().empty());
    CHECK(unpacked_text("\x1f").value() == "\x1f");
    CHECK(unpacked_text(gzip_of("\xFF\xFE" + std::string("a\0b\0", 4)), Encoding::utf8).value() == "ab");
}

TEST_CASE("members follow one another, and zeros may follow the last") {
    CHECK(unpacked_text(gzip_of("one ") + gzip_of("") + gzip_of("two")).value() == "one two");
    CHECK(unpacked_text(gzip_of("one") + std::string(100'000, '\0')).value() == "one");
    CHECK(unpacked_text(gzip_of("one") + std::string(100'000, '\0') + gzip_of("two")).value() == "onetwo");
}

TEST_CASE("gzip data that is cut short or damaged is an error with its place") {
    const auto plain = std::string(1000, 'a') + "b", whole = gzip_of(plain);
    for (std::size_t size = 2; size < whole.size(); ++size) {
        const auto cut = unpacked_text(whole.substr(0, size));
        REQUIRE_FALSE(cut.ok());
        CHECK(cut.error().place.file == "report");
        CHECK(cut.error().message == "the gzip data is cut short");
    }
    for (std::size_t at = 10; at < whole.size(); ++at) { // the header's bytes may differ
        auto damaged = whole;
        damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
        const auto seen = unpacked_text(damaged); // some bits fill up a byte only
        CHECK((!seen.ok() || seen.value() == plain));
    }
    CHECK(unpacked_text(whole + "more").error().message == "the gzip data is damaged");
}

TEST_CASE("the size that gzip makes is counted without making it") {
    for (const auto& text : {std::string(), std::string("a"), std::string(300'000, 'x')}) {
        const auto size = gzip_size();
        size->add(text);
        CHECK(size->end() == gzip_of(text).size());
    }
}
