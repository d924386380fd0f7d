#include "scan/rules/issuer.h"
#include "support/catch.h"
#include <set>

using namespace fairlead;
using namespace fairlead::scan;

namespace {

std::vector<Issuer> all_issuers() {
    std::vector<Issuer> all;
    for (const auto table : {forge_issuers(), cloud_issuers(), service_issuers(), more_issuers(), owner_issuers()})
        all.insert(all.end(), table.begin(), table.end());
    return all;
}

}

TEST_CASE("each built-in rule names a known issuer") {
    REQUIRE(rules().size() > 100);
    for (const Rule* rule : rules()) {
        INFO(rule->id << " " << rule->issuer);
        CHECK(find_issuer(rule->issuer) != nullptr);
    }
}

TEST_CASE("a token of a service has the page of that service") {
    for (const Rule* rule : rules()) {
        INFO(rule->id);
        const bool by_nobody = rule->issuer == "unknown";
        CHECK((!by_nobody || rule->in_tests == InTests::warning));
    }
}

TEST_CASE("each issuer has a name, a place and steps, occurs once, and issues something") {
    std::set<std::string_view> keys, used;
    for (const Rule* rule : rules()) used.insert(rule->issuer);
    for (const Issuer& one : all_issuers()) {
        INFO(one.key);
        CHECK(keys.insert(one.key).second);
        CHECK(used.contains(one.key));
        CHECK_FALSE(one.name.empty());
        CHECK_FALSE(one.page.empty());
        CHECK((one.opens.ends_with('.') && one.opens[0] >= 'a' && one.opens[0] <= 'z'));
        CHECK((one.steps.ends_with('.') && one.steps[0] >= 'A' && one.steps[0] <= 'Z'));
        CHECK(one.page.find("http://") == std::string_view::npos);
    }
}

TEST_CASE("a rule without an issuer gets the answer that holds for any secret") {
    CHECK(issuer_of("").key == "unknown");
    CHECK(issuer_of("no-such-issuer").key == "unknown");
    CHECK(issuer_of("npm").name == "npm");
}
