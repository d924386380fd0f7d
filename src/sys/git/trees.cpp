#include "sys/git/trees.h"
#include "sys/git/pack/tree_entries.h"
#include "sys/signals.h"
#include <fmt/format.h>
#include <optional>
#include <string>
#include <vector>

namespace fairlead::sys {
namespace {

constexpr std::size_t most_entries = 1'000'000, most_letters = 128u << 20;

std::uint32_t type_of(const git_tree_entry* entry) { return git_tree_entry_filemode_raw(entry) & 0170000u; }
bool is_folder(const git_tree_entry* entry) { return entry && type_of(entry) == GIT_FILEMODE_TREE; }

bool is_same(const git_tree_entry* one, const git_tree_entry* other) {
    return one && other && git_oid_equal(git_tree_entry_id(one), git_tree_entry_id(other)) != 0 &&
           type_of(one) == type_of(other);
}

bool is_known(std::uint32_t type) {
    return type == GIT_FILEMODE_TREE || type == GIT_FILEMODE_COMMIT || type == (GIT_FILEMODE_LINK & 0170000u) ||
           type == (GIT_FILEMODE_BLOB & 0170000u);
}

// git sorts a folder as if its name ended in '/'. A name that comes twice, or that holds a '/', would let one file
// stand for another.
bool is_wellformed(const git_tree* tree) {
    std::string last;
    std::vector<std::string_view> files; // each begins the next one; a folder of such a name may still follow
    for (std::size_t i = 0; i < git_tree_entrycount(tree); ++i) {
        const git_tree_entry* entry = git_tree_entry_byindex(tree, i);
        const std::string_view name = git_tree_entry_name(entry);
        std::string key = std::string(name) + (is_folder(entry) ? "/" : "");
        if (name.empty() || name.find('/') != name.npos || key <= last || !is_known(type_of(entry))) return false;
        while (!files.empty() && !name.starts_with(files.back())) files.pop_back();
        if (is_folder(entry) && !files.empty() && files.back() == name) return false;
        if (!is_folder(entry)) files.push_back(name);
        last = std::move(key);
    }
    return true;
}

}

// Two folders of one path, of which one may be missing. They are opened when their turn comes.
struct TreeBounds::Pair {
    std::string path; // with '/' at its end, or empty
    std::optional<git_oid> before, now;
};

Result<void> TreeBounds::add(std::string path, const git_tree_entry* before, const git_tree_entry* now,
                             std::vector<Pair>& deeper) {
    letters_ += path.size();
    if (path.size() > longest_path)
        return could_not(fmt::format(
            "commit {} changes a path of more than {} bytes, which no system opens; remove the commit from the history",
            git_id_text(commit_), longest_path));
    if (++entries_ > most_entries || letters_ > most_letters)
        return could_not(fmt::format("commit {} changes more than {} files and folders, or their paths have more than "
                                     "{} MiB; split it, or remove it from the history",
                                     git_id_text(commit_), most_entries, most_letters >> 20));
    if (!is_folder(before) && !is_folder(now)) return {};
    Pair pair{std::move(path) + "/", {}, {}};
    if (is_folder(before)) pair.before = *git_tree_entry_id(before);
    if (is_folder(now)) pair.now = *git_tree_entry_id(now);
    deeper.push_back(std::move(pair));
    return {};
}

Result<void> TreeBounds::visit(const Pair& pair, const git_tree* before, const git_tree* now,
                               std::vector<Pair>& deeper) {
    if (stop_requested()) return could_not("interrupted while reading the history");
    if (now && !is_wellformed(now))
        return could_not(fmt::format("folder {} of commit {} was not written by git: its names are out of order, are "
                                     "there twice or hold a '/', or a type is unknown; run: git fsck",
                                     pair.path.empty() ? "/" : pair.path, git_id_text(commit_)));
    for (std::size_t i = 0; now && i < git_tree_entrycount(now); ++i) {
        const git_tree_entry* entry = git_tree_entry_byindex(now, i);
        const char* name = git_tree_entry_name(entry);
        const git_tree_entry* was = before ? git_tree_entry_byname(before, name) : nullptr;
        if (!is_same(was, entry)) TRY_VOID(add(pair.path + name, was, entry, deeper));
    }
    for (std::size_t i = 0; before && i < git_tree_entrycount(before); ++i) {
        const git_tree_entry* entry = git_tree_entry_byindex(before, i);
        const char* name = git_tree_entry_name(entry);
        if (!now || !git_tree_entry_byname(now, name)) TRY_VOID(add(pair.path + name, entry, nullptr, deeper));
    }
    return {};
}

Result<void> TreeBounds::count(const git_tree* before, const git_tree* now) {
    std::vector<Pair> pending;
    TRY_VOID(visit({}, before, now, pending));
    while (!pending.empty()) {
        const Pair pair = std::move(pending.back());
        pending.pop_back();
        GitTree old, fresh;
        if (pair.before) old = TRY(state_.tree(*pair.before, commit_));
        if (pair.now) fresh = TRY(state_.tree(*pair.now, commit_));
        TRY_VOID(visit(pair, old.get(), fresh.get(), pending));
    }
    return {};
}

}
