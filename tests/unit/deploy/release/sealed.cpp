#include "deploy/release/sealed.h"
#include "support/catch.h"
#include "sys/files/tree_builder.h"
#include "sys/process/process.h"
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace fairlead;
using namespace fairlead::deploy;

namespace {

struct Tree {
    sys::TemporaryFolder folder = sys::TemporaryFolder::make("fairlead-sealed").value();
    sys::Path from = folder.path() / "from", to = folder.path() / "to";

    Tree() {
        sys::make_folders(from / "d").value();
        sys::write_file(from / "app.py", "print(1)").value();
        sys::write_file(from / "d/run", "#!", 0755).value();
        sys::replace_symlink("app.py", from / "link").value();
    }
    void set_mode(const char* path, unsigned mode) const {
        std::filesystem::permissions(from / path, std::filesystem::perms(mode));
    }
};

struct stat look(const sys::Path& path) {
    struct stat info {};
    ::lstat(path.c_str(), &info);
    return info;
}

}

TEST_CASE("the list of a sealed release comes back as it was written, also with names that are no text") {
    const std::vector<Entry> entries{
        {"a \"b\"\n", 'f', std::string(64, '0'), 7}, {"gr\u00fc\u00dfe", 'd', "", 0}, {"\xff\xfe", 'l', "\x80/x", 0}};
    const auto back = parse_lines(to_lines(entries), "list");
    REQUIRE(back.ok());
    CHECK(digest_of(back.value()) == digest_of(entries));
    CHECK(back.value()[0].size == 7);
    for (const auto* wrong : {"x\n", "[]\n", "[\"f\",\"text\",1,\"\",0]\n", "{}\n"})
        CHECK_FALSE(parse_lines(wrong, "list").ok());
}

TEST_CASE("each file that was changed, removed or added after the seal is named") {
    const Tree tree;
    const auto sealed = seal_in_place(tree.from).value();
    CHECK(describe(compare(sealed, list_everything(tree.from).value())).empty());
    sys::make_folders(tree.from / "d/__pycache__").value();
    sys::write_file(tree.from / "d/__pycache__/x.pyc", "x").value();
    CHECK(describe(compare(sealed, list_everything(tree.from).value())).empty()); // an interpreter's cache
    sys::write_file(tree.from / "evil.py", "x").value();
    const auto added = compare(sealed, list_everything(tree.from).value());
    CHECK_FALSE(added.harms());
    CHECK(describe(added) == "'evil.py' was added");
    sys::write_file(tree.from / "app.pyc", "x").value(); // the byte code of app.py, as Python 2 keeps it
    CHECK(describe(compare(sealed, list_everything(tree.from).value())) == "'evil.py' was added");
    for (const auto* name : {"json.pyc", ".env"}) { // a module of its own; what a release never has
        sys::write_file(tree.from / name, "x").value();
        CHECK(compare(sealed, list_everything(tree.from).value()).added.size() == 2);
        sys::remove_tree(tree.from / name).value();
    }
    sys::remove_tree(tree.from / "app.pyc").value();
    sys::write_file(tree.from / "app.py", "print(2)").value();
    sys::remove_tree(tree.from / "d/run").value();
    const auto drift = compare(sealed, list_everything(tree.from).value());
    CHECK(drift.harms());
    CHECK(describe(drift) == "'app.py' was changed, 'd/run' was removed, 'evil.py' was added");
    sys::replace_symlink("/etc/passwd", tree.from / "link").value();
    CHECK(
        describe(compare(sealed, list_everything(tree.from).value())).starts_with("'app.py' and 1 more were changed"));
}

TEST_CASE("what the application wrote is told from what it can do without") {
    const Tree tree;
    const std::string database("SQLite format 3\0", 16);
    sys::write_file(tree.from / "shipped.db", database).value();
    const auto sealed = seal_in_place(tree.from).value();
    for (const auto* path : {"logs/app.log", "app.pid", "d/__pycache__/x.pyc", "staticfiles/x.css", "shipped.db-shm"}) {
        sys::make_folders((tree.from / path).parent_path()).value();
        sys::write_file(tree.from / path, "x").value();
    }
    CHECK(app_data_in(tree.from, sealed)->first().empty());
    for (const auto* path :
         {"shipped.db-wal", "cache/sessions.db"}) { // rows of a database that is as it came; one that is added
        sys::make_folders((tree.from / path).parent_path()).value();
        sys::write_file(tree.from / path, path[0] == 'c' ? database : "x").value();
        CHECK_FALSE(app_data_in(tree.from, sealed)->first().empty());
        sys::remove_tree(tree.from / path).value();
    }
    sys::make_folders(tree.from / "uploads").value();
    sys::write_file(tree.from / "uploads/a.png", "x").value();
    CHECK(app_data_in(tree.from, sealed)->first() == "'uploads/a.png'");
    sys::write_file(tree.from / "shipped.db", database + "a row").value();
    CHECK(app_data_in(tree.from, sealed)->first() == "the database 'shipped.db'");
    const auto drift = drift_of(tree.from, sealed).value();
    CHECK_FALSE(drift.harms()); // it goes on, and is told
    CHECK(describe(drift).ends_with("'shipped.db' was written to"));
    sys::write_file(tree.from / "shipped.db", "no database any more").value();
    CHECK(drift_of(tree.from, sealed)->harms());
}

