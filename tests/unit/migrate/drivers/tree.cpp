#include "migrate/drivers/tree.h"
#include "unit/sys/git_sandbox.h"

using namespace fairlead;
using namespace fairlead::test;
using migrate::drivers::Tree;

namespace {

// The job runs in the repository.
struct Within {
    explicit Within(const fs::path& folder) : before(fs::current_path()) { fs::current_path(folder); }
    Within(const Within&) = delete;
    ~Within() { fs::current_path(before); }
    fs::path before;
};

Strings names_in(const Tree& tree, const std::string& folder) {
    Strings names;
    const auto entries = tree.list(folder).value();
    for (const auto& entry : entries) names.push_back(entry.name + (entry.is_folder ? "/" : ""));
    return names;
}

}

TEST_CASE("of a commit a tree has what the commit has, and not what the change has put there") {
    Sandbox box;
    box.write("backend/alembic.ini", "base\n");
    const auto base = box.commit("backend/versions/a.py", "a\n");
    box.write("backend/alembic.ini", "changed\n");
    box.write("backend/versions/b.py", "b\n");
    fs::remove(box.folder + "/backend/versions/a.py");
    const Within here(box.folder);
    const auto tree = Tree::of_commit("backend", base).value();
    CHECK(tree.text("alembic.ini").value() == "base\n");
    CHECK(names_in(tree, "versions") == Strings{"a.py"});
    CHECK(tree.has_file("versions/a.py"));
    CHECK_FALSE(tree.has_file("versions/b.py"));
    CHECK_FALSE(tree.text("versions/b.py").value());
    CHECK(tree.has_folder("versions"));
    CHECK_FALSE(tree.has_folder("alembic.ini"));
    CHECK(tree.walk("").files.size() == 2);
    CHECK(tree.text("alembic.ini", 2).error().message == "it is too large to be read");
    const auto now = Tree::of_work_tree("backend").value();
    CHECK(now.text("alembic.ini").value() == "changed\n");
    CHECK(names_in(now, "versions") == Strings{"b.py"});
}

TEST_CASE("a tree leads up to the repository's top and no further") {
    Sandbox box;
    box.write("backend/x", "");
    const auto base = box.commit("setup.cfg", "top\n");
    const Within here(box.folder);
    for (const auto& tree : {Tree::of_commit("backend", base).value(), Tree::of_work_tree("backend").value()}) {
        CHECK(tree.text("../setup.cfg").value() == "top\n");
        CHECK_FALSE(tree.text("../../etc/passwd").ok());
        CHECK_FALSE(tree.has_file("../../etc/passwd"));
        CHECK_FALSE(tree.has_folder("../.."));
    }
}

TEST_CASE("a folder outside of the repository is no part of the change, and is read itself") {
    Sandbox box, other;
    const auto base = box.commit("a", "a\n");
    other.write("migrations/1.sql", "select 1;\n");
    const Within here(box.folder);
    const auto tree = Tree::of_commit(other.folder + "/migrations", base).value();
    CHECK(tree.text("1.sql").value() == "select 1;\n");
    CHECK(Tree::of_commit(box.folder + "/absent", base).value().list("").value().empty());
}
