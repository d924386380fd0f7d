#include "sys/files/owned/state.h"
#include "support/catch.h"
#include <sys/stat.h>
#include <unistd.h>

using namespace fairlead;
using namespace fairlead::sys;

namespace {

std::string folder_of(std::map<std::string, std::string> variables, bool root = false) {
    return state_folder(Environment(std::move(variables)), root).value_or("none");
}

class Kept {
  public:
    Path path(const std::string& name = "") const { return folder_.path() / "state" / name; }
    Result<void> write(std::string_view text) const { return write_state(path(), "recover/a.json", text); }
    Result<std::optional<std::string>> read() const { return read_state(path(), "recover/a.json"); }
    std::string refusal() const {
        const auto known = read();
        const auto kept = write("new");
        CHECK_FALSE(known.ok());
        CHECK_FALSE(kept.ok());
        return known.ok() ? "" : known.error().message;
    }

  private:
    TemporaryFolder folder_ = TemporaryFolder::make("fairlead-state").value();
};

bool contains(const std::string& text, const std::string& part) {
    INFO(text);
    return text.find(part) != std::string::npos;
}

}

TEST_CASE("state lies in a folder of the user's own, and only absolute names count") {
    CHECK(folder_of({{"XDG_STATE_HOME", "/srv/x"}, {"HOME", "/home/a"}}) == "/srv/x/fairlead");
    CHECK(folder_of({{"XDG_STATE_HOME", "x"}, {"HOME", "/home/a"}}) == "/home/a/.local/state/fairlead");
    CHECK(folder_of({{"HOME", "."}}) == "none");
    CHECK(folder_of({}) == "none");
    CHECK(folder_of({{"XDG_STATE_HOME", "/srv/x"}}, true) == "/var/lib/fairlead");
}

TEST_CASE("what was kept is read again, and nobody else can read it") {
    const Kept kept;
    CHECK(kept.read().value() == std::nullopt);
    REQUIRE(kept.write("one").ok());
    REQUIRE(kept.write("two").ok());
    CHECK(kept.read().value() == "two");
    CHECK(inspect(kept.path("recover/a.json")).mode == 0600u);
    CHECK(inspect(kept.path("recover")).mode == 0700u);
    CHECK(inspect(kept.path()).mode == 0700u);
}

TEST_CASE("a link, a file that others may write, or with a second name is refused and stays as it is") {
    const Kept kept;
    REQUIRE(kept.write("one").ok());
    const auto file = kept.path("recover/a.json"), victim = kept.path("victim");
    REQUIRE(::chmod(file.c_str(), 0666) == 0);
    CHECK(contains(kept.refusal(), "can be written by other users"));
    REQUIRE(::chmod(file.c_str(), 0600) == 0);
    REQUIRE(::link(file.c_str(), victim.c_str()) == 0);
    CHECK(contains(kept.refusal(), "has a second name elsewhere"));
    REQUIRE(::unlink(file.c_str()) == 0);
    REQUIRE(::symlink(victim.c_str(), file.c_str()) == 0);
    CHECK(contains(kept.refusal(), "is a link"));
    CHECK(read_file(victim).value() == "one");
    std::filesystem::remove_all(kept.path("recover"));
    REQUIRE(::symlink("/tmp", kept.path("recover").c_str()) == 0);
    CHECK(contains(kept.refusal(), "is a link"));
    REQUIRE(::unlink(kept.path("recover").c_str()) == 0);
    std::filesystem::create_directory(kept.path("recover"));
    REQUIRE(::chmod(kept.path("recover").c_str(), 0777) == 0);
    CHECK(contains(kept.refusal(), "can be written by everybody"));
}

TEST_CASE("a file or a folder of another user is refused") {
    if (::geteuid() != 0) return;
    const Kept kept;
    REQUIRE(kept.write("one").ok());
    REQUIRE(::chown(kept.path("recover/a.json").c_str(), 65534, 65534) == 0);
    CHECK(contains(kept.refusal(), "belongs to"));
    REQUIRE(::chown(kept.path("recover/a.json").c_str(), 0, 0) == 0);
    REQUIRE(::chown(kept.path("recover").c_str(), 65534, 65534) == 0);
    CHECK(contains(kept.refusal(), "belongs to"));
}
