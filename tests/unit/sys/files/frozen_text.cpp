#include "sys/files/frozen_text.h"
#include "support/catch.h"
#include "unit/sys/process/pipeline.h"
#include <fstream>

using namespace fairlead;
using namespace fairlead::sys;

namespace {

constexpr std::uint64_t no_limit = 1ULL << 40;

struct Folder {
    TemporaryFolder folder = std::move(TemporaryFolder::make("frozen").value());
    Root root = Root::open(folder.path()).value();
    void write(const std::string& bytes) const { std::ofstream(folder.path() / "a", std::ios::binary) << bytes; }
    Result<FrozenText> read(std::uint64_t limit = no_limit) const { return FrozenText::read(root, "a", limit); }
};

std::string lines(std::size_t bytes) {
    std::string some, text;
    for (int i = 0; i < 10'000; ++i) some += std::to_string(i) + " \xC3\xA4\r\n";
    while (text.size() < bytes) text += some;
    return text;
}

}

TEST_CASE("a text is what the file was, whatever becomes of it") {
    const Folder there;
    for (const std::size_t bytes : {std::size_t{0}, std::size_t{100}, large_text - 1, large_text, large_text + 5000}) {
        const std::string was(bytes, 'a');
        there.write(was);
        auto text = there.read().value();
        const auto other = text; // shares it
        there.write(std::string(bytes, 'b') + "more");
        std::filesystem::remove(there.folder.path() / "a");
        CHECK((text.view() == was));
        text = FrozenText();
        CHECK((other.view() == was));
        let_go(other.view());
        CHECK((other.view() == was));
    }
    CHECK(FrozenText("abc").view() == "abc");
    CHECK(FrozenText().view().empty());
}

TEST_CASE("what is too large or no file is refused by its name; without TMPDIR it is held in memory") {
    const Folder there;
    there.write(std::string(large_text + 1, 'a'));
    CHECK(there.read(large_text).error().message.find("a' is larger than the") != std::string::npos);
    CHECK(FrozenText::read(there.root, "b", no_limit).error().message.find("No such file") != std::string::npos);
    CHECK(FrozenText::read(there.root, ".", no_limit).error().message.find("folder") != std::string::npos);
    const std::string was = std::getenv("TMPDIR") == nullptr ? "/tmp" : std::getenv("TMPDIR");
    ::setenv("TMPDIR", (there.folder.path() / "nowhere").c_str(), 1);
    const auto text = there.read();
    ::setenv("TMPDIR", was.c_str(), 1);
    CHECK(text.value().view().size() == large_text + 1);
}

TEST_CASE("pieces part neither a letter nor the end of a line, and are the text") {
    for (std::size_t before = 0; before < 6; ++before) {
        const auto text = std::string(before, 'x') + lines(text_piece * 2 + 10);
        std::string joined;
        std::size_t most = 0, count = 0;
        CHECK(in_pieces(text, [&](std::string_view piece) {
            CHECK((static_cast<unsigned char>(piece.front()) & 0xC0u) != 0x80u);
            CHECK(piece.front() != '\n');
            most = std::max(most, piece.size());
            joined += piece;
            ++count;
            return true;
        }));
        CHECK((joined == text));
        CHECK(most <= text_piece);
        CHECK(count == 3);
        CHECK(newlines_in(text) == std::count(text.begin(), text.end(), '\n'));
    }
    int asked = 0;
    CHECK_FALSE(in_pieces(lines(text_piece * 3), [&](std::string_view) { return ++asked < 2; }));
    CHECK(asked == 2);
    CHECK(in_pieces("", [](std::string_view) { return false; }));
    CHECK(in_pieces(std::string(text_piece * 2, '\x80'), [](std::string_view) { return true; })); // no UTF-8 at all
}

TEST_CASE("whoever goes through 100 MB holds little of it") {
    const Folder there;
    there.write(lines(100 << 20));
    const pid_t pid = ::fork(); // what was the most before is forgotten there
    if (pid == 0) {
        const auto before = sys::testing::status_kilobytes("VmRSS:");
        const auto text = there.read().value();
        bool right = true;
        for (int i = 0; i < 2; ++i)
            right =
                in_pieces(text.view(), [](std::string_view piece) { return piece.find('\0') == piece.npos; }) && right;
        right = right && newlines_in(text.view()) > 1'000'000;
        const auto growth = (sys::testing::status_kilobytes("VmHWM:") - before) >> 10;
        ::_exit(right ? static_cast<int>(std::min<std::size_t>(growth, 254)) : 255);
    }
    int status = -1;
    ::waitpid(pid, &status, 0);
    INFO("grew by so many MiB, 255: wrong");
    CHECK(WEXITSTATUS(status) <= 16);
}
