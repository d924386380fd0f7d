#include "unit/smoke/probes/web_bench.h"

using namespace fairlead;
using namespace fairlead::test;

namespace {

// Three instances behind one name, which --resolve names; what each answers, by its address.
struct AddressesBench : WebBench {
    std::map<std::string, sys::HttpResponse> instances;
    AddressesBench() {
        plan.resolve = {"app.example.org:443:203.0.113.5,203.0.113.7,[2001:db8::1]", "other.test:443:203.0.113.9"};
        for (const auto* address : {"203.0.113.5", "203.0.113.7", "[2001:db8::1]"})
            instances[address] = web_answer(200, {}, R"({"version": "1.2.3"})");
        server.answers = [this](const sys::HttpRequest& request) {
            const std::string before = "app.example.org:443:"; // by several threads: nothing is required here
            const auto given = request.resolve.size() == 1 ? request.resolve.front() : "";
            const auto found =
                given.starts_with(before) ? instances.find(given.substr(before.size())) : instances.end();
            return found == instances.end() ? web_answer(599) : found->second;
        };
    }
    std::string told(const std::string& yaml) { return faults(addresses_probe(), yaml); }
};

}

TEST_CASE("every address behind a name is asked") {
    AddressesBench bench;
    CHECK(bench.told("{get: /health, expect: {version: 1.2.3}, at_least: 3}").empty());
    REQUIRE(bench.server.asked.size() == 3);
    for (const auto& request : bench.server.asked) {
        CHECK(request.url == "https://app.example.org/health");
        CHECK(request.fresh_connection);
        CHECK(request.no_proxy == "*");
    }
    bench.server.asked.clear();
    CHECK(bench.told("{get: /health, only: ipv6}").empty());
    CHECK(bench.server.asked.size() == 1);
    CHECK(bench.ask(addresses_probe(), "/health").served == "1.2.3");
}

TEST_CASE("an address that answers otherwise is named, with what it answers") {
    AddressesBench bench;
    bench.instances["203.0.113.7"] = web_answer(200, {}, R"({"version": "1.2.2"})");
    CHECK(bench.told("{get: /health, expect: {version: 1.2.3}}") ==
          "smoke/address: 2 of 3 addresses answer 1.2.3; 203.0.113.7 answers 1.2.2");
    bench.instances["203.0.113.5"] = failed(sys::HttpFailure::refused);
    CHECK(bench.told("/health") ==
          "smoke/address: 2 of 3 addresses answer as expected; 203.0.113.5: connection refused");
    CHECK(bench.ask(addresses_probe(), "/health").outcome == Outcome::starting);
    bench.instances["203.0.113.7"] = web_answer(404);
    CHECK(bench.ask(addresses_probe(), "/health").outcome == Outcome::broken);
    bench.instances["[2001:db8::1]"] = failed(sys::HttpFailure::other);
    CHECK(bench.told("/health") ==
          "smoke/address: 0 of 3 addresses answer as expected; 203.0.113.5: connection "
          "refused; 203.0.113.7: status 404, expected 200-299; 2001:db8::1: connection refused "
          "(if this machine has no IPv6, write only: ipv4)");
}

TEST_CASE("a name with too few addresses is no yes") {
    AddressesBench bench;
    CHECK(bench.told("{get: /health, only: ipv6, at_least: 2}") ==
          "smoke/address: app.example.org has 1 IPv6 address (2001:db8::1), at least 2 expected");
    CHECK(bench.server.asked.empty());
    bench.plan.resolve = {"app.example.org:443:203.0.113.5"};
    CHECK(bench.told("{get: /health, only: ipv6}") ==
          "smoke/address: app.example.org has 0 IPv6 addresses, at least 1 expected");
}

TEST_CASE("the version that a deployment recorded is expected of each address") {
    AddressesBench bench;
    const auto question =
        bench.read(addresses_probe(), "{get: /health, expect: {version: auto, from: 'json:$.version'}}");
    REQUIRE(question.ok());
    REQUIRE(question->expect);
    CHECK(question->expect->version == "auto"); // expected_version.h puts the version there
    CHECK(bench.refusal(addresses_probe(), "{expect: {}}").find("expect is empty") == 0);
    CHECK(bench.refusal(addresses_probe(), "{expect: fine}").find("'fine' is not an expectation") == 0);
    CHECK_FALSE(bench.refusal(addresses_probe(), "{at_least: 0}").empty());
    CHECK(bench.refusal(addresses_probe(), "{at_least: 65}") ==
          "at most 64 addresses of a name are asked; write a number up to 64");
    CHECK(bench.refusal(addresses_probe(), "{at_least: 64}").empty());
    CHECK(bench.refusal(addresses_probe(), "{at_least: 2}", "https://203.0.113.5") ==
          "203.0.113.5 is one address; write a name, or remove at_least");
    CHECK(bench.refusal(addresses_probe(), "{only: ipv4}", "https://[2001:db8::1]") ==
          "2001:db8::1 is no IPv4 address, so none is left to ask; write a name, or remove only");
    CHECK(bench.refusal(addresses_probe(), "{at_least: 1, only: ipv6}", "https://[2001:db8::1]").empty());
}

TEST_CASE("past the proxy, there is one address") {
    WebBench bench;
    bench.plan.at = "unix:/run/app.sock";
    bench.plan.at_host = "app.example.org";
    bench.server.answers = [](const sys::HttpRequest&) { return web_answer(200); };
    CHECK(bench.faults(addresses_probe(), "{get: /health, at_least: 3}").empty());
    REQUIRE(bench.server.asked.size() == 1);
    CHECK(bench.server.asked.front().socket == "/run/app.sock");
}
