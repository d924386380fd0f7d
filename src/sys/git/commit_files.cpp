#include "sys/git/commit_files.h"
#include "sys/encoding.h"
#include "sys/git/changes.h"
#include "sys/git/tree_entries.h"
#include "sys/signals.h"
#include <algorithm>
#include <fmt/format.h>
#include <set>
#include <unordered_map>

namespace fairlead::sys {
namespace {

constexpr std::size_t most_new = 1'000'000;        // as of TreeBounds
constexpr std::size_t most_tree_bytes = 32u << 20; // that are kept

git_oid to_git(const ObjectId& id) {
    git_oid result;
    git_oid_fromraw(&result, id.data());
    return result;
}

ObjectId of_entry(const TreeEntry& entry) {
    ObjectId id{};
    std::copy(entry.id.begin(), entry.id.end(), reinterpret_cast<char*>(id.data()));
    return id;
}

// Its files are elsewhere.
bool is_submodule(const TreeEntry& entry) { return entry.mode.size() == 6 && entry.mode.starts_with("16"); }

bool is_none(const ObjectId& id) { return id == ObjectId{}; }

}

class CommitFiles::Walk {
  public:
    explicit Walk(const GitState& its_state) : state(its_state) {}

    Result<std::vector<CommitFile>> of(std::string_view commit) {
        const CacheOff cache_off(GIT_OBJECT_TREE); // trees_ keeps them
        commit_ = TRY(state.id_of(commit));
        Folder root = TRY(root_of(commit_));
        differing_ = 0;
        found_.clear();
        pending_.clear();
        if (std::find(root.before.begin(), root.before.end(), root.now) == root.before.end())
            pending_.push_back(std::move(root));
        while (!pending_.empty()) {
            if (stop_requested()) return could_not("interrupted while reading the history");
            const Folder folder = std::move(pending_.back());
            pending_.pop_back();
            TRY_VOID(compare_entries(folder));
        }
        return std::move(found_);
    }

    const GitState& state;

  private:
    struct Folder {
        std::string path; // with '/' at its end, or empty
        ObjectId now{};
        std::vector<ObjectId> before; // in each parent; zero: it isn't there
    };
    struct IdHash {
        std::size_t operator()(const ObjectId& id) const {
            std::size_t hash;
            std::copy_n(id.data(), sizeof hash, reinterpret_cast<unsigned char*>(&hash));
            return hash;
        }
    };

    Result<Folder> root_of(const git_oid& id) const {
        const auto tree_id = [](const GitCommit& commit) {
            ObjectId tree{};
            std::copy_n(git_commit_tree_id(commit.get())->id, tree.size(), tree.begin());
            return tree;
        };
        const GitCommit commit = TRY(state.commit(id));
        Folder root{.path = {}, .now = tree_id(commit), .before = {}};
        const unsigned parents = git_commit_parentcount(commit.get());
        if (parents == 0 && state.boundary.contains(id)) return state.missing("the parent of commit", id);
        for (unsigned i = 0; i < parents; ++i) {
            const GitCommit parent = TRY(state.commit(*git_commit_parent_id(commit.get(), i)));
            root.before.push_back(tree_id(parent));
        }
        return root;
    }

    // The bytes of a tree. Those of one commit are mostly those of the next one, so they are kept for a while.
    Result<std::shared_ptr<const std::string>> read(const ObjectId& id) {
        static const auto nothing = std::make_shared<const std::string>();
        if (is_none(id)) return nothing;
        if (const auto known = trees_.find(id); known != trees_.end()) return known->second;
        if (!objects_ && git_make(objects_, git_repository_odb, state.handle.get()) != 0)
            return could_not(fmt::format("the objects of {} can't be read: {}", state.shown(), git_reason()));
        const git_oid oid = to_git(id);
        TRY_VOID(state.refuse_large("tree", oid, largest_object, objects_.get()));
        Freed<git_odb_object, git_odb_object_free> object;
        const int status = git_make(object, git_odb_read, objects_.get(), &oid);
        if (status == GIT_ENOTFOUND) return state.missing_tree("a folder of commit", commit_);
        if (status != 0 || git_odb_object_type(object.get()) != GIT_OBJECT_TREE)
            return could_not(
                fmt::format("a folder of commit {} can't be read: {}", git_id_text(commit_), git_reason()));
        const auto bytes = std::make_shared<const std::string>(
            static_cast<const char*>(git_odb_object_data(object.get())), git_odb_object_size(object.get()));
        if (kept_ + bytes->size() > most_tree_bytes) {
            trees_.clear();
            kept_ = 0;
        }
        kept_ += bytes->size();
        trees_.emplace(id, bytes);
        return bytes;
    }

