#include "backup/engines/beside.h"
#include "support/brittle_disk.h"
#include "support/catch.h"
#include <filesystem>
#include <fstream>
#include <set>

using namespace fairlead;
using fairlead::test::BrittleDisk;

TEST_CASE("whichever sync fails, what was there is still there once what was made is thrown away") {
    for (std::size_t from = 0; from < 12; ++from) {
        INFO("syncs fail from event " << from);
        const auto folder = sys::TemporaryFolder::make("fairlead-beside").value();
        const auto target = folder.path() / "app.db", made = folder.path() / "scratch/made";
        std::filesystem::create_directory(folder.path() / "scratch");
        std::ofstream(target) << "old";
        std::ofstream(made) << "new";
        {
            BrittleDisk disk(folder.path());
            disk.fail_from(from, BrittleDisk::Fault::unsynced);
            (void)backup::swap_in(made, target, SystemTime{});
        }
        std::filesystem::remove_all(folder.path() / "scratch");
        std::set<std::string> left;
        for (const auto& entry : std::filesystem::directory_iterator(folder.path()))
            left.insert(sys::read_file(entry.path()).value());
        CHECK(left.count("old") == 1);
    }
}
