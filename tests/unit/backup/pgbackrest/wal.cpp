#include "backup/pgbackrest/wal.h"
#include "support/catch.h"
#include <algorithm>

using namespace fairlead;
using namespace fairlead::backup::pgbackrest;

TEST_CASE("histories say where a timeline left the one before") {
    const auto two =
        read_history("1\t0/3000000\tno recovery target specified\n\n2\t0/5000028\tbefore 2026\n", "00000003.history");
    REQUIRE(two.ok());
    CHECK(two.value() == std::vector<Turn>{{1, 0x3000000}, {2, 0x5000028}});
    for (const char* text : {"", "# nothing", "1", "1\tx", "2\t0/1\n1\t0/2", "3\t0/1", "-1\t0/1", "1\t0/1\n1\t0/2"})
        CHECK_FALSE(read_history(text, "00000003.history").ok());
}

TEST_CASE("a timeline has to be there from its fork on, and the one before up to it") {
    const std::vector<Fork> forks = {{2, 1, 3}, {3, 1, 2}};
    const auto whole = standing_of({{1, 1}, {1, 2}, {2, 3}, {2, 4}, {3, 2}}, Segment{1, 1}, forks);
    CHECK(whole.gaps.empty());
    const auto lost = standing_of({{1, 1}, {2, 4}, {3, 2}}, Segment{1, 1}, forks);
    CHECK(lost.gaps == std::vector<Range>{{{1, 2}, {1, 2}}, {{2, 3}, {2, 3}}});
    CHECK(standing_of({}, Segment{1, 5}).gaps == std::vector<Range>{{{1, 5}, {1, 5}}});
}

TEST_CASE("segments are counted through, whatever their size") {
    CHECK(parse_segment("000000010000000000000003", usual_segment) == Segment{1, 3});
    CHECK(parse_segment("000000020000000100000000", usual_segment) == Segment{2, 256});
    CHECK(parse_segment("000000020000000100000000", 64u << 20) == Segment{2, 64});
    CHECK_FALSE(parse_segment("000000010000000000000100", usual_segment)); // the log has 256
    CHECK_FALSE(parse_segment("00000002.history", usual_segment));
    CHECK(segment_name({1, 255}, usual_segment) == "0000000100000000000000FF");
    CHECK(segment_name({1, 256}, usual_segment) == "000000010000000100000000");
    CHECK(parse_lsn("0/2000028") == 0x2000028u);
    CHECK(parse_lsn("1A/0") == 0x1A00000000u);
    for (const char* text : {"", "0", "/", "0/", "x/1", "0/123456789", "0/-1"}) CHECK_FALSE(parse_lsn(text));
}

TEST_CASE("gaps are told by their segments") {
    const auto none = standing_of({}, {});
    CHECK(none.ranges.empty());
    CHECK(none.gaps.empty());

    const auto lost = standing_of({{1, 7}, {1, 2}, {1, 3}, {1, 6}}, {});
    CHECK(lost.ranges == std::vector<Range>{{{1, 2}, {1, 3}}, {{1, 6}, {1, 7}}});
    CHECK(lost.gaps == std::vector<Range>{{{1, 4}, {1, 5}}});

    const auto first = standing_of({{1, 1}, {1, 4}}, Segment{1, 3});
    CHECK(first.ranges == std::vector<Range>{{{1, 4}, {1, 4}}});
    CHECK(first.gaps == std::vector<Range>{{{1, 3}, {1, 3}}});
}

TEST_CASE("a timeline goes on where it left the one before") {
    const auto whole = standing_of({{1, 2}, {1, 3}, {2, 3}, {2, 4}}, Segment{1, 2});
    CHECK(whole.ranges == std::vector<Range>{{{1, 2}, {1, 3}}, {{2, 3}, {2, 4}}});
    CHECK(whole.gaps.empty());

    const auto lost = standing_of({{1, 2}, {2, 5}}, Segment{1, 2});
    CHECK(lost.gaps == std::vector<Range>{{{1, 3}, {1, 4}}});
}
