#include "sys/git/changed_paths.h"
#include "sys/git/pack/tree_entries.h"
#include "sys/git/state.h"
#include "sys/signals.h"
#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <unordered_map>

namespace fairlead::sys {

namespace {

constexpr std::size_t most_changed = 1'000'000; // as of TreeBounds
constexpr std::size_t most_known = 256;

}

struct ChangedPaths::Reader {
    struct Pair {         // two folders of one path, of which one may be missing
        std::string path; // with '/' at its end, or empty
        git_oid before{}, now{};
    };
    using Each = std::function<Result<Repository::More>(const std::string&)>;
    using Object = Freed<git_odb_object, git_odb_object_free>;

    const GitState& state;
    std::vector<std::string> beginnings;
    Freed<git_odb, git_odb_free> objects;
    std::vector<Pair> pending;
    std::size_t entries = 0;
    using Known = std::unordered_map<git_oid, std::string, GitIdHash, GitIdEqual>; // id to some entries, as stored
    std::map<std::string, Known, std::less<>> folders;                             // by path

    // Whether what is asked for may be this or below it; a folder's path has '/' at its end.
    bool leads_on(std::string_view path) const {
        return std::any_of(beginnings.begin(), beginnings.end(), [&](const std::string& wanted) {
            return path.starts_with(wanted) || (path.ends_with('/') && wanted.starts_with(path));
        });
    }

    // Whether everything in the folder is asked for; the root's path is empty.
    bool is_whole(std::string_view path) const {
        return std::any_of(beginnings.begin(), beginnings.end(),
                           [&](const std::string& wanted) { return path.starts_with(wanted); });
    }

    Result<Object> read(const git_oid& id, const std::string& commit) {
        Object object;
        if (git_oid_is_zero(&id)) return object;
        if (!objects && git_make(objects, git_repository_odb, state.handle.get()) != 0)
            return could_not(fmt::format("the objects of {} can't be read: {}", state.shown(), git_reason()));
        TRY_VOID(state.refuse_large("tree", id, largest_object, objects.get()));
        const int status = git_make(object, git_odb_read, objects.get(), &id);
        if (status == GIT_ENOTFOUND) {
            const auto of = TRY(state.id_of(commit));
            return state.missing_tree("a folder of commit", of);
        }
        if (status != 0 || git_odb_object_type(object.get()) != GIT_OBJECT_TREE)
            return could_not(fmt::format("a folder of commit {} can't be read: {}", commit, git_reason()));
        return object;
    }

    static std::string_view bytes_of(const Object& object) {
        if (!object) return {};
        return {static_cast<const char*>(git_odb_object_data(object.get())), git_odb_object_size(object.get())};
    }

    Error malformed(const std::string& path, const std::string& commit) const {
        return could_not(fmt::format("folder {} of commit {} was not written by git: its names are out of order, are "
                                     "there twice or hold a '/'; run: git fsck",
                                     path.empty() ? "/" : path, commit));
    }

    // The entries that lead on, of a folder on the way: kept, since the next commit's tree is mostly its parent's.
    Result<const std::string*> on_the_way(const std::string& path, const git_oid& id, const std::string& commit) {
        auto& known = folders[path];
        if (const auto found = known.find(id); found != known.end()) return &found->second;
        const Object object = TRY(read(id, commit));
        const auto bytes = bytes_of(object);
        std::string kept, full;
        TreeCursor at(bytes);
        for (const char* start = bytes.data(); at.next(); start = at.entry().id.data() + GIT_OID_RAWSZ) {
            full.assign(path).append(at.entry().name).append(at.entry().is_folder() ? "/" : "");
            if (leads_on(full)) kept.append(start, at.entry().id.data() + GIT_OID_RAWSZ);
        }
        if (!at.is_good()) return malformed(path, commit);
        if (known.size() >= most_known) known.clear();
        return &known.insert_or_assign(id, std::move(kept)).first->second;
    }

    // What differs between two entries of one name, of which one may be missing.
    Result<Repository::More> differ(const Pair& in, const TreeEntry* before, const TreeEntry* now,
                                    const std::string& commit, const Each& each) {
        const TreeEntry& any = now ? *now : *before;
        if (before && now && before->id == now->id && before->mode == now->mode) return Repository::More::yes;
        auto path = in.path + std::string(any.name) + (any.is_folder() ? "/" : "");
        if (path.size() > longest_path || ++entries > most_changed)
            return could_not(fmt::format("commit {} changes more than {} files and folders, or a path of more than {} "
                                         "bytes; remove it from the history",
                                         commit, most_changed, longest_path));
        if (!any.is_folder()) return each(path);
        Pair deeper{std::move(path), {}, {}};
        if (before) git_oid_fromraw(&deeper.before, reinterpret_cast<const unsigned char*>(before->id.data()));
        if (now) git_oid_fromraw(&deeper.now, reinterpret_cast<const unsigned char*>(now->id.data()));
        pending.push_back(std::move(deeper));
        return Repository::More::yes;
    }

    Result<Repository::More> compare_folders(const Pair& pair, const std::string& commit, const Each& each) {
        if (!is_whole(pair.path)) {
            const std::string before = *TRY(on_the_way(pair.path, pair.before, commit));
            const std::string now = *TRY(on_the_way(pair.path, pair.now, commit));
            return compare_entries(pair, before, now, commit, each);
        }
        const Object before = TRY(read(pair.before, commit)), now = TRY(read(pair.now, commit));
        return compare_entries(pair, bytes_of(before), bytes_of(now), commit, each);
    }

    Result<Repository::More> compare_entries(const Pair& pair, std::string_view old, std::string_view fresh,
                                             const std::string& commit, const Each& each) {
        TreeCursor before(old), now(fresh);
        before.next();
        now.next();
        while (before.there() || now.there()) {
            const int order = !before.there() ? 1 : !now.there() ? -1 : compare(before.entry(), now.entry());
            const auto more = TRY(differ(pair, order <= 0 ? &before.entry() : nullptr,
                                         order >= 0 ? &now.entry() : nullptr, commit, each));
            if (more == Repository::More::no) return more;
            if (order <= 0) before.next();
            if (order >= 0) now.next();
        }
        if (before.is_good() && now.is_good()) return Repository::More::yes;
        return malformed(pair.path, commit);
    }
};

ChangedPaths::ChangedPaths(const Repository& repository, std::vector<std::string> beginnings)
    : reader_(new Reader{*repository.state_, std::move(beginnings), {}, {}, 0, {}}) {
    if (reader_->beginnings.empty()) reader_->beginnings.emplace_back();
}

ChangedPaths::~ChangedPaths() = default;

Result<void> ChangedPaths::of(const HistoryCommit& commit, const Reader::Each& each) {
    const CacheOff cache_off(GIT_OBJECT_TREE);
    Reader& reader = *reader_;
    reader.pending.assign(1, {});
    reader.entries = 0;
    git_oid_fromraw(&reader.pending.front().before, commit.tree_before.data());
    git_oid_fromraw(&reader.pending.front().now, commit.tree.data());
    if (git_oid_equal(&reader.pending.front().before, &reader.pending.front().now) != 0) return {};
    while (!reader.pending.empty()) {
        if (stop_requested()) return could_not("interrupted while reading the history");
        const auto pair = std::move(reader.pending.back());
        reader.pending.pop_back();
        if (TRY(reader.compare_folders(pair, commit.id, each)) == Repository::More::no) return {};
    }
    return {};
}

}
