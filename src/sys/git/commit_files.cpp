#include "sys/git/commit_files.h"
#include "sys/encoding.h"
#include "sys/git/changes_of_files.h"
#include "sys/git/pack/pack_reader.h"
#include "sys/git/pack/packed_blobs.h"
#include "sys/git/pack/tree_entries.h"
#include "sys/signals.h"
#include <algorithm>
#include <fmt/format.h>
#include <set>
#include <unordered_map>
#include <unordered_set>

namespace fairlead::sys {
namespace {

constexpr std::size_t most_new = 1'000'000;                                // as of TreeBounds
constexpr std::size_t kept_of_packs = 20u << 20, kept_of_walk = 48u << 20; // bytes of objects of packs
constexpr std::size_t most_tree_bytes = 8u << 20;                          // of others that are kept
constexpr std::size_t most_ids = 100'000;                                  // that are kept: 6 MB

ObjectId to_id(std::string_view raw) {
    ObjectId id{};
    std::copy_n(raw.begin(), id.size(), reinterpret_cast<char*>(id.data()));
    return id;
}
ObjectId to_id(const git_oid& id) {
    ObjectId result{};
    std::copy_n(std::begin(id.id), result.size(), result.begin());
    return result;
}

// What libgit2 keeps of packs and objects; its own limits are gigabytes.
void limit_libgit2() {
    constexpr std::size_t window = 4u << 20, mapped = 32u << 20;
    constexpr ssize_t cached = 24 << 20;
    git_libgit2_opts(GIT_OPT_SET_MWINDOW_SIZE, window);
    git_libgit2_opts(GIT_OPT_SET_MWINDOW_MAPPED_LIMIT, mapped);
    git_libgit2_opts(GIT_OPT_SET_CACHE_MAX_SIZE, cached);
}

// The tree and the parents of a commit (git-hash-object(1)).
struct Descent {
    ObjectId tree{};
    std::vector<ObjectId> parents;
};

// Nothing: the bytes don't begin as git writes a commit; libgit2 says what it makes of it.
std::optional<Descent> parse_descent(std::string_view bytes) {
    const auto take = [&](std::string_view name) -> std::optional<ObjectId> {
        const std::size_t size = name.size() + GIT_OID_HEXSZ + 1;
        git_oid id;
        if (!bytes.starts_with(name) || bytes.size() < size || bytes[size - 1] != '\n' ||
            git_oid_fromstrn(&id, bytes.data() + name.size(), GIT_OID_HEXSZ) != 0)
            return std::nullopt;
        bytes.remove_prefix(size);
        return to_id(id);
    };
    const auto tree = take("tree ");
    if (!tree) return std::nullopt;
    Descent descent{*tree, {}};
    while (const auto parent = take("parent ")) descent.parents.push_back(*parent);
    return bytes.starts_with("author ") ? std::optional(std::move(descent)) : std::nullopt;
}

// Its files are elsewhere.
bool is_submodule(const TreeEntry& entry) { return entry.mode.size() == 6 && entry.mode.starts_with("16"); }

}

class CommitFiles::Walk {
  public:
    explicit Walk(const GitState& its_state)
        : state(its_state), packs(packs_of(Path(git_repository_commondir(its_state.handle.get())) / "objects")),
          reader(packs, kept_of_walk) {
        limit_libgit2();
        state.read_soon = [this](const git_oid& id, std::string& bytes) {
            const auto packed = reader.read(to_id(id), largest_object);
            const bool is_commit = packed && packed->kind == PackEntry::Kind::commit;
            if (is_commit) bytes = packed->bytes->view();
            return is_commit;
        };
        for (const PackFile& pack : packs) {
            first_numbers.push_back(numbers);
            numbers += pack.count();
        }
    }

    Walk(const Walk&) = delete;
    Walk& operator=(const Walk&) = delete;
    ~Walk() { state.read_soon = {}; }

    Result<std::vector<CommitFile>> of(std::string_view commit) {
        const CacheOff cache_off(GIT_OBJECT_TREE); // trees_ keeps them
        asked_.clear();
        commit_ = TRY(state.id_of(commit));
        Folder root = TRY(root_of(commit_));
        TRY_VOID(compare_roots(std::move(root)));
        asked_ = commit;
        return std::move(found_);
    }

    Result<std::vector<CommitFile>> between(std::string_view before, std::string_view now) {
        const CacheOff cache_off(GIT_OBJECT_TREE);
        asked_.clear();
        commit_ = TRY(state.id_of(now));
        const git_oid base = TRY(state.id_of(before));
        const Descent of_now = TRY(descent_of(commit_)), of_base = TRY(descent_of(base));
        TRY_VOID(compare_roots({.path = {}, .now = of_now.tree, .before = {of_base.tree}}));
        return std::move(found_);
    }

    // Whether the commit may have renamed a file: one is gone, or it has several parents.
    Result<bool> may_rename_in(std::string_view commit) {
        if (asked_ != commit) TRY_VOID(of(commit));
        return is_gone_;
    }

