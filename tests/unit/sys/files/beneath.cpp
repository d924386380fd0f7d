#include "sys/files/beneath.h"
#include "support/catch.h"
#include "sys/files/beneath_walk.h"
#include <atomic>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>

using namespace fairlead;
using namespace fairlead::sys;

namespace {

// A tree beside what nobody in it may reach.
struct Scene {
    TemporaryFolder folder = TemporaryFolder::make("fairlead-test").value();
    Path tree = folder.path() / "tree";
    Path outside = folder.path() / "outside";

    Scene() {
        put("tree/a/b/inner", "inner\n");
        put("tree/top", "top\n");
        put("outside/secret", "root:$6$hash\n");
        put("outside/below/x.xml", "<secret/>");
    }
    void put(const Path& path, std::string_view bytes) const {
        REQUIRE(make_folders((folder.path() / path).parent_path()).ok());
        REQUIRE(write_file(folder.path() / path, bytes).ok());
    }
    void link(const Path& target, const Path& name) const {
        REQUIRE(::symlink(target.c_str(), (tree / name).c_str()) == 0);
    }
    std::string secret() const { return read_file(outside / "secret").value(); }
};

const Root::Way ways[] = {Root::Way::kernel, Root::Way::by_hand};

bool tells(const Error& error, std::string_view words) { return error.message.find(words) != std::string::npos; }

bool is_refused(const Result<std::string>& result, std::string_view link) {
    return !result.ok() && tells(result.error(), fmt::format("'{}'", link)) &&
           tells(result.error(), "leads out of the tree") && !tells(result.error(), "$6$");
}

}

TEST_CASE("links that stay within the tree are followed") {
    const Scene scene;
    scene.link("a/b", "folder");
    scene.link("../top", "a/up");
    scene.link("up", "a/again");
    scene.link("../../tree/top", "around"); // leaves it on the way: the tree is not asked for its name
    scene.link(scene.tree / "a/b/inner", "absolute");
    scene.link(scene.tree, "itself");
    scene.link(".", "here");
    for (const auto way : ways) {
        const auto root = Root::open(scene.tree, way).value();
        CHECK(root.read("top").value() == "top\n");
        CHECK(root.read("folder/inner").value() == "inner\n");
        CHECK(root.read("a/again").value() == "top\n");
        CHECK(root.read("a/b/../../top").value() == "top\n");
        CHECK(root.read("absolute").value() == "inner\n");
        CHECK(root.read("itself/a/up").value() == "top\n");
        CHECK(root.read("here/here/top").value() == "top\n");
        CHECK(root.read(scene.tree / "top").value() == "top\n");
        CHECK_FALSE(root.read("around").ok());
        CHECK(root.real("folder/inner").value() == "a/b/inner");
        CHECK(root.real("folder/new/x").value() == "a/b/new/x");
        CHECK(root.real("itself").value() == ".");
    }
}

TEST_CASE("a link that leaves the tree is refused by its name, and nothing of its target is told") {
    const Scene scene;
    scene.link(scene.outside / "secret", "absolute");
    scene.link("../outside/secret", "relative");
    scene.link("relative", "chained");
    scene.link("../outside", "folder");
    scene.link("../../outside/secret", "a/deep");
    scene.link("/proc/self/root/etc/passwd", "magic");
    scene.link("/proc/self/environ", "environ");
    scene.link("/proc/self/fd/0", "descriptor");
    scene.link("/dev/stdin", "device");
    for (const auto way : ways) {
        const auto root = Root::open(scene.tree, way).value();
        for (const auto* name : {"absolute", "relative", "a/deep", "magic", "environ", "descriptor", "device"}) {
            INFO(name);
            CHECK(is_refused(root.read(name), name));
            CHECK_FALSE(root.look(name).ok());
            CHECK(root.inspect(name)->type == FileType::link); // the link itself may be looked at
        }
        CHECK(is_refused(root.read("chained"), "relative"));
        CHECK(is_refused(root.read("folder/secret"), "folder"));
        CHECK_FALSE(root.inspect("folder/secret").ok());
        CHECK_FALSE(root.list("folder").ok());
        CHECK_FALSE(root.below("folder").ok());
        CHECK_FALSE(root.real("folder/secret").ok());
        CHECK(tells(root.read("../outside/secret").error(), "is outside of the tree"));
        CHECK_FALSE(root.read("a/../../outside/secret").ok());
        CHECK_FALSE(root.read("/etc/passwd").ok());
        CHECK_FALSE(root.read(Path(std::string("top\0x", 5))).ok());
    }
}

