#include "unit/gate/reading.h"

using namespace fairlead;
using namespace fairlead::gate;

namespace {

// As hyperfine 1.20 writes it.
std::string result(const std::string& times, const std::string& codes = "0, 0, 0") {
    return R"({"results": [{"command": "./app --version", "mean": 0.0025, "stddev": 0.0001, "median": 5,
        "user": 0.001, "system": 0.001, "min": 0.002, "max": 0.003, "times": [)" +
           times + R"(], "memory_usage_byte": [1, 1, 1], "exit_codes": [)" + codes + "]}]}";
}

}

TEST_CASE("hyperfine's times are measures in milliseconds, counted from what is listed") {
    const auto evidence = read(result("0.002, 0.0024, 0.003"));
    REQUIRE(evidence.problem == Problem::none);
    CHECK(evidence.format == "hyperfine");
    CHECK(evidence.performance->samples == 3);
    CHECK(evidence.performance->errors == 0);
    REQUIRE(evidence.measures.size() == 6);
    CHECK(evidence.measures[0].name == "./app --version.mean");
    CHECK(evidence.measures[0].value == Approx(7.4 / 3));
    CHECK(evidence.measures[0].samples.empty());
    CHECK(evidence.measures[4].name == "./app --version.user");
    CHECK(evidence.measures[4].value == 1);
    CHECK(evidence.measures[1].name == "./app --version.median");
    CHECK(evidence.measures[1].value == Approx(2.4));
    CHECK(evidence.measures[1].unit == Measure::Unit::time);
    REQUIRE(evidence.measures[1].samples.size() == 3);
    CHECK(evidence.measures[1].samples[2] == Approx(3));
    CHECK(evidence.measures[3].name == "./app --version.max");
    CHECK(evidence.measures[3].samples.empty());
}

TEST_CASE("a run that failed is a failed sample") {
    const auto evidence = read(result("0.002, 0.0024, 0.003", "0, 1, null"));
    CHECK(evidence.performance->errors == 2);
    REQUIRE(evidence.performance_failed.size() == 1);
    CHECK(evidence.performance_failed[0] == "2 of 3 runs of './app --version' failed, so their times say nothing; if "
                                            "it may fail, let it end with `|| true`");
}

TEST_CASE("a report of hyperfine that measures nothing, or no time, is malformed") {
    CHECK(read(result("")).reason == "malformed report of hyperfine: './app --version' has no times");
    CHECK(read(result("-1")).reason ==
          "malformed report of hyperfine: a time of './app --version' is -1, expected seconds");
    CHECK(read(result("0.1")).measures[1].value == 100);
    CHECK(read(result("0.1, 0.3")).measures[1].value == 200);
    CHECK(read(R"({"results": [{"command": "a", "median": 1, "times": {"a": 1}}]})").reason ==
          "malformed report of hyperfine: 'a' has no times");
    CHECK(read(result("\"1\"")).problem == Problem::malformed);
    CHECK(read(R"({"results": [{"command": 1, "median": 1}]})").reason ==
          "malformed report of hyperfine: a result names no command");
}
