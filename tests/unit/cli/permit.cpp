#include "cli/permit.h"
#include "support/catch.h"
#include "unit/cli/sample.h"

using namespace fairlead;
using cli::Need;
using sys::Act;

namespace {

Result<sys::Permit> permit(const std::vector<cli::NeedWhen>& needs, const config::Change& change, bool dry = false,
                           const std::string& command = "show") {
    test::Options options;
    cli::Spec spec = test::sample_spec(options);
    spec.needs = needs;
    return cli::permit_of(spec, command, cli::needs_of(spec, command, {}, sys::Environment({})), change, dry);
}

const config::Change own;
const config::Change forked{.about = "pull request #7", .foreign = true, .why = "comes from a fork"};
const config::Change target{
    .about = "pull request #7", .foreign = true, .has_rights = true, .why = "runs with the rights of the base"};

}

TEST_CASE("a command that declares nothing may do nothing but read") {
    const auto nothing = permit({}, own);
    REQUIRE(nothing.ok());
    for (const Act act : sys::all_acts) CHECK_FALSE(nothing->has(act));
    CHECK_FALSE(permit({{.what = Need::project_programs, .command = "check"}}, own)->has(Act::start_project_program));
}

TEST_CASE("a foreign change decides neither what is started nor what is changed") {
    for (const Need need :
         {Need::project_programs, Need::database_changes, Need::store_changes, Need::target_changes}) {
        CHECK(cli::is_for_own_changes(need));
        CHECK(permit({{need}}, own).ok());
        for (const auto& change : {forked, target}) {
            const auto refused = permit({{need}}, change);
            REQUIRE_FALSE(refused.ok());
            CHECK(refused.error().kind == Kind::could_not);
            CHECK(refused.error().message.starts_with("fairlead-sample show is refused for pull request #7, which " +
                                                      change.why + ", because it would "));
        }
    }
    for (const Need need : {Need::network, Need::programs, Need::programs_at_first}) {
        CHECK_FALSE(cli::is_for_own_changes(need));
        CHECK(permit({{need}}, target).ok());
    }
}

TEST_CASE("a dry run is permitted neither, whosever the change is, and refuses nobody") {
    for (const auto& change : {own, forked, target}) {
        const auto dry = permit({{Need::network}, {Need::project_programs}, {Need::database_changes}}, change, true);
        REQUIRE(dry.ok());
        CHECK(dry->has(Act::connect));
        CHECK_FALSE(dry->has(Act::start_project_program));
        CHECK_FALSE(dry->has(Act::change_database));
    }
    CHECK(permit({{.what = Need::project_programs, .also_dry = true}}, own, true)->has(Act::start_project_program));
}

TEST_CASE("what a fork's own job may run it may not run with the base's rights") {
    const std::vector<cli::NeedWhen> needs = {{.what = Need::project_programs, .in_fork = true}};
    CHECK(permit(needs, forked)->has(Act::start_project_program));
    CHECK_FALSE(permit(needs, target).ok());
}

TEST_CASE("a hidden command is our own process, which somebody permitted has started") {
    const std::vector<cli::NeedWhen> needs = {{.what = Need::target_changes, .command = "keep"}};
    CHECK(permit(needs, target, false, "keep")->has(Act::change_target));
}

TEST_CASE("several reasons stand in one sentence") {
    const auto refused = permit({{Need::project_programs}, {Need::database_changes}}, forked);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().message == "fairlead-sample show is refused for pull request #7, which comes from a fork, "
                                     "because it would run code of the change, and would change a database; run it in "
                                     "the job of a push to your own branch, after the change was merged");
}
