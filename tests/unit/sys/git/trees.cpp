#include "sys/process/confine.h"
#include "unit/sys/git_sandbox.h"

using namespace fairlead;
using namespace fairlead::test;

namespace {

struct Entry {
    std::string mode, name, id;
};

std::string bytes_of(const std::string& hex) {
    std::string bytes;
    for (std::size_t i = 0; i < hex.size(); i += 2)
        bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
    return bytes;
}

// A tree object as nobody's git would write it.
std::string tree(const Sandbox& box, const std::vector<Entry>& entries) {
    std::string raw;
    for (const auto& [mode, name, id] : entries) raw += mode + " " + name + '\0' + bytes_of(id);
    box.write(".git/raw", raw);
    return box.ask("hash-object -t tree -w --literally .git/raw");
}

std::string blob(const Sandbox& box, const std::string& text) {
    box.write(".git/raw", text);
    return box.ask("hash-object -w --no-filters .git/raw");
}

std::string commit_of(const Sandbox& box, const std::string& tree, const std::string& parent) {
    return box.ask("commit-tree -m made -p " + parent + " " + tree);
}

}

TEST_CASE("a file is one by the type in its mode, whatever its permissions") {
    Sandbox box;
    const std::string root = box.commit("root"), text = blob(box, "x\n");
    for (const std::string mode : {"100664", "100600", "100640", "100700", "100444", "100777", "120777", "0100644"}) {
        INFO(mode);
        const std::string id = commit_of(box, tree(box, {{mode, "a", text}}), root);
        CHECK(added(box.open(), id) == Strings{"a:1: x"});
        CHECK(texts([&](const auto& each) { return box.open().added_between(root, id, each); }) == Strings{"a:1: x"});
        const std::string changed = commit_of(box, tree(box, {{mode, "a", blob(box, "x\ny\n")}}), id);
        CHECK(added(box.open(), changed) == Strings{"a:2: y"});
    }
    const std::string submodule = commit_of(box, tree(box, {{"160644", "a", root}}), root);
    CHECK(added(box.open(), submodule).empty());
    CHECK(added(box.open(), commit_of(box, tree(box, {{"100644", "a", text}}), submodule)) == Strings{"a:1: x"});
}

namespace {

// Ten folders of ten, `levels` deep, of as many objects.
std::string bomb(const Sandbox& box, int levels, std::string id, const std::string& mode) {
    std::string of = mode;
    for (int level = 0; level < levels; ++level, of = "40000") {
        std::vector<Entry> entries;
        for (char name = 'a'; name < 'a' + 10; ++name) entries.push_back({of, std::string(1, name), id});
        id = tree(box, entries);
    }
    return id;
}

void refused(const Sandbox& box, const std::string& root, const std::string& id, const std::string& words) {
    const auto lines = box.open().added_lines(id, ignored);
    const auto net = box.open().added_between(root, id, ignored);
    const auto paths = changed(box.open(), id);
    const Repository repository = box.open();
    const auto files = CommitFiles(repository).of(id);
    REQUIRE_FALSE((lines.ok() || net.ok() || paths.ok() || files.ok()));
    for (const Error& error : {lines.error(), net.error(), paths.error(), files.error()}) {
        CHECK(error.kind == Kind::could_not);
        CHECK(says(error, words));
    }
}

}

TEST_CASE("a few trees that stand for more files than memory holds are refused") {
    Sandbox box;
    const std::string root = box.commit("root"), text = blob(box, "x\n");
    const std::string small = commit_of(box, bomb(box, 3, text, "100644"), root);
    CHECK(added(box.open(), small).size() == 1000);
    if (!sys::sanitized) { // a minute there, and they run without, too
        refused(box, root, commit_of(box, bomb(box, 12, text, "100644"), root), "more than 1000000 files");
        refused(box, root, commit_of(box, bomb(box, 12, tree(box, {}), "40000"), root), "more than 1000000 files");
    }
    std::string deep = tree(box, {{"100644", "a", text}});
    const std::string name(200, 'n');
    for (int level = 0; level < 21; ++level) deep = tree(box, {{"40000", name, deep}});
    refused(box, root, commit_of(box, deep, root), "more than 4096 bytes");
}

