#pragma once
// Only for the files of sys/git: it brings libgit2.
#include "sys/freed.h"
#include "sys/git/repository.h"
#include <cstring>
#include <git2.h>
#include <map>
#include <unordered_set>

namespace fairlead::sys {

using GitTree = Freed<git_tree, git_tree_free>;
using GitCommit = Freed<git_commit, git_commit_free>;
using GitObject = Freed<git_object, git_object_free>;
using GitBlob = Freed<git_blob, git_blob_free>;
using GitIndex = Freed<git_index, git_index_free>;
using GitDiff = Freed<git_diff, git_diff_free>;

// Calls one of libgit2's makers and owns what it made: git_make(tree, git_tree_lookup, repository, &id)
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
std::string without_slash(const char* path); // at its end
std::string git_reason();                    // libgit2's last one

constexpr std::uint64_t largest_object = 64u << 20; // of a commit or a tree

// Objects that are read once need no place in libgit2's cache. 4096 bytes is its limit for them otherwise.
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
    GitIds boundary; // commits of a shallow clone whose parents were not fetched

    std::string shown() const; // for messages
    Result<git_oid> id_of(std::string_view text) const;
    Result<GitCommit> commit(const git_oid& id) const;
    Result<std::string> bytes_of_commit(const git_oid& id) const; // all of them: libgit2's own text ends at a NUL
    Result<GitTree> tree_of(std::string_view commit) const;
    Result<GitTree> tree(const git_oid& id, const git_oid& commit) const; // of that commit
    // As stored, unread; 0 where it is missing. Whoever asks often brings the objects.
    std::uint64_t size_of(const git_oid& id, git_odb* objects = nullptr) const;
    Result<void> refuse_large(std::string_view what, const git_oid& id, std::uint64_t limit,
                              git_odb* objects = nullptr) const;
    Result<GitBlob> blob(const git_oid& id) const;
    Result<GitIndex> index() const;
    Result<std::vector<std::string>> paths_in_index(bool (*wanted)(const git_index_entry&)) const; // sorted
    // By the remote's name. Read as configuration: libgit2's own calls for remotes leak before 1.6 (its pull request
    // 6382).
    std::map<std::string, std::string, std::less<>> remote_urls() const;
    std::string remote() const;
    std::string fetch_command(const git_oid& missing) const; // that brings a commit
    std::string damage(const std::string& id) const;         // damage_of()
    Error missing(std::string_view what, const git_oid& id) const;
    Error missing_tree(std::string_view what, const git_oid& commit) const; // as in partial clones
    std::optional<std::string> setting(const std::string& key) const;       // of git's configuration
    std::vector<std::string> settings(const std::string& key) const;        // all of a key that may stand often
};

}
