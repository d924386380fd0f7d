#include "migrate/drivers/alembic_files.h"
#include "unit/migrate/drivers/seen.h"
#include <chrono>
#include <fmt/format.h>
#include <sys/stat.h>

using namespace fairlead;
using namespace fairlead::migrate::drivers;
using fairlead::test::Folder;
using fairlead::test::recorded;
using fairlead::test::states;
using fairlead::test::unread;

namespace {

const std::string ini = "[alembic]\nscript_location = db\n";

std::string revision(const std::string& id, const std::string& down, const std::string& more = "") {
    return fmt::format("\"\"\"step {}\n\nRevision ID: {}\n\"\"\"\nfrom alembic import op\nrevision: str = '{}'\n"
                       "down_revision: Union[str, None] = {}\n{}\n\ndef upgrade() -> None:\n    op.execute('x')\n",
                       id, id, id, down, more);
}

Standing standing_of_alembic(const Folder& folder, std::vector<std::string> rows = {}) {
    auto read = read_alembic(folder.project(), recorded(std::move(rows)));
    REQUIRE(read.ok());
    return std::move(read).value();
}

}

TEST_CASE("Alembic's revisions are read from their files") {
    const Folder folder;
    folder.add("alembic.ini", ini);
    folder.add("db/versions/2_x.py", revision("b", "'a'"));
    folder.add("db/versions/1_x.py", revision("a", "None"));
    folder.add("db/versions/__init__.py", "raise SystemExit\n");
    folder.add("db/versions/.#3.py", "raise SystemExit\n");
    folder.add("db/versions/README", "x");
    folder.add("db/versions/below/3.py", revision("c", "'b'"));
    const auto found = standing_of_alembic(folder, {"a"});
    CHECK(states(found) == "a:applied b:pending");
    CHECK(found.all[1].name == "step b");
    CHECK(found.all[1].needs == std::vector<std::string>{"a"});
    CHECK(found.all[1].file.ends_with("db/versions/2_x.py"));
    CHECK(unread(found).empty());
    CHECK_FALSE(found.trouble);
    CHECK(found.places == std::vector<std::string>{"db/versions"});
}

TEST_CASE("where Alembic's revisions are its configuration says") {
    struct Row {
        const char *ini, *pyproject, *file;
    };
    const Row rows[] = {
        {"[alembic]\nscript_location = %(here)s/db\n", "", "db/versions/a.py"},
        {"[alembic]\nscript_location = ./x/../db\n", "", "db/versions/a.py"},
        {"[alembic]\nscript_location = shop.db:alembic\n", "", "src/shop/db/alembic/versions/a.py"},
        {"[alembic]\nscript_location = db\nversion_locations = v1, v2\n", "", "v2/a.py"},
        {"[alembic]\nscript_location = db\nversion_path_separator = os\nversion_locations = "
         "v1:%(script_location)s/v2\n",
         "", "db/v2/a.py"},
        {"[alembic]\nscript_location = db\npath_separator = newline\nversion_locations =\n  v1\n  v 2\n", "",
         "v 2/a.py"},
        {"[alembic]\nscript_location = db\nrecursive_version_locations = true\n", "", "db/versions/below/a.py"},
        {"[DEFAULT]\nscript_location = db\n[alembic]\n", "", "db/versions/a.py"},
        {"", "[tool.alembic]\nscript_location = \"%(here)s/db\"\nversion_locations = [\"v1\"]\n", "v1/a.py"},
    };
    for (const auto& row : rows) {
        INFO(row.ini << row.pyproject);
        const Folder folder;
        if (*row.ini != '\0') folder.add("alembic.ini", row.ini);
        if (*row.pyproject != '\0') folder.add("pyproject.toml", row.pyproject);
        folder.add(row.file, revision("a", "None"));
        const auto found = standing_of_alembic(folder);
        CHECK(states(found) == "a:pending");
        CHECK(unread(found).empty());
    }
}

