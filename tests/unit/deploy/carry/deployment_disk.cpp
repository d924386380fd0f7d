#include "unit/deploy/converged.h"
#include <fstream>
#include <sys/mount.h>
#include <unistd.h>

using namespace fairlead;
using namespace fairlead::deploy;
using namespace fairlead::deploy::testing;

namespace {

// A small file system of its own for a rig's state.
class SmallDisk {
  public:
    explicit SmallDisk(const Rig& rig) : folder_(rig.store.ledger().folder()) {
        mounted_ = ::mount("none", folder_.c_str(), "tmpfs", 0, "size=512k") == 0;
        if (mounted_) rig.store.create().value();
    }
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;
    ~SmallDisk() {
        if (mounted_) ::umount2(folder_.c_str(), MNT_DETACH);
    }
    bool mounted() const { return mounted_; }
    void fill(std::uint64_t left) const {
        const auto filler = folder_ / "filler";
        {
            std::ofstream file(filler);
            file << std::string(1u << 20, '.') << std::flush; // what finds no room is left out
        }
        std::filesystem::resize_file(filler, std::filesystem::file_size(filler) - left);
    }
    void make_room() const { std::filesystem::remove(folder_ / "filler"); }
    std::uint64_t reserve() const { return sys::inspect(folder_ / "reserve").size; }

  private:
    const sys::Path folder_;
    bool mounted_ = false;
};

}

TEST_CASE("on a full disk the reserve is given up for every way back, and set aside again once there is room") {
    quiet();
    for (const std::uint64_t left : {0u, 4096u, 12288u}) {
        for (const std::string way : {"rollback", "down", "undo"}) {
            Rig rig("blue-green");
            const SmallDisk disk(rig);
            if (!disk.mounted()) SKIP_LOUDLY("root", "no file system can be mounted here");
            INFO(way << " with " << left << " bytes left");
            REQUIRE(rig.apply("one").ok());
            REQUIRE(rig.apply("two").ok());
            if (way == "undo") REQUIRE(killed_at(rig, 5, [&] { return rig.apply("three"); }));
            REQUIRE(disk.reserve() == 65536);
            disk.fill(left);
            if (way == "undo") {
                const auto outcome = rig.rollback();
                REQUIRE(outcome.ok());
                CHECK(outcome->verdict == "restored"); // its way back is what was asked for
                check_converged(rig, "two");
            } else if (way == "down") {
                const auto outcome = rig.down();
                REQUIRE(outcome.ok());
                CHECK(outcome->verdict == "stopped");
                check_down(rig);
            } else {
                const auto outcome = rig.rollback();
                REQUIRE(outcome.ok());
                CHECK(outcome->verdict == "deployed");
                check_converged(rig, "one");
            }
            CHECK(rig.store.history()->broken.empty());
            disk.make_room();
            rig.store.create().value();
            CHECK(disk.reserve() == 65536);
        }
    }
}

TEST_CASE("what a way back gave up is set aside as soon as it is over") {
    quiet();
    Rig rig("blue-green");
    const auto reserve = rig.store.ledger().folder() / "reserve";
    REQUIRE(rig.apply("one").ok());
    REQUIRE(rig.apply("two").ok());
    const auto marked = [&] { sys::write_file(reserve, "one that is not given up stays as it is").value(); };
    rig.host.sick = {"three"};
    marked();
    REQUIRE(rig.apply("three")->verdict == "failed");
    CHECK(sys::inspect(reserve).size == 65536);
    marked();
    REQUIRE(rig.rollback().ok());
    CHECK(sys::inspect(reserve).size == 65536);
    marked();
    REQUIRE(rig.down().ok());
    CHECK(sys::inspect(reserve).size == 65536);
}
