#include "sys/stream/compress.h"
#include "streams.h"
#include "support/catch.h"
#include "sys/files/files.h"
#include "sys/process/process.h"
#include "sys/stream/behind.h"
#include "sys/stream/digest.h"

using namespace fairlead;
using namespace fairlead::sys;
using namespace fairlead::sys::testing;

namespace {

std::string packed(const Compression& compression, std::string_view text, std::size_t piece = 1 << 16) {
    Kept kept;
    const auto sink = compressing(compression, keeping(kept));
    for (std::size_t at = 0; at < text.size(); at += piece) REQUIRE(sink->write(text.substr(at, piece)).ok());
    REQUIRE(sink->close().ok());
    CHECK(kept.closed);
    return kept.bytes;
}

Result<std::string> unpacked(Compression::Kind kind, std::string bytes, std::size_t piece = 1 << 16) {
    const auto source = decompressing(kind, source_of(std::move(bytes), piece), "a/set");
    return read_all(*source, 64 << 20, "a/set");
}

std::string by_program(const std::vector<std::string>& argv, std::string input) {
    auto output = run({.argv = argv, .input = std::move(input)});
    REQUIRE(output.ok());
    REQUIRE(output->status == 0);
    return output->out;
}

const Compression both[] = {{Compression::Kind::gzip, 6}, {Compression::Kind::zstd, 3}};

}

