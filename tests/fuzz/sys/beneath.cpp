// hostile: paths
// Ways through a tree of folders and links, against a model of them: what lies within is read by both ways alike, and
// nothing outside is.
#include "sys/files/beneath.h"
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <optional>
#include <unistd.h>

using namespace fairlead;
using namespace fairlead::sys;

namespace {

const std::array<std::string, 4> folders = {"", "a", "a/b", "c"};

// On disk for all runs: each folder holds a file f with the folder's name in it; links come and go.
struct Disk {
    TemporaryFolder folder = TemporaryFolder::make("fairlead-fuzz").value();
    Path tree = std::filesystem::canonical(folder.path()) / "tree";
    Path outside = tree.parent_path() / "outside";
    Root kernel, by_hand;

    Disk() : kernel(make()), by_hand(Root::open(tree, Root::Way::by_hand).value()) {}
    Root make() const {
        for (const auto& name : folders) put(tree / name, "within:" + name);
        put(tree / ".git", "git's");
        put(outside, "foreign");
        return Root::open(tree).value();
    }
    static void put(const Path& folder, const std::string& text) {
        if (!make_folders(folder).ok() || !write_file(folder / "f", text, 0644, Sync::no).ok()) std::abort();
    }
};

// The model: names are followed one after the other, by recursion, in plain strings.
struct Model {
    const std::string root;
    std::map<std::string, std::string> links; // place from the root -> target
    int followed = 0;

    using Names = std::vector<std::string>;
    static std::string joined(const Names& names) {
        std::string text;
        for (const auto& name : names) text += (text.empty() ? "" : "/") + name;
        return text;
    }
    static bool is_folder(const Names& at) {
        return std::find(folders.begin(), folders.end(), joined(at)) != folders.end();
    }

    // Where the path leads from a folder, or nothing: it leaves, or isn't there.
    std::optional<Names> walk(Names at, std::string_view path) {
        if (path.starts_with(root) && (path.size() == root.size() || path[root.size()] == '/')) {
            at.clear();
            path.remove_prefix(root.size());
        } else if (path.starts_with('/')) {
            return std::nullopt;
        }
        while (!path.empty()) {
            const auto slash = path.find('/');
            const std::string name(path.substr(0, slash));
            path.remove_prefix(slash == path.npos ? path.size() : slash + 1);
            if (!is_folder(at)) return std::nullopt;
            if (name.empty() || name == ".") continue;
            if (name == ".git" || (name == ".." && at.empty())) return std::nullopt;
            if (name == "..") {
                at.pop_back();
                continue;
            }
            auto next = at;
            next.push_back(name);
            if (const auto link = links.find(joined(next)); link != links.end()) {
                if (++followed > 40) return std::nullopt;
                auto target = walk(at, link->second);
                if (!target) return std::nullopt;
                next = std::move(*target);
            } else if (name != "f" && !is_folder(next)) {
                return std::nullopt;
            }
            at = std::move(next);
            if (slash != std::string_view::npos && !is_folder(at)) return std::nullopt; // "f/"
        }
        return at;
    }
};

struct Bytes {
    const std::uint8_t* data;
    std::size_t left;
    unsigned next() { return left == 0 ? 0 : (--left, *data++); }
};

std::string some_path(Bytes& bytes, const Disk& disk) {
    const std::array<std::string, 12> words = {"a", "b", "c", "f", "l", "m", "..", ".", "", ".git", "..", "l"};
    const auto first = bytes.next();
    std::string path = first % 16 == 1   ? disk.tree.string()
                       : first % 16 == 2 ? disk.outside.string()
                       : first % 16 == 3 ? "../outside"
                                         : words[first % words.size()];
    for (auto more = bytes.next() % 6; more > 0; --more) path += "/" + words[bytes.next() % words.size()];
    return path;
}

void check(bool holds) {
    if (!holds) std::abort();
}

}

extern "C" int fuzz_sys_beneath(const std::uint8_t* data, std::size_t size) {
    static const Disk disk;
    Bytes bytes{data, size};
    Model model{disk.tree.string(), {}};
    for (auto count = bytes.next() % 7; count > 0; --count) {
        const auto place = bytes.next();
        const auto& folder = folders[place % folders.size()];
        const auto name = (folder.empty() ? "" : folder + "/") + (place & 64 ? "l" : "m");
        const auto target = some_path(bytes, disk);
        if (target.empty() || model.links.contains(name)) continue;
        check(::symlink(target.c_str(), (disk.tree / name).c_str()) == 0);
        model.links[name] = target;
    }
    for (int asked = 0; asked < 3; ++asked) {
        const auto path = some_path(bytes, disk);
        model.followed = 0;
        const auto expected = path.empty() ? std::nullopt : model.walk({}, path);
        const bool is_file = expected && !expected->empty() && expected->back() == "f";
        const std::string inner = is_file ? Model::joined({expected->begin(), expected->end() - 1}) : "";
        for (const Root* root : {&disk.kernel, &disk.by_hand}) {
            const auto text = root->read(path, 100);
            check(text.ok() == is_file && (!is_file || text.value() == "within:" + inner));
            if (!expected) check(!root->list(path).ok() && !root->write(path + "/new", "x", 0600, Sync::no).ok());
            if (is_file) check(root->real(path).value() == Model::joined(*expected));
        }
    }
    for (const auto& [name, target] : model.links) ::unlink((disk.tree / name).c_str());
    return 0;
}
