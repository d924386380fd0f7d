#include "reading.h"

using namespace fairlead;
using namespace fairlead::gate;

TEST_CASE("records of one file add up, under whatever name it goes by") {
    const auto evidence = read("TN:\nSF:/repo/src/a.c\nDA:1,0\nDA:2,5,abc\nend_of_record\n"
                               "SF:src\\a.c\nDA:1,1\nDA:3,0\nend_of_record\nSF:./src/a.c\nDA:3,0\nend_of_record\n");
    CHECK(evidence.format == "lcov");
    CHECK(evidence.coverage->lines() == Count{2, 3});
    CHECK(evidence.coverage->size() == 1);
}

TEST_CASE("an arm is known by line, block and branch, of lcov 2 too") {
    const auto evidence =
        read("SF:a\nDA:1,1\nBRDA:1,0,0,-\nBRDA:1,0,1,4\nBRDA:1,e0,1,0\nBRDA:1,0,0,2\nend_of_record\n");
    CHECK(evidence.coverage->branches() == Count{2, 3});
}

TEST_CASE("declared totals stand in only where nothing is listed") {
    CHECK(read("SF:a\nLF:10\nLH:7\nBRF:4\nBRH:1\nend_of_record\n").coverage->lines() == Count{7, 10});
    CHECK(read("SF:a\nLF:1\nLH:9\nend_of_record\n").coverage->lines() == Count{1, 1});
    CHECK(read("SF:a\nDA:1,1\nLF:10\nLH:7\nend_of_record\n").coverage->lines() == Count{1, 1});
}

TEST_CASE("comments, CR LF, other keys and a missing last end_of_record are accepted") {
    const auto evidence =
        read("# made by hand\nVER:1\nSF:a\r\nFN:1,main\r\nFNL:0,1\r\nMCDC:1,2,t,0,0,x\r\n\r\nDA:4,1e+20\r\n");
    CHECK(evidence.coverage->lines() == Count{1, 1});
}

TEST_CASE("a line outside a record or without a number is malformed, with its line") {
    const auto outside = read("TN:\nDA:1,1\n");
    CHECK(outside.problem == Problem::malformed);
    CHECK(outside.place.line == 2);
    CHECK(read("SF:a\nDA:x,1\n").problem == Problem::malformed);
    CHECK(read("SF:a\nDA:1\n").problem == Problem::malformed);
    CHECK(read("SF:a\nDA:1,many\n").problem == Problem::malformed);
    CHECK(read("SF:a\nDA:99999999999,1\n").problem == Problem::malformed);
    CHECK(read("SF:a\n<html>\n").problem == Problem::malformed);
}

TEST_CASE("a file that the repository has is found below the folder of the report") {
    const auto tree = tree_of({"web/src/x.ts"}, {"web/coverage", "web", ""});
    const auto evidence =
        read("SF:src/x.ts\nDA:1,1\nend_of_record\nSF:/repo/web/src/x.ts\nDA:1,0\nend_of_record\n", tree);
    CHECK(evidence.coverage->size() == 1);
}
