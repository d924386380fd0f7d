#include "../reading.h"

using namespace fairlead::gate;

namespace {

std::string report(std::string_view more) {
    return R"({"lighthouseVersion":"12.2.1","audits":{"largest-contentful-paint":{"score":0.5,"numericValue":2512.5,)"
           R"("numericUnit":"millisecond","details":{"items":[{"numericValue":1}]}},)"
           R"("total-byte-weight":{"numericValue":51234,"numericUnit":"byte"},"viewport":{"score":1}},)"
           R"("timing":{"total":8000.4})" +
           std::string(more) + "}";
}
constexpr std::string_view scores = R"(,"categories":{"performance":{"score":0.91,"auditRefs":[]},"seo":{"score":1}})";

const Measure* measure(const Evidence& evidence, std::string_view name) {
    for (const auto& one : evidence.measures)
        if (one.name == name) return &one;
    return nullptr;
}

}

TEST_CASE("lighthouse: scores of categories and numbers of audits are measures") {
    const auto evidence = read(report(scores));
    CHECK(evidence.format == "lighthouse");
    REQUIRE(evidence.performance == Performance{.samples = 1, .elapsed_ms = 8000});
    REQUIRE(measure(evidence, "performance.score"));
    CHECK(measure(evidence, "performance.score")->value == 0.91);
    CHECK(measure(evidence, "performance.score")->is_of_one_run);
    REQUIRE(measure(evidence, "largest-contentful-paint"));
    CHECK(measure(evidence, "largest-contentful-paint")->value == 2512.5);
    CHECK(measure(evidence, "largest-contentful-paint")->unit == Measure::Unit::time);
    CHECK(measure(evidence, "total-byte-weight")->unit == Measure::Unit::number);
    CHECK(evidence.measures.size() == 4);
}

TEST_CASE("lighthouse: seconds are told in milliseconds, numbers that can't be are left out") {
    const auto evidence = read(
        R"({"lighthouseVersion":"12","audits":{"a":{"numericValue":2,"numericUnit":"second"},"b":{"numericValue":-1},)"
        R"("c":{"numericValue":"3"}},"categories":{"seo":{"score":1}}})");
    REQUIRE(evidence.measures.size() == 2);
    CHECK(measure(evidence, "a")->value == 2000);
    CHECK(measure(evidence, "a")->unit == Measure::Unit::time);
}

TEST_CASE("lighthouse: a page that wasn't measured is a failure") {
    CHECK(read(report(std::string(scores) + R"(,"runtimeError":{"code":"NO_ERROR"})")).performance->errors == 0);
    const auto broken = read(report(std::string(scores) + R"(,"runtimeError":{"code":"NO_FCP","message":"blank"})"));
    CHECK(broken.performance->errors == 1);
    CHECK(broken.performance_failed.at(0) == "the page wasn't measured: NO_FCP: blank");
    const auto null = read(report(R"(,"categories":{"performance":{"score":null}})"));
    CHECK(null.performance_failed.at(0) == "category performance has no score, as an audit of it broke");
    CHECK(read(report("")).performance_failed.at(0) == "the report has no category with a score");
}
