#include "backup/stores/sftp_packets.h"
#include "support/catch.h"

using namespace fairlead;
using namespace fairlead::backup::sftp;
using namespace std::string_literals;

TEST_CASE("a packet is its length, its type and its parts in network order") {
    CHECK(Packet(Ask::init).number(3).bytes() == "\0\0\0\5\1\0\0\0\3"s);
    CHECK(Packet(Ask::read).number(7).text("h").big_number(1ull << 32).number(2).bytes() ==
          "\0\0\0\x16\5\0\0\0\7\0\0\0\1h\0\0\0\1\0\0\0\0\0\0\0\2"s);
}

TEST_CASE("answers are read with what they hold") {
    const auto version = read_answer("\2\0\0\0\3\0\0\0\2ab\0\0\0\1"
                                     "1"s)
                             .value();
    CHECK(version.extensions.at("ab") == "1");
    const auto status = read_answer("\x65\0\0\0\7\0\0\0\2\0\0\0\2no\0\0\0\0"s).value();
    CHECK((status.id == 7 && status.code == Code::absent && status.text == "no"));
    CHECK(read_answer("\x65\0\0\0\7\0\0\0\1"s)->code == Code::end); // without its message
    const auto names =
        read_answer("\x68\0\0\0\1\0\0\0\1\0\0\0\1a\0\0\0\0\0\0\0\x0d\0\0\0\0\0\0\1\0\0\0\x81\xa4\0\0\0\1\0\0\0\2"s)
            .value();
    REQUIRE(names.entries.size() == 1);
    CHECK(names.entries[0].name == "a");
    CHECK(names.entries[0].attributes.size == 256u);
    CHECK(names.entries[0].attributes.is_file());
    CHECK(names.entries[0].attributes.modified == 2u);
    CHECK(big_numbers("\0\0\0\0\0\0\0\5\0\0\0\0\0\0\1\0rest"s) == std::vector<std::uint64_t>{5, 256});
}

TEST_CASE("an answer that is cut off or claims more than there is, is none") {
    const auto whole = "\x68\0\0\0\1\0\0\0\1\0\0\0\1a\0\0\0\0\0\0\0\x0d\0\0\0\0\0\0\1\0\0\0\x81\xa4\0\0\0\1\0\0\0\2"s;
    for (std::size_t size = 0; size < whole.size(); ++size) CHECK_FALSE(read_answer(whole.substr(0, size)).ok());
    CHECK_FALSE(read_answer("\x68\0\0\0\1\xff\xff\xff\xff"s).ok());
    CHECK_FALSE(read_answer("\x67\0\0\0\1\xff\xff\xff\xff"s).ok());
    CHECK_FALSE(read_answer("\x69\0\0\0\1\x80\0\0\0\xff\xff\xff\xff"s).ok());
    CHECK_FALSE(read_answer("\x42\0\0\0\1"s).ok());
}