TEST_CASE("what Alembic's files don't tell is said with its place") {
    struct Row {
        const char *file, *text, *told;
    };
    const std::string a = revision("a", "None");
    const Row rows[] = {
        {"db/versions/b.py", "revision = 'b'\ndown_revision = previous()\n",
         "db/versions/b.py:2: down_revision is not a plain value!"},
        {"db/versions/b.py", "import x\nrevision = x.y\n", "db/versions/b.py:2: revision is not a plain value!"},
        {"db/versions/b.py", "revision = 'b'\nif x:\n    down_revision = 'a'\n",
         "db/versions/b.py:3: down_revision is not a plain value!"},
        {"db/versions/b.py", "revision = 'b'\ndepends_on = [f()]\n",
         "db/versions/b.py:2: depends_on is not a plain value!"},
        {"db/versions/helper.py", "def f(): pass\n",
         "db/versions/helper.py:1: sets no `revision`; alembic refuses such a file there!"},
        {"db/versions/b.py", "revision = 'b\n",
         "db/versions/b.py:1: a string begins here and is never closed; close it!"},
        {"alembic.ini", "[alembic]\nx = y\n", "alembic.ini:0: sets no script_location!"},
        {"alembic.ini", "[alembic]\nscript_location = pkg:db\n",
         "alembic.ini:2: script_location: the package of 'pkg:db' is not in this tree!"},
        {"alembic.ini", "[alembic]\nscript_location = /etc/alembic\n",
         "alembic.ini:2: script_location: '/etc/alembic' is outside of this repository!"},
        {"alembic.ini", "[alembic]\nscript_location = %(nobody)s/db\n",
         "alembic.ini:2: '%(nobody)s/db' can't be filled in!"},
        {"alembic.ini", "[alembic]\nscript_location = db\nsourceless = true\n",
         "alembic.ini:3: sets sourceless: compiled revisions can't be read!"},
    };
    for (const auto& row : rows) {
        INFO(row.text);
        const Folder folder;
        folder.add("alembic.ini", ini);
        folder.add("db/versions/a.py", a);
        folder.add(row.file, row.text);
        CHECK(unread(standing_of_alembic(folder)) == row.told);
    }
}

TEST_CASE("odd revisions of Alembic") {
    const Folder folder;
    folder.add("alembic.ini", ini);
    folder.add("db/versions/3f2a.py", "\xEF\xBB\xBF# no revision: an old one\r\ndown_revision = None\r\n");
    folder.add("db/versions/b.py", "'''it\\'s \"b\" -> c, d'''\nPREVIOUS = '3f2a'  # revision = 'z'\nrevision = \"b\"\n"
                                   "down_revision = (\n    PREVIOUS,  # x\n)\nx = \"\"\"\nrevision = 'no'\n\"\"\"\n");
    folder.add("db/versions/c.py",
               "revision, down_revision = 'c', 'b'\nbranch_labels = ('shop',)\ndepends_on = None\n" +
                   std::string(1 << 20, '#') + "\n");
    const auto found = standing_of_alembic(folder);
    CHECK(unread(found).empty());
    CHECK(states(found) == "3f2a:pending b:pending c:pending");
    CHECK(found.all[1].name == "it's \"b\" -> c, d");
}

TEST_CASE("branches and merges of Alembic come in the order of its history") {
    const Folder folder;
    folder.add("alembic.ini", ini);
    folder.add("db/versions/a.py", revision("a", "None", "branch_labels = 'shop'"));
    folder.add("db/versions/b.py", revision("b", "'a'"));
    folder.add("db/versions/c.py", revision("c", "'a'"));
    folder.add("db/versions/d.py", revision("d", "'c'"));
    folder.add("db/versions/e.py", revision("e", "('b', 'd')"));
    folder.add("db/versions/z.py", revision("z", "None", "depends_on = 'shop'"));
    auto found = standing_of_alembic(folder, {"d"});
    CHECK(states(found) == "a:applied c:applied d:applied z:pending b:pending e:pending");
    REQUIRE(found.trouble);
    CHECK(found.trouble->message.starts_with("alembic has 2 heads: z, e; "));
    folder.add("db/versions/f.py", revision("f", "('e', 'z')"));
    found = standing_of_alembic(folder, {"f"});
    CHECK_FALSE(found.trouble);
    CHECK(states(found).find("pending") == std::string::npos);
}

