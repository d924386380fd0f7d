#include "config/waivers.h"
#include "report/formats.h"
#include "support/catch.h"
#include "sys/files/files.h"
#include <fmt/format.h>

using namespace fairlead;

namespace {

constexpr auto complete = "- {id: W1, rule: gate/tests-failed, owner: ada, reason: flaky, expires: 2026-03-31}";

// The error as one line, or "" when they are read; today is 2026-01-01.
std::string outcome_of(const std::string& waivers, const std::string& more = "") {
    auto folder = sys::TemporaryFolder::make("waivers test ");
    REQUIRE(folder.ok());
    REQUIRE(sys::write_file(folder->path() / "fairlead.yml", "waivers:\n  " + waivers + "\n" + more).ok());
    const sys::Environment none({});
    config::LoadOptions options;
    options.path = "fairlead.yml";
    options.folder = folder->path().string();
    options.environment = &none;
    auto loaded = config::load(options);
    const auto now = parse_utc("2026-01-01T23:59:59Z");
    const auto line = [](const Error& error) {
        return fmt::format("{}:{}: {}", error.place.line, error.place.column, error.message);
    };
    if (!loaded.ok()) return line(loaded.error());
    const auto found = config::read_waivers(loaded.value(), options.folder, *now);
    if (!found.ok()) return line(found.error());
    CHECK(found->today == "2026-01-01");
    return found->all.empty() ? "none" : "";
}

std::string with(const std::string& key, const std::string& value) {
    std::string text = complete;
    const auto at = text.find(key + ": ") + key.size() + 2;
    return text.replace(at, text.find_first_of(",}", at) - at, value);
}

}

TEST_CASE("a waiver says who, why, what and until when, or is refused with its place") {
    CHECK(outcome_of(complete).empty());
    CHECK(outcome_of("[]") == "none");
    CHECK(outcome_of(with("owner", "\"\"")) == "2:46: waiver W1: owner is empty; fill it in");
    CHECK(outcome_of("- {id: W1, rule: gate/tests-failed, owner: ada, expires: 2026-03-31}") ==
          "2:5: waivers: key 'reason' is missing; add it");
    CHECK(outcome_of(with("rule", "tests-failed"))
              .starts_with("2:20: rule 'tests-failed' does not name its tool; write it with"));
    CHECK(outcome_of(with("rule", "backups/x")).starts_with("2:20: rule 'backups/x' does not name its tool"));
    CHECK(outcome_of(with("rule", "gate/")).starts_with("2:20: rule 'gate/' does not name its tool"));
    CHECK(outcome_of("- {id: W1, rule: gate/x, fingerprint: 'v1:0', owner: a, reason: b, expires: 2026-03-31}")
              .starts_with("2:41: 'v1:0' is not a fingerprint"));
}

TEST_CASE("a waiver's day is one of the calendar and not far away") {
    for (const char* wrong : {"9999-99-99", "2026-02-30", "soon", "2026-3-31", "31.03.2026", "2026-03-31T00:00:00Z"})
        CHECK(outcome_of(with("expires", wrong)) ==
              fmt::format("2:75: waivers.expires: '{}' is not a day; write it like 2026-03-31", wrong));
    CHECK(outcome_of(with("expires", "2026-04-01")).empty());
    CHECK(outcome_of(with("expires", "2026-04-02")) ==
          "2:75: '2026-04-02' is more than 90 days away; write 2026-04-01 or "
          "earlier, or raise max_waiver_days");
    CHECK(outcome_of(with("expires", "2026-04-02"), "max_waiver_days: 91\n").empty());
    CHECK(outcome_of(complete, "max_waiver_days: 10\n").starts_with("2:75: '2026-03-31' is more than 10 days away"));
    CHECK(outcome_of(with("expires", "2020-01-01")).empty()); // expired ones are told, not refused
}

TEST_CASE("two waivers don't share an id") {
    CHECK(outcome_of(std::string(complete) + "\n  " + complete) ==
          "3:10: waiver W1 is also in line 2; give each waiver a different id");
}

TEST_CASE("what tells that a change makes the policy milder is never waived") {
    for (const std::string tool : {"gate", "scan"}) {
        const auto said = outcome_of(with("rule", tool + "/silenced"));
        INFO(said);
        CHECK(said.starts_with("2:20: rule '" + tool + "/silenced'"));
        CHECK(said.find("can't be waived") != std::string::npos);
    }
}
