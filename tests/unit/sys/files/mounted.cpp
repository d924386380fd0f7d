#include "sys/files/mounted.h"
#include "support/catch.h"

using namespace fairlead;

TEST_CASE("file systems that other machines may write to have names") {
    CHECK(sys::shared_file_system_of(0x6969) == "NFS");
    CHECK(sys::shared_file_system_of(0xff534d42) == "SMB");
    CHECK(sys::shared_file_system_of(0x65735546) == "FUSE");
    CHECK(sys::shared_file_system_of(0xef53).empty());     // ext4
    CHECK(sys::shared_file_system_of(0x01021994).empty()); // tmpfs
}

TEST_CASE("a file that is not there lies where its folder does") {
    CHECK(sys::shared_file_system("/proc/self/status").empty());
    CHECK(sys::shared_file_system("/proc/absent/deeper/a.db").empty());
    CHECK(sys::shared_file_system("absent.db") == sys::shared_file_system("."));
}
