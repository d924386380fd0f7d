#include "sys/git/pack/delta.h"
#include "support/catch.h"
#include <string>

using namespace fairlead::sys;

namespace {

std::string apply_to(const std::string& delta, const std::string& base, std::size_t size,
                     std::vector<Copied>* copied = nullptr) {
    std::string result(size, '?');
    return apply_delta(delta, base, result, copied) ? result : "damaged";
}

std::string raw_bytes(std::initializer_list<int> values) {
    std::string text;
    for (const int value : values) text += static_cast<char>(value);
    return text;
}

const std::string ten_digits = "0123456789";

}

TEST_CASE("a delta is copies from its base, and new bytes") {
    const std::string delta =
        raw_bytes({10, 9, 0x91, 2, 4, 2}) + "ab" + raw_bytes({0x90, 3}); // the offset 0 is left out
    const auto sizes = delta_sizes(delta);
    REQUIRE(sizes);
    CHECK((sizes->base == 10 && sizes->result == 9));
    std::vector<Copied> copied = {{1, 1, 1}};
    CHECK(apply_to(delta, ten_digits, 9, &copied) == "2345ab012");
    REQUIRE(copied.size() == 2);
    CHECK((copied[0].begin == 0 && copied[0].base == 2 && copied[0].end() == 4));
    CHECK((copied[1].begin == 6 && copied[1].base == 0 && copied[1].end() == 9));
}

TEST_CASE("a copy without a size is one of 65536 bytes, and sizes have as many bytes as they need") {
    const std::string large(70'000, 'x');
    const std::string head = raw_bytes({0xf0, 0xa2, 4, 0x80, 0x80, 4});
    CHECK(delta_sizes(head)->base == 70'000);
    CHECK(apply_to(head + raw_bytes({0x80}), large, 65'536) == std::string(65'536, 'x'));
}

TEST_CASE("a damaged delta makes nothing") {
    for (const auto& [name, delta] : std::initializer_list<std::pair<const char*, std::string>>{
             {"no sizes", ""},
             {"half a size", raw_bytes({10, 0x80})},
             {"a size of more than 64 bits",
              raw_bytes({0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 4})},
             {"of another base", raw_bytes({11, 4, 0x90, 4})},
             {"of another size", raw_bytes({10, 5, 0x90, 5})},
             {"a copy from behind the base", raw_bytes({10, 4, 0x91, 8, 4})},
             {"a copy that begins behind the base", raw_bytes({10, 4, 0x91, 11, 4})},
             {"a copy of more than is announced", raw_bytes({10, 4, 0x90, 5})},
             {"too little", raw_bytes({10, 4, 0x90, 3})},
             {"half a copy", raw_bytes({10, 4, 0x91, 1})},
             {"half of the new bytes", raw_bytes({10, 4, 4}) + "abc"},
             {"too many new bytes", raw_bytes({10, 4, 5}) + "abcde"},
             {"an order that means nothing", raw_bytes({10, 4, 0, 0x90, 4})},
             {"more behind the end", raw_bytes({10, 4, 0x90, 4, 1}) + "a"}}) {
        INFO(name);
        CHECK(apply_to(delta, ten_digits, 4) == "damaged");
    }
    CHECK(apply_to(raw_bytes({10, 4, 0x90, 4}), ten_digits, 4) == "0123");
}
