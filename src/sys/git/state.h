#pragma once
// Declarations for the files of sys/git only: includes libgit2.
#include "sys/freed.h"
#include "sys/git/repository.h"
#include <cstring>
#include <functional>
#include <git2.h>
#include <map>
#include <optional>
#include <unordered_set>

namespace fairlead::sys {

using GitTree = Freed<git_tree, git_tree_free>;
using GitCommit = Freed<git_commit, git_commit_free>;
using GitObject = Freed<git_object, git_object_free>;
using GitBlob = Freed<git_blob, git_blob_free>;
using GitIndex = Freed<git_index, git_index_free>;
using GitDiff = Freed<git_diff, git_diff_free>;

// Calls one of libgit2's functions that make an object, and owns that object: git_make(tree, git_tree_lookup,
// repository, &id)
template <typename Owner, typename Function, typename... Arguments>
int git_make(Owner& owner, Function function, Arguments... arguments) {
    typename Owner::pointer made = nullptr;
    const int status = function(&made, arguments...);
    if (status == 0) owner.reset(made);
    return status;
}

struct GitIdHash {
    std::size_t operator()(const git_oid& id) const {
        std::size_t hash;
        std::memcpy(&hash, id.id, sizeof hash);
        return hash;
    }
};
struct GitIdEqual {
    bool operator()(const git_oid& a, const git_oid& b) const { return git_oid_equal(&a, &b) != 0; }
};
using GitIds = std::unordered_set<git_oid, GitIdHash, GitIdEqual>;

std::string git_id_text(const git_oid& id);
std::string without_slash(const char* path); // removes the '/' at the end
std::string git_reason();                    // libgit2's last error message

constexpr std::uint64_t largest_object = 64u << 20; // bytes of a commit or a tree

// While this object lives, libgit2's cache keeps no objects of this type, because objects that are read once need no
// cache. Otherwise the cache keeps objects up to 4096 bytes.
struct CacheOff {
    explicit CacheOff(git_object_t its_type) : type(its_type) {
        git_libgit2_opts(GIT_OPT_SET_CACHE_OBJECT_LIMIT, type, std::size_t{0});
    }
    ~CacheOff() { git_libgit2_opts(GIT_OPT_SET_CACHE_OBJECT_LIMIT, type, std::size_t{4096}); }
    CacheOff(const CacheOff&) = delete;
    CacheOff& operator=(const CacheOff&) = delete;
    git_object_t type;
};

struct GitState {
    Freed<git_repository, git_repository_free> handle;
    GitIds boundary; // commits of a shallow clone whose parents are missing
    // Reads a commit faster than libgit2; false: use libgit2. Set only while a CommitFiles exists.
    mutable std::function<bool(const git_oid& id, std::string& bytes)> read_soon = {};

    std::string shown() const; // for messages
    Result<git_oid> id_of(std::string_view text) const;
    Result<GitCommit> commit(const git_oid& id) const;
    // the whole commit; libgit2's own text would end at a NUL
    Result<std::string> bytes_of_commit(const git_oid& id) const;
    Result<GitTree> tree_of(std::string_view commit) const;
    // `commit`: the commit that has the tree, for messages
    Result<GitTree> tree(const git_oid& id, const git_oid& commit) const;
    // Returns the stored size without reading the object; 0 if it is missing. For many calls, pass `objects`.
    std::uint64_t size_of(const git_oid& id, git_odb* objects = nullptr) const;
    Result<void> refuse_large(std::string_view what, const git_oid& id, std::uint64_t limit,
                              git_odb* objects = nullptr) const;
    Result<GitBlob> blob(const git_oid& id) const;
    Result<GitIndex> index() const;
    Result<void> require_index(const std::optional<std::string>& head) const; // Repository::require_index()
    Result<std::vector<std::string>> paths_in_index(bool (*wanted)(const git_index_entry&)) const; // sorted
    // Returns the remotes' URLs by name. Read as configuration, because libgit2's own functions for remotes leak memory
    // before 1.6 (its pull request 6382).
    std::map<std::string, std::string, std::less<>> remote_urls() const;
    std::string remote() const;
    std::string fetch_command() const;               // the git command that fetches missing objects
    std::string damage(const std::string& id) const; // damage_of()
    Error missing(std::string_view what, const git_oid& id) const;
    Error missing_tree(std::string_view what, const git_oid& commit) const; // for a missing tree, as in partial clones
    std::optional<std::string> setting(const std::string& key) const;       // a value of git's configuration
    // all values of a key that may occur several times
    std::vector<std::string> settings(const std::string& key) const;
};

}
