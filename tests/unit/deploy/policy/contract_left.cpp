#include "deploy/policy/contract_left.h"
#include "support/catch.h"

using namespace fairlead;
using namespace fairlead::deploy;

TEST_CASE("what a contract left is written, read again and removed") {
    const auto folder = sys::TemporaryFolder::make("fairlead-deploy").value();
    CHECK_FALSE(read_contract_left(folder.path()).value());
    write_contract_left(folder.path(), {"one", "lock timeout"}).value();
    const auto left = read_contract_left(folder.path()).value();
    REQUIRE(left);
    CHECK(left->release == "one");
    CHECK(left->reason == "lock timeout");
    sys::write_file(folder.path() / "contract", "{\"schema\":1", 0640).value();
    CHECK_FALSE(read_contract_left(folder.path()).value()); // torn: the next deployment asks
    CHECK(remove_contract_left(folder.path()).ok());
    CHECK(remove_contract_left(folder.path()).ok());
}
