#include "unit/gate/reading.h"

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

TEST_CASE("comments, CR LF and other keys are accepted") {
    const auto evidence =
        read("# made by "
             "hand\nVER:1\nSF:a\r\nFN:1,main\r\nFNL:0,1\r\nMCDC:1,2,t,0,0,x\r\n\r\nDA:4,1e+20\r\nend_of_record\r\n");
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

TEST_CASE("what was cut short is no evidence, wherever it was cut") {
    const std::string record = "TN:\nSF:/a.c\nDA:1,1\nDA:2,1\nDA:3,0\nLF:3\nLH:2\nend_of_record\n";
    const std::string text = record + "SF:/b.c\nDA:1,0\nLF:1\nLH:0\nend_of_record\n";
    for (std::size_t length = 5; length < text.size(); ++length) { // "TN:\n" alone measures nothing: another rule
        INFO(length);
        const bool after_record = length == record.size() || length == record.size() - 1; // looks whole
        const bool whole = after_record || length == text.size() - 1;                     // less the last line break
        CHECK((read(text.substr(0, length)).problem == Problem::none) == whole);
    }
    CHECK(read("SF:a.c\nDA:1,1\n").reason == "its last record has no end_of_record: the report was cut short");
    CHECK(read(record + "TN:").reason == "its last line has no end: the report was cut short");
    const auto joined = read("SF:a.c\nDA:1,1\nSF:b.c\nDA:1,1\nend_of_record\n");
    CHECK(joined.problem == Problem::malformed);
    CHECK(joined.place.line == 3);
    CHECK(read(record + "\nEOF\n  ").problem == Problem::none);
}

TEST_CASE("a file that the repository has is found below the folder of the report") {
    const auto tree = tree_of({"web/src/x.ts"}, {"web/coverage", "web", ""});
    const auto evidence =
        read("SF:src/x.ts\nDA:1,1\nend_of_record\nSF:/repo/web/src/x.ts\nDA:1,0\nend_of_record\n", tree);
    CHECK(evidence.coverage->size() == 1);
}

TEST_CASE("a line over the limit is no evidence, not half a line") {
    const auto evidence = read("SF:a.c\nDA:1,1" + std::string(2u << 20, '0') + "\nend_of_record\n");
    CHECK(evidence.problem == Problem::malformed);
    CHECK(evidence.reason.find("is longer than 1 MiB, which is the limit") != std::string::npos);
}