TEST_CASE("what git keeps is no part of the tree") {
    const Scene scene;
    scene.put("tree/.git/config", "extraheader = AUTHORIZATION: basic c2VjcmV0\n");
    scene.link(".git/config", "fairlead.yml");
    scene.link("../.GIT/config", "a/upper");
    scene.link(".git", "folder");
    for (const auto way : ways) {
        const auto root = Root::open(scene.tree, way).value();
        CHECK(is_refused(root.read("fairlead.yml"), "fairlead.yml"));
        CHECK(is_refused(root.read("a/upper"), "a/upper"));
        CHECK(is_refused(root.read("folder/config"), "folder"));
        CHECK(tells(root.read(".git/config").error(), "is outside of the tree"));
        CHECK_FALSE(root.write("folder/config", "").ok());
        CHECK_FALSE(root.make_folders(".git/hooks").ok());
        CHECK_FALSE(root.remove(".git/config").ok());
    }
    CHECK(inspect(scene.tree / ".git/config").size > 10);
}

TEST_CASE("where no link is wanted, none is gone through") {
    const Scene scene;
    scene.link("a", "within");
    scene.link("top", "file");
    for (const auto way : ways) {
        const auto root = Root::open(scene.tree, way).value();
        CHECK(root.read("top", 100, Links::refused).ok());
        CHECK(tells(root.read("file", 100, Links::refused).error(), "'file' is a link"));
        CHECK(tells(root.read("within/b/inner", 100, Links::refused).error(), "'within' is a link"));
        CHECK_FALSE(root.make_folders("within/out", 0700, Links::refused).ok());
        CHECK_FALSE(root.write("within/b/new", "x", 0600, Sync::no, Links::refused).ok());
        CHECK_FALSE(root.remove("within/b/inner", Links::refused).ok());
        CHECK(root.inspect("file", Links::refused)->type == FileType::link);
    }
    CHECK(read_file(scene.tree / "a/b/inner").ok());
}

TEST_CASE("nothing is written, made or removed through a link that leaves the tree") {
    const Scene scene;
    scene.link("../outside", "out");
    scene.link("../outside/secret", "file");
    scene.link("../outside/new", "nowhere");
    for (const auto way : ways) {
        const auto root = Root::open(scene.tree, way).value();
        CHECK_FALSE(root.write("out/secret", "gone").ok());
        CHECK_FALSE(root.write("../outside/secret", "gone").ok());
        CHECK_FALSE(root.make_folders("out/more").ok());
        CHECK_FALSE(root.make_folders("nowhere/more").ok());
        CHECK_FALSE(root.remove("out/secret").ok());
        CHECK_FALSE(root.remove("a/../../outside").ok());
        CHECK_FALSE(root.remove("..").ok());
        CHECK_FALSE(root.remove(".").ok());
    }
    CHECK(list_folder(scene.outside).value() == std::vector<std::string>{"below", "secret"});
    const auto root = Root::open(scene.tree).value();
    REQUIRE(root.write("file", "ours").ok()); // the link goes, not what it led to
    CHECK(inspect(scene.tree / "file").type == FileType::file);
    REQUIRE(root.remove("nowhere").ok());
    CHECK(scene.secret() == "root:$6$hash\n");
}

TEST_CASE("folders are made and whole ones removed, links in them as links") {
    const Scene scene;
    for (const auto way : ways) {
        const auto root = Root::open(scene.tree, way).value();
        const auto out = root.make_folders(".fairlead/out", 0700, Links::refused).value();
        CHECK(inspect(scene.tree / ".fairlead/out").mode == 0700);
        CHECK(out.path() == root.path() / ".fairlead/out");
        REQUIRE(out.write("x.json", "{}", 0600).ok());
        CHECK(inspect(scene.tree / ".fairlead/out/x.json").mode == 0600);
        CHECK(root.list(".fairlead/out")->size() == 1); // no temporary is left
        REQUIRE(root.make_folders(".fairlead/out/deep/er").ok());
        scene.link(scene.outside, ".fairlead/out/deep/link");
        REQUIRE(root.remove(".fairlead/out").ok());
        REQUIRE(root.remove(".fairlead/out").ok());
        CHECK(root.inspect(".fairlead/out")->type == FileType::absent);
        CHECK(root.remove("missing/x").ok());
        CHECK(tells(root.make_folders("top/x").error(), "'top' is in the way"));
    }
    CHECK(scene.secret() == "root:$6$hash\n");
}

