#include "gate/detect.h"
#include "gate/formats/readers.h"
#include "gate/report.h"
#include "support/catch.h"
#include "sys/data/json.h"
#include <iostream>
#include <map>
#include <set>

using namespace fairlead;
using sys::Json;

namespace {

// The keys that expected.json states, as the report gives them.
Json answer(const std::string& folder, const std::string& file) {
    gate::Policy policy;
    policy.reports.emplace_back().patterns = {file};
    policy.age.judged = false; // they are years old, and may be tracked where they lie
    auto freshness = gate::Freshness::of(policy.age, folder, {});
    REQUIRE(freshness.ok());
    const auto items = gate::collect(policy, {folder, folder}, freshness.value());
    REQUIRE(items.ok());
    const auto totals = gate::sum(items.value());
    const auto report = gate::to_report(items.value(), totals, gate::judge(policy, items.value(), totals));
    Json out = Json::object();
    for (const auto& [name, text] : report.members) out[name] = *text;
    out["verdict"] = report::name_of(report.verdict);
    return out;
}

bool is_statement(const std::string& key) { return key != "source" && key != "commit" && key != "licence"; }

}

TEST_CASE("every report of the conformance set gets the expected answer") {
    const auto folder = test::conformance("gate");
    if (!folder) SKIP_LOUDLY("conformance", "../shared/conformance/gate is not there");
    const Json files = Json::parse(test::read(*folder + "/expected.json"))["files"];
    REQUIRE(files.size() > 100);
    std::map<std::string, int> not_read;
    int judged = 0;
    for (const auto& [file, expected] : files.items()) {
        const auto format = expected.value("format", "");
        const Json got = answer(*folder, file);
        INFO(file << ": " << got.dump());
        if (!format.empty() && !gate::find_reader(format)) {
            ++not_read[format];
            CHECK(got["problem"] == "unknown-format"); // and never a pass
            CHECK(got["verdict"] == "fail");
            continue;
        }
        ++judged;
        std::set<std::string> keys;
        for (const auto& [key, value] : expected.items()) {
            if (!is_statement(key)) continue;
            keys.insert(key);
            CHECK(got.value(key, Json()) == value);
        }
        for (const auto& [key, value] : got.items()) CHECK(keys.count(key) == 1);
    }
    CHECK(judged >= 50);
    int left = 0;
    std::string names;
    for (const auto& [name, count] : not_read) {
        left += count;
        names += " " + name;
    }
    std::cout << judged << " files judged; not read yet: " << left << " files of" << names << std::endl;
}

TEST_CASE("the format of every report of the conformance set is told from its content") {
    const auto folder = test::conformance("gate");
    if (!folder) SKIP_LOUDLY("conformance", "../shared/conformance/gate is not there");
    const Json files = Json::parse(test::read(*folder + "/expected.json"))["files"];
    for (const auto& [file, expected] : files.items()) {
        const auto detected = gate::detect(gate::Source::file(*folder + "/" + file));
        INFO(file);
        if (expected.contains("format")) {
            REQUIRE(detected.ok());
            CHECK(detected.value().format == expected["format"].get<std::string>());
        } else if (expected["problem"] == "unknown-format") {
            REQUIRE(detected.ok());
            CHECK(detected.value().format.empty());
        }
    }
}
