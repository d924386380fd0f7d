#include "sys/stream/tar_rights.h"
#include "support/catch.h"

using namespace fairlead;
using namespace fairlead::sys;

namespace {

using TarKind = TarEntry::Kind;
using Standing = TarReading::Standing;

TarEntry entry(unsigned mode, TarKind kind = TarKind::file, const char* path = "a/file") {
    TarEntry one;
    one.kind = kind;
    one.path = path;
    one.mode = mode;
    one.uid = one.gid = 1000;
    return one;
}

TarReading onto(std::optional<Standing> standing) {
    TarReading how;
    how.standing = standing;
    return how;
}
const TarReading plain = onto(Standing{1000, 1000, 0755});

std::string lost(const TarRights& rights) { return shown(rights.dropped); }

}

TEST_CASE("by root no file lets anybody act as its owner or its group") {
    for (const bool by_root : {true, false}) {
        const auto rights = rights_of(entry(06755), plain, by_root);
        CHECK(rights.mode == 0755);
        CHECK(lost(rights) == "set-user-id, set-group-id");
    }
    CHECK(rights_of(entry(02755, TarKind::folder, "a"), plain, true).mode == 0755);
    CHECK(rights_of(entry(01755, TarKind::folder, "a"), plain, true).mode == 01755); // only its owner removes
}

TEST_CASE("by root all belongs to whom the target belonged, else to root") {
    const auto same = rights_of(entry(0644), plain, true);
    CHECK(same.owner->uid == 1000);
    CHECK(lost(same).empty());
    const auto other = rights_of(entry(0644), onto(Standing{33, 34, 0755}), true);
    CHECK(other.owner->uid == 33);
    CHECK(other.owner->gid == 34);
    CHECK(lost(other) == "owner 1000:1000");
    const auto none = rights_of(entry(0644), onto({}), true);
    CHECK(none.owner->uid == 0);
    CHECK(lost(none) == "owner 1000:1000");
    const auto link = rights_of(entry(0777, TarKind::link), onto({}), true);
    CHECK(lost(link) == "owner 1000:1000"); // and no mode
    const auto ordinary = rights_of(entry(0644), onto({}), false);
    CHECK_FALSE(ordinary.owner);
    CHECK(lost(ordinary).empty());
}

TEST_CASE("by root nothing can be written by more than what the target allowed") {
    CHECK(lost(rights_of(entry(0666), onto(Standing{1000, 1000, 0755}), true)) == "write for the group, write for all");
    CHECK(rights_of(entry(0666), onto(Standing{1000, 1000, 0755}), true).mode == 0644);
    CHECK(rights_of(entry(0666), onto(Standing{1000, 1000, 0775}), true).mode == 0664);
    CHECK(rights_of(entry(0777, TarKind::folder, "a"), onto(Standing{1000, 1000, 0777}), true).mode == 0777);
    CHECK(rights_of(entry(0666), onto({}), true).mode == 0664); // its group is root's
    CHECK(rights_of(entry(0666, TarKind::pipe), onto({}), true).mode == 0664);
    CHECK(rights_of(entry(0666), onto({}), false).mode == 0666);
}

TEST_CASE("by root the folder itself is opened to nobody to whom it was closed") {
    const auto closed = rights_of(entry(0777, TarKind::folder, "."), onto(Standing{1000, 1000, 0700}), true);
    CHECK(closed.mode == 0700);
    CHECK(lost(closed) == "mode 0777");
    const auto narrower = rights_of(entry(0700, TarKind::folder, "."), plain, true);
    CHECK(narrower.mode == 0700);
    CHECK(lost(narrower).empty());
    CHECK(rights_of(entry(0777, TarKind::folder, "."), onto({}), true).mode == 0775);
}

TEST_CASE("attributes that give rights are dropped, a user's own stay") {
    auto one = entry(0755);
    for (const char* name : {"user.note", "security.capability", "security.ima", "trusted.overlay.opaque",
                             "system.posix_acl_access", "system.posix_acl_default", "system.nfs4_acl"})
        one.attributes[name] = "x";
    const auto by_root = rights_of(one, plain, true);
    CHECK(by_root.attributes == std::vector<std::string>{"user.note"});
    CHECK(lost(by_root) == "capabilities, attribute security.ima, attribute system.nfs4_acl, access list, "
                           "default access list, attribute trusted.overlay.opaque");
    const auto ordinary = rights_of(one, plain, false);
    CHECK(ordinary.attributes ==
          std::vector<std::string>{"system.posix_acl_access", "system.posix_acl_default", "user.note"});
}

TEST_CASE("a device is not made") {
    auto disk = entry(0666, TarKind::block_device);
    disk.major = 8;
    for (const bool by_root : {true, false}) {
        const auto rights = rights_of(disk, plain, by_root);
        CHECK_FALSE(rights.is_made);
        CHECK(lost(rights) == "device 8:0");
    }
}

TEST_CASE("where privileges are kept all is as the archive has it") {
    auto how = onto(Standing{33, 33, 0700});
    how.privileges = TarReading::Privileges::kept;
    auto one = entry(06777);
    one.attributes["security.capability"] = "x";
    const auto rights = rights_of(one, how, true);
    CHECK(rights.mode == 06777);
    CHECK(rights.owner->uid == 1000);
    CHECK(rights.attributes.size() == 1);
    CHECK(lost(rights).empty());
    CHECK(rights_of(entry(0666, TarKind::character_device), how, true).is_made);
    CHECK(rights_of(one, how, false).mode == 0777); // an ordinary user gives nothing away
}
