#include "unit/gate/reading.h"
#include <fmt/format.h>

using namespace fairlead;
using namespace fairlead::gate;

namespace {

Performance measured(std::string_view text) {
    const auto evidence = read(text);
    INFO(text << evidence.reason);
    REQUIRE(evidence.problem == Problem::none);
    CHECK(evidence.format == "jmeter");
    return evidence.performance.value();
}
std::string refused(std::string_view text, int line) {
    const auto evidence = read(text);
    INFO(text);
    CHECK(evidence.problem == Problem::malformed);
    CHECK(evidence.place.line == line);
    CHECK(evidence.reason.starts_with("malformed JMeter results: "));
    return evidence.reason.substr(std::min<std::size_t>(evidence.reason.size(), 26));
}
std::string jtl(const std::string& samples) { return "<testResults version='1.2'>\n" + samples + "</testResults>"; }
const std::string header = "timeStamp,elapsed,label,success\n";

}

TEST_CASE("only the outer samples of JMeter's XML count: their time holds that of the inner ones") {
    CHECK(measured(jtl("<httpSample t='100' s='true' lb='page'><httpSample t='60' s='false'/><sample t='40' s='true'/>"
                       "</httpSample><sample t='7' s='false' lb='x'/>")) == Performance{2, 1, 107});
    CHECK(measured(jtl("<statSample t='90' s='true' sc='10' ec='0'/><statSample t='90' s='true' sc='10' ec='3'/>")) ==
          Performance{20, 3, 180});
    CHECK(measured(jtl("")) == Performance{});
}

TEST_CASE("a sample of JMeter that failed is told with its code, message and assertion") {
    const auto xml = read(jtl("<httpSample t='1' s='false' lb='Home' rc='500' rm='Oops'><assertionResult><name>n</name>"
                              "<failureMessage>expected\nOK</failureMessage></assertionResult></httpSample>"));
    REQUIRE(xml.performance_failed.size() == 1);
    CHECK(xml.performance_failed[0] == "sample 'Home' failed: 500 Oops expected OK");
    const auto csv = read("elapsed,label,responseCode,responseMessage,success,failureMessage\n"
                          "1,Home,500,Oops,false,\"expected \"\"OK\"\",\nnot this\"\n");
    REQUIRE(csv.performance_failed.size() == 1);
    CHECK(csv.performance_failed[0] == "sample 'Home' failed: 500 Oops expected \"OK\", not this");
}

TEST_CASE("JMeter's CSV has its columns in any order, with any of its delimiters") {
    CHECK(measured(header + "1,10,a,true\n2,20,b,false\n") == Performance{2, 1, 30});
    CHECK(measured("success;label;timeStamp;elapsed\r\nTRUE;a;1;10\r\n") == Performance{1, 0, 10});
    CHECK(measured("label\telapsed\tsuccess\nx\t5\ttrue\n") == Performance{1, 0, 5});
    CHECK(measured("\xEF\xBB\xBF" + header + "2024/01/02 12:00:00.1,10,a,true") == Performance{1, 0, 10});
    CHECK(measured(header) == Performance{});
    CHECK(read("elapsed,other\n1,2\n").problem == Problem::unknown_format);
    CHECK(read("1393227741256,1425,GET /,200,OK,T 1-1,text,true,3478\n").problem == Problem::unknown_format);
}

TEST_CASE("a sample of JMeter's CSV may take several lines, and lines may be blank") {
    CHECK(measured(header + "\n1,10,\"a, \"\"b\"\"\nc\",true\n\n2,5,\"\",true\n") == Performance{2, 0, 15});
    CHECK(measured(header + "1,10,a,true\n" + header + "2,5,b,true\n") == Performance{2, 0, 15}); // appended
    CHECK(measured("elapsed,success,label,SampleCount,ErrorCount\n90,true,a,10,3\n") == Performance{10, 3, 90});
    CHECK(measured(header + "1,10,\"" + std::string(3 << 20, 'x') + "\",true\n") == Performance{1, 0, 10});
}

