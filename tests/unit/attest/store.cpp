#include "attest/store.h"
#include "support/catch.h"
#include "sys/digest.h"
#include "sys/files/files.h"
#include <filesystem>

using namespace fairlead;
using namespace fairlead::attest;

namespace {

std::string put(const sys::Path& store, std::string_view bytes) {
    const auto id = sys::sha256(bytes);
    REQUIRE(sys::write_file(store / stored_name(id), bytes).ok());
    return id;
}

}

TEST_CASE("a stored envelope is found again by its digest, once however often it is added") {
    const auto folder = sys::TemporaryFolder::make("store").value();
    const auto path = folder.path().string();
    CHECK(read_store(path, ".fairlead/evidence").value().empty());
    const auto store = make_store(path, ".fairlead/evidence").value();
    const auto id = add_stored(store, "one").value();
    CHECK(id == sys::sha256("one"));
    CHECK(add_stored(store, "one").value() == id);
    CHECK(add_stored(store, "two").ok());
    const auto all = read_store(path, ".fairlead/evidence").value();
    REQUIRE(all.size() == 2);
    for (const auto& one : all) CHECK(one.damage.empty());
    CHECK((sys::inspect(folder.path() / ".fairlead/evidence" / stored_name(id)).mode & 077) == 0);
    CHECK(sys::read_file(folder.path() / ".fairlead/evidence/.gitignore").value() == "*\n");
    CHECK(make_store(path, "kept").ok()); // a team's own folder may be committed
    CHECK(sys::inspect(folder.path() / "kept/.gitignore").type == sys::FileType::absent);
}

TEST_CASE("a changed, linked or huge file is told as damaged, and other files are left alone") {
    const auto folder = sys::TemporaryFolder::make("store").value();
    const auto store = make_store(folder.path().string(), "e").value();
    const auto good = put(store.path(), "good"), changed = put(store.path(), "changed"), huge = sys::sha256("huge");
    REQUIRE(sys::write_file(store.path() / stored_name(changed), "other").ok());
    REQUIRE(sys::write_file(store.path() / stored_name(huge), std::string(largest_stored + 1, ' ')).ok());
    std::filesystem::create_symlink(stored_name(good), store.path() / stored_name(std::string(64, 'a')));
    for (const auto* name : {"readme.json", "x.txt", ".json"}) REQUIRE(sys::write_file(store.path() / name, "x").ok());
    const auto all = read_store(folder.path().string(), "e").value();
    REQUIRE(all.size() == 4);
    for (const auto& one : all) {
        CAPTURE(one.id);
        CHECK(one.damage.empty() == (one.id == good));
    }
    CHECK_FALSE(add_stored(store, std::string(largest_stored + 1, ' ')).ok());
}

TEST_CASE("a store that is a link, or outside of the tree, is neither written nor read") {
    const auto folder = sys::TemporaryFolder::make("store").value();
    std::filesystem::create_directory(folder.path() / "real");
    std::filesystem::create_directory_symlink("real", folder.path() / "link");
    const auto path = folder.path().string();
    CHECK_FALSE(make_store(path, "link").ok());
    CHECK_FALSE(make_store(path, "../outside").ok());
    CHECK(read_store(path, "link").error().kind == Kind::no);
}

TEST_CASE("only a digest is a name of ours") {
    const std::string id(64, 'a');
    CHECK(stored_id(stored_name(id)) == id);
    for (const auto& name : {id, id + ".jso", id.substr(1) + ".json", id + "a.json", std::string(64, 'A') + ".json"})
        CHECK(stored_id(name).empty());
}

TEST_CASE("what is removed is gone, and what is not there is no error") {
    const auto folder = sys::TemporaryFolder::make("store").value();
    const auto path = folder.path().string();
    CHECK(remove_stored(path, ".fairlead/evidence", {}).ok()); // there is no folder, either
    const auto store = make_store(path, ".fairlead/evidence").value();
    const auto one = add_stored(store, "one").value(), two = add_stored(store, "two").value();
    CHECK(remove_stored(path, ".fairlead/evidence", {one, std::string(64, '0')}).ok());
    const auto left = read_store(path, ".fairlead/evidence").value();
    REQUIRE(left.size() == 1);
    CHECK(left[0].id == two);
}
