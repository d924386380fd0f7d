#include "sys/git/past_files.h"
#include "sys/git/pack/tree_entries.h"
#include "sys/git/state.h"
#include "sys/signals.h"
#include <fmt/format.h>
#include <set>

namespace fairlead::sys {

namespace {

constexpr std::size_t deepest_past = 200, most_found = 1000;

git_oid id_in(const unsigned char* bytes) {
    git_oid id;
    git_oid_fromraw(&id, bytes);
    return id;
}

}

class PastTrees {
  public:
    PastTrees(const Repository& repository, const std::function<bool(std::string_view)>& is_wanted)
        : state_(*repository.state_), is_wanted_(is_wanted) {}

    Result<void> visit(const HistoryCommit& commit) {
        pending_.push_back({"", id_in(commit.tree.data()), 0});
        while (!pending_.empty()) {
            if (stop_requested()) return could_not("interrupted while reading the history");
            const Folder folder = std::move(pending_.back());
            pending_.pop_back();
            if (seen_.insert(folder.id).second) TRY_VOID(read(folder, commit.id));
        }
        return {};
    }
    std::vector<PastFile> take() { return std::move(found_); }

  private:
    struct Folder {
        std::string path; // with '/' at its end, or empty
        git_oid id;
        std::size_t depth;
    };
    using Object = Freed<git_odb_object, git_odb_object_free>;

    Result<void> read(const Folder& folder, const std::string& commit) {
        if (!objects_ && git_make(objects_, git_repository_odb, state_.handle.get()) != 0)
            return could_not(fmt::format("the objects of {} can't be read: {}", state_.shown(), git_reason()));
        TRY_VOID(state_.refuse_large("tree", folder.id, largest_object, objects_.get()));
        Object object;
        const int status = git_make(object, git_odb_read, objects_.get(), &folder.id);
        if (status == GIT_ENOTFOUND) {
            const auto of = TRY(state_.id_of(commit));
            return state_.missing_tree("a folder of commit", of);
        }
        const bool is_tree = status == 0 && git_odb_object_type(object.get()) == GIT_OBJECT_TREE;
        if (!is_tree) return could_not(fmt::format("a folder of commit {} can't be read", commit));
        TreeCursor at({static_cast<const char*>(git_odb_object_data(object.get())), git_odb_object_size(object.get())});
        while (at.next()) {
            const auto& entry = at.entry();
            if (folder.path.size() + entry.name.size() > longest_path || folder.depth > deepest_past)
                return could_not(fmt::format(
                    "commit {} holds a path of more than {} bytes or {} folders; remove it from the history", commit,
                    longest_path, deepest_past));
            if (entry.is_folder())
                enter(folder, entry);
            else if (is_wanted_(entry.name))
                keep(folder.path + std::string(entry.name), commit);
        }
        if (at.is_good()) return {};
        return could_not(fmt::format("folder {} of commit {} was not written by git; run: git fsck",
                                     folder.path.empty() ? "/" : folder.path, commit));
    }

    void enter(const Folder& folder, const TreeEntry& entry) {
        const auto id = id_in(reinterpret_cast<const unsigned char*>(entry.id.data()));
        if (!seen_.contains(id))
            pending_.push_back({folder.path + std::string(entry.name) + "/", id, folder.depth + 1});
    }
    void keep(std::string path, const std::string& commit) {
        if (found_.size() < most_found && paths_.insert(path).second) found_.push_back({std::move(path), commit});
    }

    const GitState& state_;
    const std::function<bool(std::string_view)>& is_wanted_;
    Freed<git_odb, git_odb_free> objects_;
    GitIds seen_;
    std::set<std::string> paths_;
    std::vector<PastFile> found_;
    std::vector<Folder> pending_;
};

Result<std::vector<PastFile>> past_files(const Repository& repository, std::string_view head,
                                         const std::function<bool(std::string_view name)>& is_wanted) {
    const auto history = TRY(repository.history({}, head, [](const CommitText&) { return Result<void>(); }));
    const CacheOff cache_off(GIT_OBJECT_TREE);
    PastTrees trees(repository, is_wanted);
    for (const auto& commit : history.commits) TRY_VOID(trees.visit(commit)); // newest first
    return trees.take();
}

}
