#include "deploy/direct/shared.h"
#include "support/catch.h"
#include "support/support.h"
#include "unit/deploy/folder.h"

using namespace fairlead;
using namespace fairlead::deploy;
using namespace fairlead::deploy::testing;
using fairlead::test::has;

namespace {

// A release with these files beside a root whose `shared` has those; what ends in a slash is a folder.
struct Kinds {
    explicit Kinds(const std::vector<std::string>& released, const std::vector<std::string>& kept) {
        settings.release_path = (folder.path() / "release").string();
        settings.root = (folder.path() / "root").string();
        for (const auto& name : released) make("release/" + name);
        for (const auto& name : kept) make("root/shared/" + name);
    }
    void make(const std::string& name) const {
        const auto path = folder.path() / name;
        sys::make_folders(name.ends_with('/') ? path : path.parent_path()).value();
        if (!name.ends_with('/')) sys::write_file(path, "x").value();
    }
    // "folder", "file", or what is said.
    std::string of(const std::string& word) const {
        const auto kind = kind_of_shared(settings, Layout{settings.root}, word);
        if (kind.ok()) return kind.value() == SharedKind::file ? "file" : "folder";
        CHECK(kind.error().kind == Kind::usage);
        return kind.error().message;
    }
    sys::TemporaryFolder folder = folder_with({});
    Settings settings;
};

}

TEST_CASE("what lies in shared says whether a shared path is a file or a folder") {
    const Kinds kinds({}, {"config/master.key", "conf.d/", "data/"});
    CHECK(kinds.of("config/master.key") == "file");
    CHECK(kinds.of("conf.d") == "folder");
    CHECK(kinds.of("data") == "folder");
    CHECK(kinds.of("data/") == "folder");
    CHECK(has(kinds.of("config/master.key/"), "is a file in"));
}

TEST_CASE("what is not in shared yet is a folder by its name or by the release, and a file has to be put there") {
    const Kinds kinds({"conf.d/site", "config/secret"}, {});
    CHECK(kinds.of("data") == "folder");
    CHECK(kinds.of("conf.d") == "folder");
    CHECK(kinds.of("new.d/") == "folder");
    CHECK(
        has(kinds.of("config/master.key"), "is not in '" + kinds.settings.root + "/shared/config' yet; put it there"));
    CHECK(has(kinds.of("config/master.key"), "or write 'config/master.key/' for a folder"));
    CHECK(has(kinds.of("config/secret"), "install -D -m 0600 " + kinds.settings.release_path + "/config/secret "));
    CHECK(has(kinds.of("config/secret/"), "put it there"));
}

TEST_CASE("a shared path that is one thing in the release and another in shared is told") {
    const Kinds kinds({"config/master.key", "data/seed"}, {"config/master.key/", "data"});
    CHECK(has(kinds.of("config/master.key"), "is a file in the release and a folder in"));
    CHECK(has(kinds.of("data"), "is a file in"));
}

TEST_CASE("a link in shared is what it leads to") {
    const Kinds kinds({}, {"elsewhere/", "key"});
    for (const auto& [target, link] : {std::pair("elsewhere", "data"), {"key", "master.key"}, {"nowhere", "lost"}})
        sys::replace_symlink(target, sys::Path(kinds.settings.root) / "shared" / link).value();
    CHECK(kinds.of("data") == "folder");
    CHECK(kinds.of("master.key") == "file");
    CHECK(has(kinds.of("lost"), "a link that does not lead to a file or folder"));
    CHECK(has(kinds.of("lost/"), "a link that does not lead to a file or folder"));
}

TEST_CASE("all shared paths are looked at") {
    Kinds kinds({}, {"master.key"});
    kinds.settings.shared = {"data", "master.key"};
    CHECK(check_shared(kinds.settings, Layout{kinds.settings.root}).ok());
    kinds.settings.shared.emplace_back("other.key");
    kinds.settings.user = "web";
    const auto checked = check_shared(kinds.settings, Layout{kinds.settings.root});
    REQUIRE_FALSE(checked.ok());
    CHECK(has(checked.error().message, "-o web FILE "));
}
