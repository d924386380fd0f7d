#include "deploy/policy/approvers.h"
#include "support/catch.h"
#include "sys/data/json.h"
#include "sys/files/files.h"
#include "sys/process/process.h"

using namespace fairlead;
using namespace fairlead::deploy;

namespace {

struct Signer {
    sys::TemporaryFolder folder = sys::TemporaryFolder::make("approvals ").value();
    std::string file(const std::string& name) const { return (folder.path() / name).string(); }
    Signer() {
        for (const std::string name : {"alice", "bob"}) {
            sys::run({.argv = {"openssl", "genpkey", "-algorithm", "ed25519", "-out", file(name + ".key")}}).value();
            sys::run({.argv = {"openssl", "pkey", "-in", file(name + ".key"), "-pubout", "-out", file(name + ".pem")}})
                .value();
        }
    }
};

Result<std::string> text_of(const std::string& file) { return sys::read_file(file); }

const Approval wanted{"shop", "live", std::string(64, 'a'), *parse_utc("2026-11-22T01:00:00Z")};

}

TEST_CASE("a plan's hash is that of what it says, however it is written") {
    CHECK(plan_hash(sys::Json{{"a", 1}, {"b", {1, 2}}}) == plan_hash(sys::Json{{"b", {1, 2}}, {"a", 1}}));
    CHECK(plan_hash(sys::Json{{"a", 1}}) != plan_hash(sys::Json{{"a", 2}}));
}

TEST_CASE("an approval counts for one plan, by one of the keys, for a time, by another than who deploys") {
    const Signer signer;
    const auto plan = signer.file("plan.json");
    ApprovalSettings settings{.required = 1, .from = {signer.file("alice.pem")}, .read = text_of};
    const auto why = [&](const Approval& now, const std::string& actor) {
        const auto names = check_approvals(plan, now, settings, actor);
        return names.ok() ? std::string() : names.error().message;
    };
    const auto holds = [](const std::string& text, const char* words) { return text.find(words) != text.npos; };
    CHECK(holds(why(wanted, "carol"), "approval is pending: 0 of 1 for plan aaaaaaaaaaaa;"));
    const auto of_bob = check_approver(signer.file("bob.key"), settings, wanted.at);
    REQUIRE_FALSE(of_bob.ok());
    CHECK(of_bob.error().kind == Kind::usage);
    CHECK(holds(of_bob.error().message, "is not in approvals.from (alice)"));
    CHECK(check_approver(signer.file("alice.key"), settings, wanted.at).ok());
    write_approval(plan, wanted, signer.file("bob.key")).value();
    CHECK(holds(why(wanted, "carol"), "0 of 1"));
    write_approval(plan, wanted, signer.file("alice.key")).value();
    CHECK(why(wanted, "carol").empty());
    CHECK(holds(why(wanted, "alice"), "alice is also the person who deploys"));
    settings.own = true;
    CHECK(why(wanted, "alice").empty());
    auto other = wanted;
    other.plan = std::string(64, 'b');
    CHECK(holds(why(other, "carol"), "it is for another plan"));
    other = wanted;
    other.environment = "staging";
    CHECK(holds(why(other, "carol"), "it is for another app or environment"));
    other = wanted;
    other.at += Milliseconds{3'600'001};
    CHECK(holds(why(other, "carol"), "it is older than approvals.expires 1h"));
    other.at = wanted.at - Milliseconds{120'000};
    CHECK(holds(why(other, "carol"), "its time is in the future"));
    other = wanted;
    other.spent = wanted.at;
    CHECK(
        holds(why(other, "carol"), "it was used for the deployment of 2026-11-22T01:00:00.000Z; sign the plan again"));
    settings = {.required = 2, .from = {signer.file("alice.pem"), signer.file("bob.pem")}, .read = text_of};
    CHECK(why(wanted, "carol").empty());
    CHECK(holds(why(wanted, "bob"), "1 of 2"));
}

TEST_CASE("who signs twice is one approver") {
    const Signer signer;
    const auto plan = signer.file("plan.json");
    const ApprovalSettings settings{
        .required = 2, .from = {signer.file("alice.pem"), signer.file("bob.pem")}, .read = text_of};
    auto again = wanted;
    again.at += Milliseconds{1000};
    for (const auto& one : {wanted, again}) write_approval(plan, one, signer.file("alice.key")).value();
    const auto names = check_approvals(plan, again, settings, "carol");
    REQUIRE_FALSE(names.ok());
    CHECK(names.error().message.find("1 of 2") != std::string::npos);
}

TEST_CASE("a key signs a plan once, as long as that counts") {
    const Signer signer;
    const auto plan = signer.file("plan.json");
    const ApprovalSettings settings{
        .required = 2, .from = {signer.file("alice.pem"), signer.file("bob.pem")}, .read = text_of};
    const auto may = [&](const Approval& now, const char* key) {
        return signed_already(plan, now, settings, signer.file(key)).value().empty();
    };
    CHECK(may(wanted, "alice.key"));
    write_approval(plan, wanted, signer.file("alice.key")).value();
    CHECK_FALSE(may(wanted, "alice.key"));
    CHECK(signed_already(plan, wanted, settings, signer.file("alice.key")).value() == "alice");
    CHECK(may(wanted, "bob.key"));
    auto other = wanted;
    other.plan = std::string(64, 'b');
    CHECK(may(other, "alice.key"));
    other = wanted;
    other.at += Milliseconds{3'600'001}; // it expired
    CHECK(may(other, "alice.key"));
    other = wanted;
    other.spent = wanted.at; // a deployment used it up
    CHECK(may(other, "alice.key"));
}

TEST_CASE("one key under two names is one approver, whatever their files are called") {
    const Signer signer;
    sys::write_file(signer.file("twin.pem"), sys::read_file(signer.file("alice.pem")).value()).value();
    const ApprovalSettings twins{
        .required = 2, .from = {signer.file("alice.pem"), signer.file("twin.pem")}, .read = text_of};
    for (const auto& refused :
         {check_approvers(twins), check_approver(signer.file("alice.key"), twins, wanted.at),
          check_approvals(signer.file("plan.json"), wanted, twins, "carol").ok() ? Result<void>()
                                                                                 : check_approvers(twins)}) {
        REQUIRE_FALSE(refused.ok());
        CHECK(refused.error().kind == Kind::usage);
        CHECK(refused.error().message.find("are the same key") != std::string::npos);
    }
    CHECK_FALSE(check_approver(signer.file("alice.key"), {}, wanted.at).ok());
}