    Result<void> compare_entries(const Folder& folder) {
        const auto now = TRY(read(folder.now));
        std::vector<std::shared_ptr<const std::string>> kept; // what the cursors read
        std::vector<TreeCursor> parents;
        for (const ObjectId& id : folder.before) {
            auto bytes = TRY(read(id));
            parents.emplace_back(*bytes).next();
            kept.push_back(std::move(bytes));
        }
        TreeCursor at(*now);
        while (at.next()) {
            std::vector<ObjectId> before;
            bool is_new = true, is_new_name = true;
            for (TreeCursor& parent : parents) {
                while (parent.there() && compare(parent.entry(), at.entry()) < 0) parent.next();
                const bool there = parent.there() && compare(parent.entry(), at.entry()) == 0;
                is_new_name = is_new_name && !there;
                before.push_back(there && !is_submodule(parent.entry()) ? of_entry(parent.entry()) : ObjectId{});
                is_new = is_new && before.back() != of_entry(at.entry());
            }
            if (is_new) TRY_VOID(add(folder, at.entry(), std::move(before), is_new_name));
        }
        if (at.is_good()) return {};
        return could_not(fmt::format("folder {} of commit {} was not written by git: its names are out of order, are "
                                     "there twice or hold a '/', or a type is unknown; run: git fsck",
                                     folder.path.empty() ? "/" : folder.path, git_id_text(commit_)));
    }

    Result<void> add(const Folder& folder, const TreeEntry& entry, std::vector<ObjectId> before, bool is_new_name) {
        std::string path = folder.path + std::string(entry.name);
        if (path.size() > longest_path || ++differing_ > most_new)
            return could_not(fmt::format("commit {} changes more than {} files and folders, or a path of more than {} "
                                         "bytes; remove it from the history",
                                         git_id_text(commit_), most_new, longest_path));
        if (entry.is_folder())
            pending_.push_back({std::move(path) + "/", of_entry(entry), std::move(before)});
        else if (!is_submodule(entry))
            found_.push_back({std::move(path), of_entry(entry), std::move(before), is_new_name});
        return {};
    }

    git_oid commit_{};
    Freed<git_odb, git_odb_free> objects_;
    std::unordered_map<ObjectId, std::shared_ptr<const std::string>, IdHash> trees_;
    std::size_t kept_ = 0; // bytes
    std::size_t differing_ = 0;
    std::vector<Folder> pending_;
    std::vector<CommitFile> found_;
};

Result<std::vector<std::string>> CommitFiles::all_commits(const Repository& repository) {
    struct Found {
        git_odb* objects;
        std::vector<std::string> ids;
        git_oid broken{};
    };
    Freed<git_odb, git_odb_free> objects;
    const GitState& state = *repository.state_;
    if (git_make(objects, git_repository_odb, state.handle.get()) != 0)
        return could_not(fmt::format("the objects of {} can't be read: {}", state.shown(), git_reason()));
    Found found{objects.get(), {}};
    const auto each = [](const git_oid* id, void* to) {
        Found& all = *static_cast<Found*>(to);
        std::size_t size = 0;
        git_object_t type = GIT_OBJECT_INVALID;
        all.broken = *id;
        if (stop_requested() || git_odb_read_header(&size, &type, all.objects, id) != 0) return -1;
        if (type == GIT_OBJECT_COMMIT) all.ids.push_back(git_id_text(*id));
        return 0;
    };
    if (git_odb_foreach(objects.get(), each, &found) == 0) return std::move(found.ids);
    if (stop_requested()) return could_not("interrupted while listing the objects");
    return could_not(fmt::format("object {} of {} can't be read: {}; run: git fsck", git_id_text(found.broken),
                                 state.shown(), git_reason()));
}

CommitFiles::CommitFiles(const Repository& repository) : walk_(new Walk(*repository.state_)) {}

CommitFiles::~CommitFiles() = default;

Result<std::vector<CommitFile>> CommitFiles::of(std::string_view commit) { return walk_->of(commit); }

Result<std::optional<std::string>> CommitFiles::read(const ObjectId& content) {
    const git_oid id = to_git(content);
    if (walk_->state.size_of(id) > largest_content) return std::optional<std::string>();
    const GitBlob blob = TRY(walk_->state.blob(id));
    const std::string_view bytes(static_cast<const char*>(git_blob_rawcontent(blob.get())),
                                 static_cast<std::size_t>(git_blob_rawsize(blob.get())));
    auto text = decoded_text(bytes);
    return std::optional(text ? std::move(*text) : std::string(bytes));
}

Result<void> CommitFiles::added_lines(std::string_view commit, const std::vector<CommitFile>& files,
                                      const Repository::EachAdded& each) {
    // What is new to a parent may be a file renamed since, which only the removed ones tell.
    const auto may_be_renamed = [](const CommitFile& file) {
        return std::any_of(file.before.begin(), file.before.end(), is_none);
    };
    if (std::any_of(files.begin(), files.end(), may_be_renamed)) {
        std::set<std::string_view> wanted;
        for (const CommitFile& file : files) wanted.insert(file.path);
        auto changes = TRY(changes_in(walk_->state, commit));
        for (FileChanges& one : changes)
            std::erase_if(one, [&](const auto& change) { return !wanted.contains(change.first); });
        return report_added(walk_->state, changes, commit, each);
    }
    std::vector<FileChanges> changes(files.empty() ? 1 : std::max<std::size_t>(files[0].before.size(), 1));
    for (const CommitFile& file : files)
        for (std::size_t i = 0; i < changes.size(); ++i) {
            FileChange change{file.path, to_git(file.content), std::nullopt, file.new_name};
            if (i < file.before.size()) change.before = to_git(file.before[i]);
            changes[i].emplace(file.path, std::move(change));
        }
    return report_added(walk_->state, changes, commit, each);
}

}