TEST_CASE("pipes, sockets, devices and folders are no files to read, and none is waited for") {
    const Scene scene;
    REQUIRE(::mkfifo((scene.tree / "pipe").c_str(), 0600) == 0);
    const int listener = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const auto name = (scene.tree / "socket").string();
    REQUIRE(name.size() < sizeof address.sun_path);
    name.copy(address.sun_path, name.size());
    REQUIRE(::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    scene.link("pipe", "to-pipe");
    for (const auto way : ways) {
        const auto root = Root::open(scene.tree, way).value();
        CHECK(tells(root.read("pipe").error(), "'pipe' is not a regular file"));
        CHECK(tells(root.read("to-pipe").error(), "'to-pipe' is not a regular file"));
        CHECK_FALSE(root.read("socket").ok());
        CHECK(tells(root.read("a").error(), "'a' is a folder"));
        CHECK(root.inspect("socket")->type == FileType::socket);
        CHECK(root.look("to-pipe")->type == FileType::other);
    }
    ::close(listener);
}

TEST_CASE("a file is read within its limit, however large its holes") {
    const Scene scene;
    REQUIRE(::truncate((scene.tree / "top").c_str(), off_t{1} << 40) == 0);
    CHECK(tells(Root::open(scene.tree)->read("top", 1000).error(), "larger than the 1000 bytes"));
}

TEST_CASE("links without end and names without meaning are told, by both ways alike") {
    const Scene scene;
    scene.link("loop", "loop");
    scene.link("ping", "pong");
    scene.link("pong", "ping");
    scene.link("missing", "dangling");
    const std::string longest(300, 'n');
    const auto kernel = Root::open(scene.tree).value(), by_hand = Root::open(scene.tree, Root::Way::by_hand).value();
    for (const std::string path : {"loop", "ping", "dangling", "top/", "top/x", "a/b/", "a/.", "missing/../top", "",
                                   ".", "..", "a/..", "a/../..", "new\nline", "\x1b[31m", "a//b///inner"}) {
        INFO(path);
        const auto one = kernel.read(path), other = by_hand.read(path);
        CHECK(one.ok() == other.ok());
        if (!one.ok()) CHECK(one.error().message == other.error().message);
    }
    CHECK_FALSE(kernel.read(longest).ok());
    CHECK_FALSE(by_hand.read(longest).ok());
    CHECK(kernel.look("dangling")->type == FileType::absent);
}

// The folder and the link change places all the time; each read either meets the tree or is refused.
TEST_CASE("a folder that becomes a link while it is walked leads nowhere else") {
    const Scene scene;
    scene.put("tree/a/b/secret", "inner\n");
    scene.link(scene.outside, "other");
    std::atomic<bool> done = false;
    std::thread swapper([&] {
        const auto one = scene.tree / "a/b", other = scene.tree / "other";
        while (!done) ::renameat2(AT_FDCWD, one.c_str(), AT_FDCWD, other.c_str(), RENAME_EXCHANGE);
    });
    int foreign = 0, met = 0;
    for (const auto way : ways) {
        const auto root = Root::open(scene.tree, way).value();
        for (int i = 0; i < 2000; ++i) {
            const auto text = root.read("a/b/secret");
            foreign += text.ok() && text.value() != "inner\n";
            met += text.ok();
            (void)root.write("a/b/secret", "inner\n", 0600, Sync::no);
            (void)root.remove("a/b/gone");
        }
    }
    done = true;
    swapper.join();
    CHECK(foreign == 0);
    CHECK(met > 0);
    CHECK(scene.secret() == "root:$6$hash\n");
}

TEST_CASE("a glob stays in its tree") {
    const Scene scene;
    scene.put("tree/reports/one.xml", "<x/>");
    scene.put("tree/reports/deep/two.xml", "<x/>");
    scene.link("../outside/below", "out");
    scene.link("reports", "within");
    scene.link("../../outside/below/x.xml", "reports/foreign.xml");
    for (const auto way : ways) {
        const auto root = Root::open(scene.tree, way).value();
        CHECK(glob(root, "reports", "**/*.xml").value() ==
              std::vector<std::string>{"deep/two.xml", "foreign.xml", "one.xml"});
        CHECK(glob(root, "", "within/*.xml").value() ==
              std::vector<std::string>{"within/foreign.xml", "within/one.xml"});
        CHECK_FALSE(glob(root, "", "out/*.xml").ok());
        CHECK_FALSE(glob(root, "", "out/x.xml").ok());
        CHECK_FALSE(glob(root, "", "../outside/**/*.xml").ok());
        CHECK(glob(root, "", "missing/*.xml").value().empty());
        CHECK(is_refused(root.read("reports/foreign.xml"), "reports/foreign.xml"));
    }
}

TEST_CASE("what a person names may lie elsewhere, what a file of the tree names may not") {
    const Scene scene;
    scene.link(scene.tree, "itself");
    REQUIRE(::symlink(scene.tree.c_str(), (scene.folder.path() / "alias").c_str()) == 0);
    const auto root = Root::open(scene.tree).value();
    CHECK(root.relative(scene.tree / "a/../top").value() == "top");
    CHECK(root.relative(scene.tree).value() == ".");
    CHECK(root.relative(scene.folder.path() / "alias/top").value() == "top"); // the same folder by another name
    CHECK_FALSE(root.relative(scene.outside).has_value());
    CHECK_FALSE(root.relative(scene.folder.path() / "tree-too").has_value());
    const auto person = named_by_person(scene.tree, "../outside/secret").value();
    CHECK(person.root.read(person.path).value() == scene.secret());
    const auto refused = named_by_tree(root, scene.tree / "a", "../../outside/secret", "name another");
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().kind == Kind::usage);
    CHECK(named_by_tree(root, scene.tree / "a", "../top", "")->path == "top");
}

