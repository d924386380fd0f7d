#include "base/archive.h"
#include "support/catch.h"
#include <string>

using namespace fairlead;
using namespace std::string_literals;

TEST_CASE("an archive is known by its first bytes, whatever its name") {
    CHECK(archive_kind("PK\3\4rest") == "zip");
    CHECK(archive_kind("PK\5\6"s + std::string(18, '\0')) == "zip"); // an empty one
    CHECK(archive_kind("\x1F\x8B\x08rest") == "gzip");
    CHECK(archive_kind("\xFD"
                       "7zXZ\0rest"s) == "xz");
    CHECK(archive_kind("BZh91AY&SYrest") == "bzip2");
    CHECK(archive_kind("\x28\xB5\x2F\xFDrest") == "zstd");
    CHECK(archive_kind("7z\xBC\xAF\x27\x1Crest") == "7z");
    CHECK(archive_kind("Rar!\x1A\7rest") == "rar");
    CHECK(archive_kind(std::string(257, '\0') + "ustar\0rest"s) == "tar");
}

TEST_CASE("a text that begins like an archive's mark is a text") {
    for (const auto* text :
         {"", "PK", "BZ", "BZh", "BZh is a word", "BZh9", "7z x file", "ustar", "Rar! it said", "\x1F"}) {
        INFO(text);
        CHECK(archive_kind(text).empty());
    }
}