TEST_CASE("what is packed comes out again, in whatever pieces") {
    for (const auto& compression : both)
        for (const std::size_t size : {0u, 1u, 4u, 300'000u, 5'000'000u})
            for (const std::size_t piece : {999u, 1u << 20}) {
                INFO(shown(compression) << ' ' << size << ' ' << piece);
                const auto text = sample(size);
                const auto bytes = packed(compression, text, piece);
                CHECK((size < 1000 || bytes.size() < size / 2));
                CHECK(unpacked(compression.kind, bytes, piece).value() == text);
            }
    CHECK(packed({Compression::Kind::none, 0}, "as it is") == "as it is");
    CHECK(unpacked(Compression::Kind::none, "as it is").value() == "as it is");
}

TEST_CASE("equal bytes are packed into equal bytes, whatever the pieces") {
    const auto text = sample(5'000'000);
    for (const auto& compression : both) CHECK(packed(compression, text, 777) == packed(compression, text, 3 << 20));
    CHECK(packed(both[0], "x").substr(0, 10) == std::string("\x1f\x8b\x08\0\0\0\0\0\0\x03", 10)); // no time, no name
}

TEST_CASE("the usual programs read what is packed, and what they pack is read") {
    const auto text = sample(3'000'000);
    CHECK(by_program({"gzip", "-dc"}, packed(both[0], text)) == text);
    CHECK(unpacked(Compression::Kind::gzip, by_program({"gzip", "-c"}, text)).value() == text);
    if (!find_program("zstd")) SKIP_LOUDLY("zstd", "the program zstd is not installed");
    CHECK(by_program({"zstd", "-dc"}, packed(both[1], text)) == text);
    CHECK(unpacked(Compression::Kind::zstd, by_program({"zstd", "-c"}, text)).value() == text);
}

TEST_CASE("what is cut off is noticed, wherever") {
    const auto text = sample(200'000);
    for (const auto& compression : both) {
        const auto bytes = packed(compression, text);
        for (std::size_t size = 0; size < bytes.size(); size += bytes.size() / 97 + 1) {
            const auto told = unpacked(compression.kind, bytes.substr(0, size));
            REQUIRE_FALSE(told.ok());
            CHECK(told.error().kind == Kind::no);
            CHECK(told.error().message.starts_with("'a/set' is "));
        }
    }
}

TEST_CASE("a flipped bit is noticed, wherever") {
    const auto text = sample(200'000);
    for (const auto& compression : both) {
        const auto bytes = packed(compression, text);
        int unnoticed = 0;
        for (std::size_t at = 0; at < bytes.size(); at += bytes.size() / 500 + 1) {
            auto changed = bytes;
            changed[at] = static_cast<char>(changed[at] ^ (1 << (at % 8)));
            const auto told = unpacked(compression.kind, changed);
            if (told.ok()) CHECK(told.value() == text); // gzip's header has bytes that mean nothing
            unnoticed += told.ok();
        }
        CHECK(unnoticed <= 1);
    }
}

TEST_CASE("something behind what is packed is damage, another stream is more of it") {
    for (const auto& compression : both) {
        const auto bytes = packed(compression, "one ");
        CHECK(unpacked(compression.kind, bytes + bytes).value() == "one one ");
        CHECK(unpacked(compression.kind, bytes + bytes, 1).value() == "one one ");
        CHECK(unpacked(compression.kind, bytes + "rest").error().message.find("there is text after") !=
              std::string::npos);
        CHECK(unpacked(compression.kind, "plain text").error().message ==
              std::string("'a/set' is not ") + (compression.kind == Compression::Kind::gzip ? "gzip" : "zstd") +
                  " data");
    }
}

TEST_CASE("a compression is read as it is shown") {
    for (const char* text : {"zstd:3", "zstd:19", "gzip:9", "none"})
        CHECK(shown(read_compression(text).value()) == text);
    CHECK(shown(read_compression("zstd").value()) == "zstd:3");
    CHECK(shown(read_compression("gzip").value()) == "gzip:6");
    for (const char* text : {"", "zstd:", "zstd:0", "zstd:20", "gzip:10", "none:1", "xz", "zstd:3x"}) {
        INFO(text);
        CHECK(read_compression(text).error().kind == Kind::usage);
    }
    CHECK(suffix_of(Compression::Kind::zstd) == ".zst");
}

TEST_CASE("what can't be written is told by who packs it") {
    for (const auto& compression : both) {
        const auto sink = compressing(compression, behind(std::make_unique<FullSink>(100'000)));
        auto written = Result<void>();
        for (int i = 0; i < 100 && written.ok(); ++i) written = sink->write(sample(1 << 20));
        if (written.ok()) written = sink->close();
        REQUIRE_FALSE(written.ok());
        CHECK(written.error().message == "no space left");
    }
}

TEST_CASE("what the last bytes met in another thread is told by who closes it") {
    const auto sink = behind(std::make_unique<FullSink>(2));
    REQUIRE(sink->write("three").ok()); // it waits there
    const auto closed = sink->close();
    REQUIRE_FALSE(closed.ok());
    CHECK(closed.error().message == "no space left");
}

TEST_CASE("what goes on in another thread arrives in its order, and is whole when it is closed") {
    Kept kept;
    const auto sink = behind(keeping(kept));
    const auto text = sample(7'000'000);
    for (std::size_t at = 0; at < text.size(); at += 100'003)
        REQUIRE(sink->write(std::string_view(text).substr(at, 100'003)).ok());
    REQUIRE(sink->close().ok());
    CHECK(kept.closed);
    CHECK(kept.bytes == text);
    Kept dropped;
    { REQUIRE(behind(keeping(dropped))->write("half").ok()); }
    CHECK_FALSE(dropped.closed);
}

TEST_CASE("figures are those of what passed") {
    Kept kept;
    const auto sink = digesting(keeping(kept));
    REQUIRE(sink->write("ab").ok());
    REQUIRE(sink->write("c").ok());
    REQUIRE(sink->close().ok());
    const std::string abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    CHECK(sink->figures().sha256 == abc);
    CHECK(sink->figures().bytes == 3);
    const auto source = digesting(source_of("abc", 1));
    CHECK(read_all(*source, 10, "it").value() == "abc");
    CHECK(source->figures().sha256 == abc);
    CHECK(source->figures().bytes == 3);
}

TEST_CASE("what is read whole has a limit") {
    TextSource source("abcdef", 4);
    CHECK(read_all(source, 5, "the header").error().message == "'the header' is over 5 bytes");
    TextSource fits("abcdef", 4);
    CHECK(read_all(fits, 6, "the header").value() == "abcdef");
}

TEST_CASE("gzip of many blocks is one stream that all read, the same in whatever pieces") {
    std::string text;
    for (int i = 0; text.size() < 3'000'000; ++i) text += std::to_string(i * 7919L) + (i % 3 == 0 ? " words" : "\n");
    for (const std::size_t size : {std::size_t{0}, std::size_t{512u << 10}, std::size_t{1u << 20}, text.size()}) {
        const auto part = text.substr(0, size);
        const auto all = packed(both[0], part);
        CHECK(by_program({"gzip", "-dc"}, all) == part);
        CHECK(unpacked(Compression::Kind::gzip, all).value() == part);
        CHECK(all.size() <= by_program({"gzip", "-c"}, part).size() * 101 / 100 + 20);
    }
}
