#include "sys/git/damage.h"
#include "support/catch.h"
#include "sys/files/files.h"
#include "unit/sys/git_sandbox.h"

using namespace fairlead;
using namespace fairlead::sys;

namespace {

const std::string sum(20, 's'), other(20, 'o');

}

TEST_CASE("a pack is whole where its last bytes are those that its index names") {
    const test::Sandbox sandbox;
    const Path packs = Path(sandbox.folder) / "objects" / "pack";
    std::filesystem::create_directories(packs);
    REQUIRE(write_file(packs / "pack-a.pack", "PACK" + sum).ok());
    REQUIRE(write_file(packs / "pack-a.idx", "index" + sum + other).ok());
    CHECK(damage_of(Path(sandbox.folder), "").empty());
    CHECK(damage_of(Path(sandbox.folder), "1234567890").empty());
    REQUIRE(write_file(packs / "pack-a.pack", "PACK" + sum.substr(3)).ok());
    CHECK(damage_of(Path(sandbox.folder), "") == "objects/pack/pack-a.pack is cut short or damaged");
    std::filesystem::remove(packs / "pack-a.pack");
    CHECK(damage_of(Path(sandbox.folder), "").find("pack-a.pack") != std::string::npos);
}

TEST_CASE("an object whose file is there and can't be read is damaged") {
    const test::Sandbox sandbox;
    std::filesystem::create_directories(Path(sandbox.folder) / "objects" / "12");
    REQUIRE(write_file(Path(sandbox.folder) / "objects" / "12" / "3456", "").ok());
    CHECK(damage_of(Path(sandbox.folder), "123456") == "objects/12/3456 is damaged");
    CHECK(damage_of(Path(sandbox.folder), "123457").empty());
}