    const GitState& state;
    std::vector<PackFile> packs;
    std::vector<std::uint32_t> first_numbers; // by pack
    std::uint32_t numbers = 0;
    PackReader reader;

    bool has(const ObjectId& id) {
        if (!objects_ && git_make(objects_, git_repository_odb, state.handle.get()) != 0) return false;
        const git_oid oid = to_git(id);
        return git_odb_exists(objects_.get(), &oid) == 1;
    }

  private:
    struct Folder {
        std::string path; // with '/' at its end, or empty
        ObjectId now{};
        std::vector<ObjectId> before; // in each parent; zero: it isn't there
    };
    using Bytes = std::shared_ptr<const Buffer>;

    Result<void> compare_roots(Folder root) {
        differing_ = 0;
        is_gone_ = root.before.size() > 1;
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
        return {};
    }

    Result<Folder> root_of(const git_oid& id) {
        const Descent commit = TRY(descent_of(id));
        if (commit.parents.empty() && state.boundary.contains(id)) return state.missing("the parent of commit", id);
        Folder root{.path = {}, .now = commit.tree, .before = {}};
        for (const ObjectId& parent : commit.parents) {
            if (!roots_.contains(parent)) TRY_VOID(descent_of(to_git(parent)));
            root.before.push_back(roots_[parent]);
        }
        return root;
    }

    Result<Descent> descent_of(const git_oid& id) {
        auto descent = std::optional<Descent>();
        const auto packed = reader.read(to_id(id), largest_object);
        if (packed && packed->kind == PackEntry::Kind::commit) descent = parse_descent(packed->bytes->view());
        if (!descent) {
            const GitCommit commit = TRY(state.commit(id));
            descent = Descent{to_id(*git_commit_tree_id(commit.get())), {}};
            for (unsigned i = 0; i < git_commit_parentcount(commit.get()); ++i)
                descent->parents.push_back(to_id(*git_commit_parent_id(commit.get(), i)));
        }
        if (roots_.size() > most_ids) roots_.clear();
        roots_[to_id(id)] = descent->tree;
        return std::move(*descent);
    }

    // The bytes of a tree. Those of one commit are mostly those of the next one, so they are kept for a while.
    Result<Bytes> read(const ObjectId& id) {
        static const auto nothing = std::make_shared<const Buffer>(0);
        if (is_none(id)) return nothing;
        if (const auto packed = reader.read(id, largest_object); packed && packed->kind == PackEntry::Kind::tree)
            return packed->bytes;
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
        Buffer buffer(git_odb_object_size(object.get()));
        std::copy_n(static_cast<const char*>(git_odb_object_data(object.get())), buffer.size(), buffer.bytes().data());
        const auto bytes = std::make_shared<const Buffer>(std::move(buffer));
        if (kept_ + bytes->size() > most_tree_bytes) {
            trees_.clear();
            kept_ = 0;
        }
        kept_ += bytes->size();
        trees_.emplace(id, bytes);
        return bytes;
    }

    // Whether the folder is one as git writes it; each is looked through once.
    bool is_good(const ObjectId& id, std::string_view bytes) {
        if (good_.contains(id)) return true;
        TreeCursor at(bytes);
        while (at.next()) {
        }
        if (!at.is_good()) return false;
        if (good_.size() > most_ids) good_.clear();
        good_.insert(id);
        return true;
    }

    Result<void> compare_entries(const Folder& folder) {
        const Bytes now = TRY(read(folder.now));
        std::vector<Bytes> kept; // what the cursors read
        std::vector<TreeCursor> parents;
        if (!is_good(folder.now, now->view()))
            return could_not(fmt::format("folder {} of commit {} was not written by git: its names are out of order, "
                                         "are there twice or hold a '/', or a type is unknown; run: git fsck",
                                         folder.path.empty() ? "/" : folder.path, git_id_text(commit_)));
        for (const ObjectId& id : folder.before) {
            Bytes bytes = TRY(read(id));
            const bool is_known = is_none(id) || is_good(id, bytes->view());
            parents.emplace_back(bytes->view(), is_known ? TreeCursor::Checks::none : TreeCursor::Checks::all).next();
            kept.push_back(std::move(bytes));
        }
        TreeCursor at(now->view(), TreeCursor::Checks::none);
        while (at.next()) {
            if (parents.size() == 1 && parents[0].there() && parents[0].entry() == at.entry()) {
                parents[0].next();
                continue;
            }
            std::vector<ObjectId> before;
            bool is_new = true, is_new_name = true;
            for (TreeCursor& parent : parents) {
                for (; parent.there() && compare(parent.entry(), at.entry()) < 0; parent.next()) is_gone_ = true;
                const bool there = parent.there() && compare(parent.entry(), at.entry()) == 0;
                is_new_name = is_new_name && !there;
                before.push_back(there && !is_submodule(parent.entry()) ? to_id(parent.entry().id) : ObjectId{});
                is_new = is_new && before.back() != to_id(at.entry().id);
            }
            if (is_new) TRY_VOID(add(folder, at.entry(), std::move(before), is_new_name));
        }
        for (const TreeCursor& parent : parents) is_gone_ |= parent.there();
        return {};
    }