TEST_CASE("a file that is sealed in place can't be written to, nor runs as somebody else") {
    const Tree tree;
    tree.set_mode("app.py", 0666);
    tree.set_mode("d/run", 06777);
    REQUIRE(seal_in_place(tree.from).ok());
    CHECK(sys::inspect(tree.from / "app.py").mode == 0444);
    CHECK(sys::inspect(tree.from / "d/run").mode == 0555);
}

TEST_CASE("what another user prepared is sealed in files of our own, which no descriptor of theirs leads to") {
    if (!sys::is_root()) return;
    const Tree tree;
    const auto nobody = sys::find_user("nobody").value();
    sys::write_file(tree.from / "settings", "key").value();
    sys::make_folders(tree.from / "private").value();
    tree.set_mode("settings", 0600);
    tree.set_mode("private", 0700);
    tree.set_mode("app.py", 0666);
    tree.set_mode("d/run", 06777);
    REQUIRE(sys::give_tree(tree.from, nobody).ok());
    CHECK((look(tree.from).st_mode & 07777) == 01770);
    CHECK(look(tree.from).st_uid == 0); // or its owner could let everybody in
    CHECK(look(tree.from / "d/run").st_uid == nobody.uid);
    CHECK((look(tree.from / "d/run").st_mode & 06000) == 0); // a new owner takes such bits away
    std::filesystem::create_hard_link(tree.from / "app.py", tree.folder.path() / "second name");
    const auto modified = look(tree.from / "app.py").st_mtime;
    const int held = ::open((tree.from / "app.py").c_str(), O_WRONLY);
    const auto sealed = seal_copy(tree.from, tree.to, nobody, {});
    REQUIRE(sealed.ok());
    REQUIRE(::write(held, "evil", 4) == 4);
    ::close(held);
    sys::append_file(tree.folder.path() / "second name", "evil").value();
    CHECK(sys::read_file(tree.to / "app.py").value() == "print(1)");
    CHECK(describe(compare(sealed.value(), list_everything(tree.to).value())).empty());
    CHECK(look(tree.to).st_mode == (S_IFDIR | 0700)); // nobody comes in before it is whole
    for (const auto& [path, mode] :
         {std::pair{"app.py", 0444u}, std::pair{"d/run", 0555u}, std::pair{"settings", 0440u}}) {
        INFO(path);
        CHECK((look(tree.to / path).st_mode & 07777) == mode);
        CHECK(look(tree.to / path).st_uid == 0);
    }
    CHECK(look(tree.to / "settings").st_gid == nobody.gid);
    CHECK((look(tree.to / "private").st_mode & 07777) == 0750);
    CHECK(look(tree.to / "private").st_gid == nobody.gid);
    CHECK(look(tree.to / "app.py").st_gid == 0);
    CHECK(look(tree.to / "app.py").st_mtime == modified); // caches go by it
}

TEST_CASE("a pipe or socket that prepare left is no part of a release") {
    const Tree tree;
    REQUIRE(::mkfifo((tree.from / "d/pipe").c_str(), 0600) == 0);
    const auto sealed = seal_copy(tree.from, tree.to, sys::User{}, {});
    REQUIRE_FALSE(sealed.ok());
    CHECK(sealed.error().message.find("'d/pipe'") != std::string::npos);
    CHECK(sys::inspect(tree.to).type == sys::FileType::absent);
}

TEST_CASE(
    "what prepare left is held to the limits of a release before anything of it is read, and while it is copied") {
    const Tree tree; // four names
    const auto refused = [&](const ContentLimits& limits, const char* key) {
        for (const auto& done : {check_prepared(tree.from, limits), [&]() -> Result<void> {
                                     const auto sealed = seal_copy(tree.from, tree.to, sys::User{}, limits);
                                     return sealed.ok() ? Result<void>() : Result<void>(sealed.error());
                                 }()}) {
            REQUIRE_FALSE(done.ok());
            INFO(done.error().message);
            CHECK((done.error().kind == Kind::no));
            CHECK(done.error().message.find(key) != std::string::npos);
            CHECK(done.error().message.find("prepare") != std::string::npos);
        }
        CHECK(sys::inspect(tree.to).type == sys::FileType::absent);
    };
    CHECK(check_prepared(tree.from, {.bytes = 10, .files = 4}).ok());
    refused({.bytes = 9, .files = 4}, "release.max_size");
    refused({.bytes = 10, .files = 3}, "release.max_files");
    sys::write_file(tree.from / "d/big", "").value();
    std::filesystem::resize_file(tree.from / "d/big", 300u << 20); // sparse
    refused({.bytes = 1u << 20}, "release.max_size");
}
