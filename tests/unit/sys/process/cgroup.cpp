#include "sys/process/cgroup.h"
#include "support/catch.h"
#include "sys/process/process.h"

using namespace fairlead;
using namespace fairlead::sys;

namespace {

// Files as the kernel shows them; what is written to them is only kept.
struct Hierarchy {
    void group(const std::string& path, const std::string& controllers, const std::string& handed_on,
               const std::string& processes, bool root = false) const {
        const auto made = top / path;
        make_folders(made).value();
        for (const auto& [name, text] : {std::pair("cgroup.controllers", controllers),
                                         {"cgroup.subtree_control", handed_on},
                                         {"cgroup.procs", processes}})
            write_file(made / name, text + "\n").value();
        if (!root) write_file(made / "cgroup.type", "domain\n").value();
    }
    std::string above(const std::vector<std::string>& controllers, const std::string& own) const {
        write_file(folder.path() / "self", own + "\n").value();
        const auto found = group_above(controllers, top, folder.path() / "self");
        return found ? "/" + found->lexically_relative(top).string() : "";
    }
    TemporaryFolder folder = TemporaryFolder::make("fairlead-groups").value();
    const Path top = folder.path() / "cgroup";
};

}

TEST_CASE_METHOD(Hierarchy, "the nearest group that hands its controllers on is where ours are made") {
    CHECK(above({"pids"}, "0::/").empty()); // version 1
    group("", "cpu memory pids", "memory pids", "", true);
    group("jobs", "memory pids", "", "7");
    group("jobs/mine", "", "", "8");
    CHECK(above({"memory", "pids"}, "0::/jobs/mine") == "/.");
    CHECK(above({"cpu"}, "0::/jobs/mine") == "/."); // the root may
    CHECK(above({"io"}, "0::/jobs/mine").empty());
    write_file(top / "jobs/cgroup.subtree_control", "memory pids\n").value();
    CHECK(above({"pids"}, "0::/jobs/mine") == "/jobs");
    CHECK(above({"pids"}, "0::/../elsewhere").empty());
}

TEST_CASE_METHOD(Hierarchy, "a group with processes of its own can't hand a controller on") {
    group("", "memory", "", "1"); // as a container's is
    CHECK(above({"memory"}, "0::/").empty());
    write_file(top / "cgroup.procs", "").value();
    CHECK(above({"memory"}, "0::/") == "/.");
}

TEST_CASE_METHOD(Hierarchy, "a group gets its limits and no others") {
    group("", "cpu memory pids", "", "", true);
    make_folders(top / "ours").value(); // the kernel makes its files
    for (const auto* file : {"memory.max", "pids.max", "cpu.max"}) write_file(top / "ours" / file, "").value();
    const auto made = make_group(top, "ours", {"memory", "cpu"}, {.memory = 4096, .processes = 9, .cpus = 1.5});
    REQUIRE(made.ok());
    CHECK(read_file(top / "cgroup.subtree_control").value().starts_with("+memory +cpu"));
    CHECK(read_file(made.value() / "memory.max").value() == "4096");
    CHECK(read_file(made.value() / "cpu.max").value() == "150000 100000");
    CHECK(read_file(made.value() / "pids.max").value().empty());
    CHECK_FALSE(make_group(top / "no", "ours", {"pids"}, {.processes = 9}).ok());
}

TEST_CASE("our own group is that of systemd's tree") {
    const auto folder = TemporaryFolder::make("fairlead-group").value();
    const auto of = [&](const std::string& text) {
        write_file(folder.path() / "self", text).value();
        return own_group(folder.path() / "self");
    };
    CHECK(of("0::/system.slice/x.service\n") == "/system.slice/x.service");
    CHECK(of("9:name=systemd:/system.slice/y.service\n3:cpu:/z\n0::/\n") == "/system.slice/y.service");
    CHECK(of("").empty());
}
