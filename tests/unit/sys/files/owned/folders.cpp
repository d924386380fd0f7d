#include "support/catch.h"
#include "sys/files/files.h"
#include "unit/sys/unprivileged.h"
#include <sys/stat.h>
#include <unistd.h>

using namespace fairlead;
using namespace fairlead::sys;

namespace {

// a.xml, b.txt, deep/a.xml, deep/er/c.xml, .git/a.xml, .hidden/d.xml, elsewhere/e.xml behind the link `folder`,
// and the link `file.xml` to a.xml
TemporaryFolder tree() {
    auto folder = TemporaryFolder::make("fairlead-test").value();
    for (const char* name :
         {"a.xml", "b.txt", "deep/a.xml", "deep/er/c.xml", ".git/a.xml", ".hidden/d.xml", "elsewhere/e.xml"}) {
        REQUIRE(make_folders((folder.path() / name).parent_path()).ok());
        REQUIRE(write_file(folder.path() / name, name).ok());
    }
    REQUIRE(replace_symlink("elsewhere", folder.path() / "folder").ok());
    REQUIRE(replace_symlink("a.xml", folder.path() / "file.xml").ok());
    return folder;
}

using Names = std::vector<std::string>;

}

TEST_CASE("a glob finds files in order, spelled as the pattern spells them") {
    const auto folder = tree();
    const auto found = [&](std::string_view pattern) { return glob(folder.path(), pattern).value(); };
    CHECK(found("*.xml") == Names{"a.xml", "file.xml"});
    CHECK(found("deep/*.xml") == Names{"deep/a.xml"});
    CHECK(found("./deep/*.xml") == Names{"./deep/a.xml"});
    CHECK(found("deep/../*.txt") == Names{"deep/../b.txt"});
    CHECK(found("{deep,elsewhere}/*.xml") == Names{"deep/a.xml", "elsewhere/e.xml"});
    CHECK(found("deep/**/c.xml") == Names{"deep/er/c.xml"});
    CHECK(found("nothing/**/*.xml").empty());
    const std::string absolute = folder.path().string() + "/deep/";
    CHECK(found(absolute + "*.xml") == Names{absolute + "a.xml"});
}

TEST_CASE("a glob enters hidden folders, but neither .git nor a link to a folder") {
    const auto folder = tree();
    CHECK(glob(folder.path(), "**/*.xml").value() ==
          Names{".hidden/d.xml", "a.xml", "deep/a.xml", "deep/er/c.xml", "elsewhere/e.xml", "file.xml"});
}

TEST_CASE("a glob gives no folders, and a pattern without a wildcard gives the file if it is there") {
    const auto folder = tree();
    CHECK(glob(folder.path(), "*e*").value() == Names{"file.xml"});
    CHECK(glob(folder.path(), "deep/er/c.xml").value() == Names{"deep/er/c.xml"});
    CHECK(glob(folder.path(), "deep/er").value().empty());
    CHECK(glob(folder.path(), "deep/none.xml").value().empty());
}

TEST_CASE("a glob from the working directory needs no base") {
    const auto folder = tree();
    const Path before = std::filesystem::current_path();
    std::filesystem::current_path(folder.path());
    const auto found = glob("", "*.txt");
    std::filesystem::current_path(before);
    CHECK(found.value() == Names{"b.txt"});
}

TEST_CASE("a folder that a glob may not list is an error, not an empty answer") {
    const auto folder = tree();
    const test::Unprivileged nobody(folder.path());
    REQUIRE(::chmod((folder.path() / "deep").c_str(), 0) == 0);
    const auto found = glob(folder.path(), "**/*.xml");
    ::chmod((folder.path() / "deep").c_str(), 0755);
    REQUIRE_FALSE(found.ok());
    CHECK(found.error().message.find("deep' can't be listed: Permission denied") != std::string::npos);
}

TEST_CASE("a listing is sorted and names what can't be listed") {
    const auto folder = tree();
    CHECK(list_folder(folder.path() / "deep").value() == Names{"a.xml", "er"});
    const auto absent = list_folder(folder.path() / "none");
    REQUIRE_FALSE(absent.ok());
    CHECK(absent.error().message.find("none' can't be listed: No such file") != std::string::npos);
}

TEST_CASE("removing a tree leaves what its links lead to, and an absent tree is fine") {
    const auto folder = tree();
    REQUIRE(make_folders(folder.path() / "gone").ok());
    REQUIRE(replace_symlink(folder.path() / "deep", folder.path() / "gone/link").ok());
    REQUIRE(remove_tree(folder.path() / "gone").ok());
    REQUIRE(remove_tree(folder.path() / "gone").ok());
    CHECK(inspect(folder.path() / "gone").type == FileType::absent);
    CHECK(inspect(folder.path() / "deep/a.xml").type == FileType::file);
}

TEST_CASE("an empty folder goes, and nothing else does") {
    const auto folder = tree();
    REQUIRE(make_folders(folder.path() / "gone").ok());
    CHECK(remove_empty_folder(folder.path() / "gone").value());
    CHECK(inspect(folder.path() / "gone").type == FileType::absent);
    CHECK_FALSE(remove_empty_folder(folder.path() / "gone").value());
    CHECK_FALSE(remove_empty_folder(folder.path() / "deep").value());
    CHECK_FALSE(remove_empty_folder(folder.path() / "deep/a.xml").value());
    CHECK(inspect(folder.path() / "deep/a.xml").type == FileType::file);
}

TEST_CASE("a whole tree is synced, links and pipes in it passed over") {
    const auto folder = tree();
    REQUIRE(::mkfifo((folder.path() / "pipe").c_str(), 0600) == 0);
    CHECK(sync_tree(folder.path()).ok());
    CHECK(sync_tree(folder.path() / "a.xml").ok());
}