TEST_CASE("what a person names in a tree stays in it, wherever the tool was started") {
    const Scene scene;
    scene.put("tree/.git/HEAD", "ref: refs/heads/main\n");
    scene.link("../../outside/secret", "a/link");
    for (const auto& [folder, path] : std::vector<std::pair<Path, Path>>{{scene.tree, "a/link"},
                                                                         {scene.tree / "a", "link"},
                                                                         {scene.folder.path(), "tree/a/link"},
                                                                         {scene.outside, scene.tree / "a/link"},
                                                                         {scene.outside, "../tree/a/link"}}) {
        const auto found = named_by_person(folder, path).value();
        CHECK(is_refused(found.root.read(found.path), "a/link"));
    }
}

TEST_CASE("a tree that only a link of another tree leads to is not what is named") {
    const Scene scene;
    const Path& tree = scene.tree;
    scene.put("tree/.git/HEAD", "ref: refs/heads/main\n");
    scene.put("outside/.git/HEAD", "ref: refs/heads/main\n");
    scene.link(scene.outside, "reports");
    scene.link("../../outside", "a/er");
    for (const char* path : {"reports/secret", "a/er/secret", "reports", "a/../reports/secret"}) {
        INFO(path);
        const auto person = named_by_person(tree, path).value();
        CHECK(person.root.path() == tree);
        CHECK_FALSE(person.root.real(person.path).ok());
        CHECK(tree_around(tree / path) == tree.string());
    }
    const auto above = named_by_person(tree.parent_path(), tree / "reports/secret").value();
    CHECK(above.root.path() == tree);
    CHECK_FALSE(above.root.read(above.path).ok());
}

TEST_CASE("what another user has put into a folder for all is not found from below") {
    if (::geteuid() != 0) SKIP_LOUDLY("root", "only root can give a file away");
    const Scene scene;
    scene.put("all/.git/config", "[core]\n");
    scene.put("all/fairlead.yml", "version: 1\n");
    scene.put("all/mine/x", "");
    const auto all = scene.folder.path() / "all";
    const auto give = [&](uid_t to) {
        REQUIRE(::lchown((all / ".git").c_str(), to, to) == 0);
        REQUIRE(::lchown((all / "fairlead.yml").c_str(), to, to) == 0);
    };
    give(65534);
    CHECK(tree_around(all / "mine") == all.string()); // the folder is its owner's: a runner's, beside root's container
    REQUIRE(::chmod(all.c_str(), 01777) == 0);
    CHECK_FALSE(tree_around(all / "mine").has_value());
    CHECK_FALSE(nearest_upwards(all / "mine", "fairlead.yml").has_value());
    CHECK(nearest_upwards(all, "fairlead.yml").has_value()); // where one stands, one looks
    give(0);
    CHECK(nearest_upwards(all / "mine", "fairlead.yml").value() == (all / "fairlead.yml").string());
}

TEST_CASE("the tree around a folder is the nearest that git knows") {
    const Scene scene;
    scene.put("tree/.git/HEAD", "ref: refs/heads/main\n");
    scene.put("tree/a/.git", "gitdir: ../.git/modules/a\n");
    CHECK(tree_around(scene.tree / "a/b").value() == (scene.tree / "a").string());
    CHECK(tree_around(scene.tree).value() == scene.tree.string());
    CHECK(tree_around((scene.tree / "a").string() + "/").value() == (scene.tree / "a").string());
    CHECK(root_around(scene.outside)->path() == std::filesystem::canonical(scene.outside));
}
