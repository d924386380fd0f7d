#include "sys/files/owned/owned.h"
#include "support/catch.h"
#include "sys/process/process.h"
#include <sys/stat.h>
#include <unistd.h>

using namespace fairlead;
using namespace fairlead::sys;

namespace {

constexpr unsigned nobody = 65534;

// <folder>/srv/shop/slots/a, each ours and 0755.
class OwnedHost {
  public:
    OwnedHost() : folder_(TemporaryFolder::make("fairlead-owned").value()) {
        std::filesystem::create_directories(path("srv/shop/slots/a"));
        for (const auto* name : {"", "srv", "srv/shop", "srv/shop/slots", "srv/shop/slots/a"}) mode(name, 0755);
    }
    Path path(const std::string& name) const { return folder_.path() / name; }
    void mode(const std::string& name, unsigned bits) const { REQUIRE(::chmod(path(name).c_str(), bits) == 0); }
    void give(const std::string& name, unsigned group = nobody) const {
        REQUIRE(::lchown(path(name).c_str(), nobody, group) == 0);
    }
    std::string refusal(const std::string& name = "srv/shop/slots/a", const std::string& base = "srv/shop") const {
        const auto checked = check_way(path(name), path(base));
        if (checked.ok()) return "";
        CHECK(checked.error().kind == Kind::usage);
        return checked.error().message;
    }

  private:
    TemporaryFolder folder_;
};

bool has(const std::string& text, const std::string& part) {
    INFO(text);
    return text.find(part) != std::string::npos;
}

}

TEST_CASE("a way of folders that are ours and nobody else's to write is good, also one that is not there yet") {
    const OwnedHost host;
    CHECK(host.refusal() == "");
    CHECK(host.refusal("srv/shop/slots/b/log") == "");
    CHECK(host.refusal("srv/other", "srv/other") == ""); // below the sticky /tmp all the same
}

TEST_CASE("a base is the same with a '/' at its end") {
    const OwnedHost host;
    std::filesystem::create_directory_symlink(host.path("srv/shop/slots"), host.path("srv/shop/others"));
    for (const auto* base : {"srv/shop", "srv/shop/"})
        CHECK(has(host.refusal("srv/shop/others/a", base), "others' is a link"));
}

TEST_CASE("a folder on the way that belongs to another user is refused with whose it is and the way out") {
    if (!is_root()) return;
    for (const auto* name : {"srv", "srv/shop", "srv/shop/slots", "srv/shop/slots/a"}) {
        const OwnedHost host;
        host.give(name);
        CHECK(has(host.refusal(), "'" + host.path(name).string() + "' belongs to 'nobody'"));
        CHECK(has(host.refusal(), "chown it to root, or run this as 'nobody'"));
    }
}

TEST_CASE("whoever owns a root may deploy there, though all above it is root's") {
    if (!is_root()) return;
    const OwnedHost host;
    for (const auto* name : {"srv/shop", "srv/shop/slots", "srv/shop/slots/a"}) host.give(name);
    REQUIRE(::seteuid(nobody) == 0);
    const auto own = host.refusal();
    REQUIRE(::seteuid(0) == 0);
    CHECK(own == "");
}

TEST_CASE("a folder that everybody may write is refused, a sticky one above the root only where the next is ours") {
    const OwnedHost host;
    host.mode("srv", 0777);
    CHECK(has(host.refusal(), "can be written by everybody"));
    host.mode("srv", 01777);
    CHECK(host.refusal() == "");
    host.mode("srv", 0755);
    for (const auto* name : {"srv/shop", "srv/shop/slots"}) {
        host.mode(name, 01777);
        CHECK(has(host.refusal(), "can be written by everybody"));
        host.mode(name, 0755);
    }
    if (!is_root()) return;
    host.mode("srv", 01777);
    host.give("srv/shop"); // planted before we came
    CHECK(has(host.refusal(), "belongs to 'nobody'"));
}

TEST_CASE("a folder that a group of several may write is refused, that of one's own is not") {
    if (!is_root()) return;
    const OwnedHost host;
    host.mode("srv/shop", 0775);
    CHECK(host.refusal() == ""); // root's
    REQUIRE(::chown(host.path("srv/shop").c_str(), 0, 33) == 0);
    CHECK(has(host.refusal(), "can be written by its group"));
}

TEST_CASE("a link below the root is refused, one of ours above it is followed, another user's is not") {
    const OwnedHost host;
    std::filesystem::create_directories(host.path("data/shop"));
    host.mode("data", 0755);
    host.mode("data/shop", 0755);
    std::filesystem::create_directory_symlink("../../data", host.path("srv/shop/releases"));
    CHECK(has(host.refusal("srv/shop/releases"), "is a link"));
    CHECK(has(host.refusal("srv/shop/releases/1"), "put a folder in its place"));
    std::filesystem::create_directory_symlink("../data/shop", host.path("srv/linked"));
    CHECK(host.refusal("srv/linked", "srv/linked") == "");
    std::filesystem::create_directory_symlink(host.path("data"), host.path("absolute"));
    CHECK(host.refusal("absolute/shop/run", "absolute/shop") == "");
    host.mode("data", 0777); // where it leads
    CHECK(has(host.refusal("absolute/shop/run", "absolute/shop"), "can be written by everybody"));
    std::filesystem::create_directory_symlink("round", host.path("round"));
    CHECK(has(host.refusal("round/shop", "round/shop"), "more than 40 links"));
    if (!is_root()) return;
    host.mode("srv", 01777);
    host.give("srv/linked");
    CHECK(has(host.refusal("srv/linked", "srv/linked"), "is a link that belongs to 'nobody'"));
}

TEST_CASE("a file is believed only where nobody else could have written it") {
    const OwnedHost host;
    const auto file = host.path("srv/shop/slots/a/process.json");
    const auto refused = [&] {
        const auto text = read_own_file(file);
        return text.ok() ? "" : text.error().message;
    };
    CHECK(check_own_file(file).ok()); // not there
    CHECK(has(refused(), "No such file"));
    write_file(file, "{}", 0640).value();
    CHECK(read_own_file(file).value() == "{}");
    ::chmod(file.c_str(), 0666);
    CHECK(has(refused(), "can be written by other users"));
    ::chmod(file.c_str(), 0640);
    std::filesystem::create_hard_link(file, host.path("second"));
    CHECK(has(refused(), "has a second name"));
    std::filesystem::remove(file);
    std::filesystem::create_symlink(host.path("second"), file);
    CHECK(has(refused(), "is a link"));
    std::filesystem::remove(file);
    REQUIRE(::mkfifo(file.c_str(), 0600) == 0);
    CHECK(has(refused(), "not a regular file"));
    std::filesystem::remove(file);
    if (!is_root()) return;
    write_file(file, "{}", 0640).value();
    host.give("srv/shop/slots/a/process.json");
    CHECK(has(refused(), "belongs to 'nobody', so its content is not trusted"));
}