TEST_CASE("what keeps Alembic from running is a no") {
    struct Row {
        const char *file, *text, *told;
    };
    const Row rows[] = {
        {"db/versions/b.py", "revision = 'b'\ndown_revision = 'gone'\n",
         "db/versions/b.py:2: b depends on revision gone, which no file has; bring that file back, or correct "
         "down_revision"},
        {"db/versions/b.py", "revision = 'a'\ndown_revision = None\n",
         "revision a is in two files, db/versions/a.py and db/versions/b.py; give one file another "
         "revision"},
        {"db/versions/a.py", "revision = 'a'\ndown_revision = 'a'\n",
         "the revisions depend on each other in a circle (CycleDetected); correct down_revision or depends_on of one "
         "revision"},
    };
    for (const auto& row : rows) {
        const Folder folder;
        folder.add("alembic.ini", ini);
        folder.add("db/versions/a.py", revision("a", "None"));
        folder.add(row.file, row.text);
        const auto found = standing_of_alembic(folder);
        REQUIRE(found.trouble);
        CHECK(found.trouble->message == row.told);
        CHECK(found.trouble->kind == Kind::no);
    }
}

TEST_CASE("another table of Alembic is asked for where the usual one is missing") {
    const Folder folder;
    folder.add("alembic.ini", ini);
    folder.add("db/env.py", "context.configure(\n  version_table='v')\n");
    folder.add("db/versions/a.py", revision("a", "None"));
    const auto found = read_alembic(folder.project(), Records());
    REQUIRE(found.ok());
    CHECK(unread(found.value()) == "db/env.py:2: names a version_table, and the database does not have the default "
                                   "table; say migrate.version_table!");
    CHECK(unread(standing_of_alembic(folder)).empty());
}

TEST_CASE("links out of the tree aren't read, and are told") {
    const Folder folder, outside;
    outside.add("a.py", revision("secret", "None"));
    folder.add("alembic.ini", ini);
    folder.add("db/versions/b.py", revision("b", "None"));
    folder.add(".git/HEAD", "ref: refs/heads/main\n");
    REQUIRE(sys::replace_symlink(outside.folder.path() / "a.py", folder.folder.path() / "db/versions/c.py").ok());
    CHECK(states(standing_of_alembic(folder)) == "b:pending");
    CHECK(unread(standing_of_alembic(folder)) ==
          "db/versions/c.py:0: 'db/versions/c.py' is a link that leads out of the tree; put "
          "the file or folder itself there!");
}

TEST_CASE("a revision that is a pipe or a link to nowhere is told, without a wait") {
    const Folder folder;
    folder.add("alembic.ini", ini);
    folder.add("db/versions/b.py", revision("b", "None"));
    REQUIRE(::mkfifo((folder.folder.path() / "db/versions/c.py").c_str(), 0600) == 0);
    REQUIRE(sys::replace_symlink("nowhere.py", folder.folder.path() / "db/versions/d.py").ok());
    const auto found = standing_of_alembic(folder);
    CHECK(states(found) == "b:pending");
    CHECK(unread(found) == "db/versions/c.py:0: 'db/versions/c.py' is not a regular file!\n"
                           "db/versions/d.py:0: 'db/versions/d.py' is a link that leads nowhere!");
}

TEST_CASE("thousands of revisions are ordered in a short time") {
    std::vector<AlembicRevision> all;
    for (int i = 0; i < 6000; ++i) {
        AlembicRevision one;
        one.id = std::to_string(i);
        if (i > 0) one.down.push_back(std::to_string(i - 1));
        if (i > 2 && i % 2 == 0) one.down.push_back(std::to_string(i - 2));
        all.push_back(std::move(one));
    }
    const auto begin = std::chrono::steady_clock::now();
    CHECK(alembic_order(all).size() == all.size());
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(5));
}
