#include "base/text.h"
#include "scan/engine.h"
#include "support/catch.h"
#include <algorithm>
#include <set>

using namespace fairlead;
using namespace fairlead::scan;

namespace {

std::vector<const Rule*> all_rules() { return {rules().begin(), rules().end()}; }

std::vector<std::string> ids_found(Engine& engine, std::string_view text, std::string_view path = {}) {
    std::vector<std::string> ids;
    auto hits = engine.find(text, Guess::yes, path);
    REQUIRE(hits.ok());
    for (const Hit& hit : hits.value()) ids.emplace_back(hit.rule->id);
    return ids;
}

}

TEST_CASE("every rule finds its own hits, once each and under its own id") {
    auto engine = Engine::make(all_rules(), {});
    REQUIRE(engine.ok());
    for (const Rule* rule : rules()) {
        REQUIRE_FALSE(rule->hits[0].empty());
        for (const std::string_view hit : rule->hits) {
            if (hit.empty()) continue;
            // Where a rule is for certain files, its line may be all of the line.
            const bool everywhere = rule->files[0].empty();
            const std::string text = everywhere ? "first line\n  " + sample(hit) + "\nlast line\n" : sample(hit);
            INFO(rule->id << ": " << text);
            CHECK(ids_found(engine.value(), text, rule->files[0]) == std::vector<std::string>{std::string(rule->id)});
            const auto elsewhere = ids_found(engine.value(), text, "src/main.c");
            CHECK((everywhere || std::count(elsewhere.begin(), elsewhere.end(), rule->id) == 0));
        }
    }
}

TEST_CASE("no rule finds its own misses") {
    for (const Rule* rule : rules()) {
        auto engine = Engine::make({rule}, {});
        REQUIRE(engine.ok());
        REQUIRE_FALSE(rule->misses[0].empty());
        for (const std::string_view miss : rule->misses) {
            if (miss.empty()) continue;
            INFO(rule->id << ": " << sample(miss));
            CHECK(ids_found(engine.value(), sample(miss), rule->files[0]).empty());
        }
    }
}

TEST_CASE("rules have unique ids, lower-case keywords and samples that no scanner stops at") {
    auto engine = Engine::make(all_rules(), {});
    REQUIRE(engine.ok());
    std::set<std::string_view> ids;
    for (const Rule* rule : rules()) {
        INFO(rule->id);
        CHECK(ids.insert(rule->id).second);
        CHECK_FALSE(rule->title.empty());
        REQUIRE_FALSE((rule->keywords[0].empty() && rule->files[0].empty()));
        for (const std::string_view keyword : rule->keywords) CHECK(lower(keyword) == keyword);
        for (const auto* samples : {&rule->hits, &rule->misses})
            for (const std::string_view text : *samples) CHECK(ids_found(engine.value(), text).empty());
    }
    CHECK(ids.size() >= 41);
}