TEST_CASE("a tree in which one file could stand for another is refused") {
    Sandbox box;
    const std::string root = box.commit("root"), one = blob(box, "1\n"), two = blob(box, "2\n");
    const std::string folder = tree(box, {{"100644", "b", two}});
    const std::vector<std::vector<Entry>> wrong = {{{"100644", "a", one}, {"100644", "a", two}},
                                                   {{"100644", "b", one}, {"100644", "a", two}},
                                                   {{"40000", "a", folder}, {"100644", "a/b", one}},
                                                   {{"000000", "a", one}},
                                                   {{"020644", "a", one}}};
    for (const auto& entries : wrong) {
        const std::string made = tree(box, entries);
        INFO(entries.front().mode << " " << entries.back().name);
        refused(box, root, commit_of(box, made, root), "was not written by git");
        refused(box, root, commit_of(box, tree(box, {{"40000", "below", made}}), root), "below/ of commit");
    }
    const std::string both = tree(box, {{"100644", "a", one}, {"100644", "a.b", two}, {"40000", "a", folder}});
    refused(box, root, commit_of(box, both, root), "was not written by git");
    const auto good = tree(box, {{"100644", "a", one}, {"100644", "a.b", two}, {"40000", "ab", folder}});
    CHECK(added(box.open(), commit_of(box, good, root)) == Strings{"a:1: 1", "a.b:1: 2", "ab/b:1: 2"});
}

TEST_CASE("objects that claim to be larger than what is read are not opened") {
    Sandbox box;
    const std::string root = box.commit("root");
    const auto claim = [&](const std::string& kind, const std::string& bytes) {
        const std::string id = std::string(36, 'a') + (kind == "blob" ? "b10b" : kind == "tree" ? "0ee0" : "c0c0");
        const std::string folder = ".git/objects/" + id.substr(0, 2);
        box.shell("mkdir -p " + folder + " && /usr/bin/python3 -c \"import zlib; open('" + folder + "/" + id.substr(2) +
                  "', 'wb').write(zlib.compress(b'" + kind + " " + bytes + "\\0x'))\"");
        return id;
    };
    const std::string file = claim("blob", "268435457"), folder = claim("tree", "67108865");
    const std::string large = commit_of(box, tree(box, {{"100644", "a", file}}), root);
    CHECK(added(box.open(), large) == Strings{"a: too large"});
    const std::string smaller = commit_of(box, tree(box, {{"100644", "a", blob(box, "x\n")}}), large);
    CHECK(added(box.open(), smaller) == Strings{"a:1: x"});
    const std::string moved = commit_of(box, tree(box, {{"100644", "b", blob(box, "x\n")}}), large);
    CHECK(added(box.open(), moved) == Strings{"b:1: x"}); // nothing is read to tell whether it was renamed
    CHECK_FALSE(box.open().read_blob(large, "a").ok());
    CHECK_FALSE(box.open().file_at(large, "a").ok());
    refused(box, root, commit_of(box, tree(box, {{"40000", "a", folder}}), root), "the limit is 64 MiB");
    const auto commits = box.open().range(root, claim("commit", "67108865"));
    REQUIRE_FALSE(commits.ok());
    CHECK(says(commits.error(), "the limit is 64 MiB"));
}

TEST_CASE("a folder of a commit is listed as that commit has it, whatever lies in the work tree") {
    Sandbox box;
    const auto names = [&](const std::string& commit, const std::string& path) {
        Strings all;
        const auto listed = box.open().folder_at(commit, path).value();
        if (!listed) return Strings{"none"};
        for (const auto& entry : *listed) all.push_back(entry.name + (entry.is_folder ? "/" : ""));
        return all;
    };
    const std::string before = box.commit("down/a.sql", "select 1;\n");
    box.write("down/later.sql", "");
    CHECK(names(before, "") == Strings{"down/"});
    CHECK(names(before, "down") == Strings{"a.sql"});
    for (const std::string absent : {"later", "down/a.sql", "down/a.sql/x", "down/later.sql"})
        CHECK(names(before, absent) == Strings{"none"});
    const std::string text = blob(box, "x\n");
    const auto odd =
        commit_of(box, tree(box, {{"100644", "a", text}, {"120000", "link", text}, {"160000", "sub", before}}), before);
    CHECK(names(odd, "") == Strings{"a"}); // links and submodules are left out
    const auto missing = commit_of(box, tree(box, {{"40000", "gone", std::string(40, 'a')}}), before);
    CHECK(box.open().folder_at(missing, "gone").error().kind == Kind::could_not);
}
