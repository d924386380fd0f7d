#include "sys/files/stream.h"
#include "support/catch.h"
#include "sys/files/files.h"
#include "sys/signals.h"
#include <csignal>
#include <vector>

using namespace fairlead;
using sys::ByteStream;
using sys::Encoding;

namespace {

std::string all(ByteStream stream) {
    std::string out;
    for (;;) {
        auto piece = stream.next();
        REQUIRE(piece.ok());
        if (piece.value().empty()) return out;
        out += piece.value();
    }
}

std::vector<std::string> lines(std::string_view text) {
    sys::LineReader reader(ByteStream::of(text, Encoding::utf8));
    std::vector<std::string> out;
    for (std::string_view line;;) {
        auto more = reader.next(line);
        REQUIRE(more.ok());
        if (!more.value()) return out;
        out.emplace_back(line);
        CHECK(reader.number() == out.size());
    }
}

}

TEST_CASE("a UTF-8 mark is dropped, other bytes stay as they are") {
    CHECK(all(ByteStream::of("\xEF\xBB\xBFxyz", Encoding::utf8)) == "xyz");
    CHECK(all(ByteStream::of("\xEF\xBB\xBFxyz", Encoding::raw)) == "\xEF\xBB\xBFxyz");
    CHECK(all(ByteStream::of("a\xFF", Encoding::utf8)) == "a\xFF");
    CHECK(all(ByteStream::of("", Encoding::utf8)).empty());
}

TEST_CASE("UTF-16 of either order becomes UTF-8, lone surrogates and half units U+FFFD") {
    using namespace std::string_view_literals;
    CHECK(all(ByteStream::of("\xFF\xFE"
                             "a\0\xE4\0\x3D\xD8\x00\xDE"sv,
                             Encoding::utf8)) == "a\u00E4\U0001F600");
    CHECK(all(ByteStream::of("\xFE\xFF\0a\x20\xAC"sv, Encoding::utf8)) == "a\u20AC");
    CHECK(all(ByteStream::of("\xFE\xFF\xDC\x00\xD8\x00\0x"sv, Encoding::utf8)) == "\uFFFD\uFFFDx");
    CHECK(all(ByteStream::of("\xFF\xFEx\0y"sv, Encoding::utf8)) == "x\uFFFD");
}

TEST_CASE("a surrogate pair may lie across two pieces") {
    std::string text = "\xFF\xFE";
    for (int i = 0; i < 64 * 1024 / 2 - 2; ++i) text += std::string("a\0", 2);
    text += "\x3D\xD8"; // the last unit of the first piece
    text += std::string("\x00\xDE", 2);
    CHECK(all(ByteStream::of(text, Encoding::utf8)).ends_with("aa\U0001F600"));
}

TEST_CASE("lines end at LF or CR LF, the last one may lack its end") {
    CHECK(lines("a\r\nb\n\nc") == std::vector<std::string>{"a", "b", "", "c"});
    CHECK(lines("a\n") == std::vector<std::string>{"a"});
    CHECK(lines("").empty());
    CHECK(lines("\n") == std::vector<std::string>{""});
}

TEST_CASE("a line across pieces is whole, and one that never ends is cut") {
    const std::string word(100'000, 'x');
    CHECK(lines(word + "\nend") == std::vector<std::string>{word, "end"});
    const auto cut = lines(std::string(3 * sys::LineReader::longest, 'x') + "\nend");
    REQUIRE(cut.size() == 2);
    CHECK(cut[0].size() == sys::LineReader::longest);
    CHECK(cut[1] == "end");
}

TEST_CASE("a stream ends with an error once a signal asked us to stop") {
    sys::catch_signals();
    const std::string bytes(200'000, 'x');
    auto stream = ByteStream::of(bytes, Encoding::utf8);
    CHECK(stream.next().value().size() == 64 * 1024);
    std::raise(SIGTERM);
    const auto next = stream.next();
    sys::reset_stop_request();
    REQUIRE_FALSE(next.ok());
    CHECK(next.error().kind == Kind::could_not);
    CHECK(stream.next().ok());
}

TEST_CASE("only a regular file is streamed, and the error names it") {
    auto folder = sys::TemporaryFolder::make("stream").value();
    CHECK_FALSE(ByteStream::open(folder.path(), Encoding::raw).ok());
    const auto absent = ByteStream::open(folder.path() / "absent", Encoding::raw);
    REQUIRE_FALSE(absent.ok());
    CHECK(absent.error().kind == Kind::could_not);
    CHECK(absent.error().message.find("absent") != std::string::npos);
    REQUIRE(sys::write_file(folder.path() / "x", "bytes").ok());
    CHECK(all(ByteStream::open(folder.path() / "x", Encoding::raw).value()) == "bytes");
}