TEST_CASE("JMeter's CSV that was cut short is no evidence") {
    CHECK(refused(header + "1,10,a,true\n2,20", 3) == "a sample has 2 of 4 columns: the file was cut short");
    CHECK(refused(header + "1,10,\"a", 2) == "a quoted text has no end: the file was cut short");
    CHECK(refused("label,success,elapsed\na,true,12", 2) == "the last line has no end: the file was cut short");
    CHECK(refused("label,elapsed,success", 1) == "the header is cut short");
    CHECK(measured("label,elapsed,success,bytes\na,12,true,3") == Performance{1, 0, 12}); // bytes don't matter
    CHECK(read("<testResults><httpSample t='1' s='true'/>").problem == Problem::malformed);
}

TEST_CASE("what is no time and no success is refused, with its line") {
    for (const auto* time : {"", "-1", "NaN", "1.5", "1e3", "10 ", "1000000000001", "99999999999999999999"}) {
        INFO(time);
        CHECK(refused(header + "1,10,a,true\n1," + time + ",a,true\n", 3).starts_with("the time of a sample is '"));
        CHECK(refused(jtl("\n<sample s='true' t='" + std::string(time) + "'/>"), 3)
                  .starts_with("the time of a sample is '"));
    }
    for (const auto* success : {"", "yes", "1"}) {
        INFO(success);
        CHECK(refused(header + "1,10,a," + success + "\n", 2).starts_with("whether a sample succeeded is '"));
        CHECK(refused(jtl("<sample t='1' s='" + std::string(success) + "'/>"), 2)
                  .starts_with("whether a sample succeeded is '"));
    }
    CHECK(refused("elapsed,label,responseCode\n1,a,200\n", 2).starts_with("it has no column 'success'"));
    CHECK(refused("elapsed,success,label,SampleCount\n1,true,a,-1\n", 2) == "the number of samples is '-1'");
    CHECK(refused("elapsed,success,label,ErrorCount\n1,true,a,x\n", 2) == "the number of errors is 'x'");
}

TEST_CASE("JMeter's CSV with other columns than its header, or odd quotes, is refused") {
    CHECK(refused(header + "1,10,a,true,5\n", 2) == "a sample has more than the 4 columns of the header");
    CHECK(refused(header + "1,10,a\"b,true\n", 2) == "a quote is inside a text that is not quoted");
    CHECK(refused(header + "1,10,\"a\"b,true\n", 2) == "a text goes on after its closing quote");
    CHECK(refused(jtl("<threadSummary/>"), 2) == "<threadSummary> is not a sample; expected httpSample or sample");
}

TEST_CASE("the times of JMeter's labels and of all samples are measures, percentiles by the nearest rank") {
    std::string rows = header;
    for (int i = 1; i <= 100; ++i) rows += fmt::format("1,{},{},{}\n", i, i <= 20 ? "fast" : "slow", i != 100);
    const auto evidence = read(rows);
    REQUIRE(evidence.problem == Problem::none);
    const auto value = [&](std::string_view name) {
        for (const auto& one : evidence.measures)
            if (one.name == name) return one.value;
        return -1.0;
    };
    CHECK(value("Total.min") == 1);
    CHECK(value("Total.avg") == 50.5);
    CHECK(value("Total.med") == 50);
    CHECK(value("Total.p(95)") == 95);
    CHECK(value("Total.p(99)") == 99);
    CHECK(value("Total.max") == 100);
    CHECK(value("Total.errors") == 0.01);
    CHECK(value("fast.max") == 20);
    CHECK(value("fast.p(90)") == 18);
    CHECK(value("fast.errors") == 0);
    CHECK(evidence.measures.size() == 24);
    CHECK(evidence.measures[0].unit == Measure::Unit::time);
    CHECK(evidence.measures[7].unit != Measure::Unit::time);
}

TEST_CASE("a statistical sample of JMeter counts as many of its average") {
    const auto evidence = read("elapsed,success,label,SampleCount,ErrorCount\n100,true,a,4,1\n");
    REQUIRE(evidence.measures.size() == 16);
    CHECK(evidence.measures[0].name == "Total.min");
    CHECK(evidence.measures[0].value == 25);
    CHECK(evidence.measures[1].value == 25);
    CHECK(evidence.measures[7].value == 0.25);
}