    Result<void> add(const Folder& folder, const TreeEntry& entry, std::vector<ObjectId> before, bool is_new_name) {
        std::string path = folder.path + std::string(entry.name);
        if (path.size() > longest_path || ++differing_ > most_new)
            return could_not(fmt::format("commit {} changes more than {} files and folders, or a path of more than {} "
                                         "bytes; remove it from the history",
                                         git_id_text(commit_), most_new, longest_path));
        if (entry.is_folder())
            pending_.push_back({std::move(path) + "/", to_id(entry.id), std::move(before)});
        else if (!is_submodule(entry))
            found_.push_back({std::move(path), to_id(entry.id), std::move(before), is_new_name});
        return {};
    }

    git_oid commit_{};
    Freed<git_odb, git_odb_free> objects_;
    std::unordered_map<ObjectId, Bytes, IdHash> trees_;    // that are in no pack
    std::unordered_map<ObjectId, ObjectId, IdHash> roots_; // of commits
    std::unordered_set<ObjectId, IdHash> good_;            // trees
    std::size_t kept_ = 0;                                 // bytes
    std::size_t differing_ = 0;
    bool is_gone_ = false;
    std::string asked_; // the last commit, if all of it was looked at
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

Result<std::vector<CommitFile>> CommitFiles::between(std::string_view before, std::string_view now) {
    return walk_->between(before, now);
}

namespace {

std::string as_text(std::string_view bytes) {
    auto text = decoded_text(bytes);
    return text ? std::move(*text) : std::string(bytes);
}

}

Result<std::optional<std::string>> CommitFiles::read(const ObjectId& content) {
    const auto packed = walk_->reader.read(content, largest_stored);
    if (packed && packed->kind == PackEntry::Kind::blob) return std::optional(as_text(packed->bytes->view()));
    const git_oid id = to_git(content);
    if (walk_->state.size_of(id) > largest_content) return std::optional<std::string>();
    const GitBlob blob = TRY(walk_->state.blob(id));
    return std::optional(as_text({static_cast<const char*>(git_blob_rawcontent(blob.get())),
                                  static_cast<std::size_t>(git_blob_rawsize(blob.get()))}));
}

bool CommitFiles::has(const ObjectId& id) const {
    if (number_of(id)) return true;
    return walk_->has(id);
}

Result<std::string> CommitFiles::bytes_of(std::string_view commit) {
    const git_oid id = TRY(walk_->state.id_of(commit));
    const auto packed = walk_->reader.read(to_id(id), largest_object);
    if (packed && packed->kind == PackEntry::Kind::commit) return std::string(packed->bytes->view());
    TRY_VOID(walk_->state.commit(id));
    return walk_->state.bytes_of_commit(id);
}

std::uint32_t CommitFiles::numbers() const { return walk_->numbers; }

std::optional<std::uint32_t> CommitFiles::number_of(const ObjectId& id) const {
    for (std::size_t i = 0; i < walk_->packs.size(); ++i)
        if (const auto place = walk_->packs[i].find(id)) return walk_->first_numbers[i] + *place;
    return std::nullopt;
}

Result<void> CommitFiles::each_stored(const std::vector<bool>& wanted,
                                      const std::function<Result<void>(const StoredContent&)>& take) const {
    walk_->reader.keep_at_most(kept_of_packs); // there is no walk any more that goes from each tree to the next one
    for (std::size_t i = 0; i < walk_->packs.size(); ++i) {
        const PackFile& pack = walk_->packs[i];
        const auto begin = wanted.begin() + walk_->first_numbers[i];
        const std::vector<bool> of_pack(begin, begin + pack.count());
        PackedBlobs blobs(pack, of_pack, {.most = largest_stored, .most_kept = kept_of_packs});
        TRY_VOID(blobs.each([&](const PackedBlob& blob) {
            StoredContent content{.number = walk_->first_numbers[i] + blob.place, .depth = blob.depth};
            content.bytes = blob.bytes;
            content.copied = blob.copied;
            if (blob.copied) content.base = walk_->first_numbers[i] + blob.base;
            return take(content);
        }));
    }
    return {};
}

Result<void> CommitFiles::added_lines(std::string_view commit, const std::vector<CommitFile>& files,
                                      const Repository::EachAdded& each) {
    bool is_renamed = may_be_renamed(files);
    if (is_renamed) is_renamed = TRY(walk_->may_rename_in(commit));
    if (!is_renamed) return report_added(walk_->state, changes_of_files(files), commit, each);
    auto changes = TRY(changes_in(walk_->state, commit));
    return report_added(walk_->state, only_of_files(std::move(changes), files), commit, each);
}

Result<void> CommitFiles::added_between(std::string_view before, std::string_view now,
                                        const std::vector<CommitFile>& files, const Repository::EachAdded& each) {
    if (!may_be_renamed(files)) return report_added(walk_->state, changes_of_files(files), now, each);
    auto changes = TRY(changes_between(walk_->state, before, now));
    return report_added(walk_->state, only_of_files({std::move(changes)}, files), now, each);
}

}
