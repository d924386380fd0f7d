#include "git_sandbox.h"

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
