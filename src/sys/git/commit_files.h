#pragma once
#include "sys/git/pack/delta.h"
#include "sys/git/repository.h"
#include <memory>
#include <span>

namespace fairlead::sys {

// A file that a commit adds or changes: no parent has this content at this path.
struct CommitFile {
    std::string path;
    ObjectId content{};
    std::vector<ObjectId> before; // the content at this path in each parent; zero: no file there
    bool new_name = false;        // no parent has a file at this path
};

// The content of a file, from a pack.
struct StoredContent {
    static constexpr std::uint32_t none = 0xffffffffu;
    std::uint32_t number = 0; // as CommitFiles::number_of()
    // number of the content that it is stored as a delta of, which was passed before; none: it is not a delta
    std::uint32_t base = none;
    // number of deltas down to a whole object; the base is the last passed content with depth - 1
    std::size_t depth = 0;
    std::span<char> bytes;                       // one more byte may be written after them
    const std::vector<Copied>* copied = nullptr; // the parts copied from the base; null: no base
};

// Finds the files that commits add or change by comparing trees, without reading files, so that commits without
// interesting files can be skipped quickly. Must not outlive the repository.
class CommitFiles {
  public:
    explicit CommitFiles(const Repository& repository);
    ~CommitFiles();
    // Returns the ids of all commits in the object database, in no order, also of unreachable commits (reflogs, dropped
    // stashes, rebases). Error (could_not): the database can't be read.
    static Result<std::vector<std::string>> all_commits(const Repository& repository);
    // Error (could_not): a tree is missing or malformed, or more than a million files and folders differ.
    Result<std::vector<CommitFile>> of(std::string_view commit);
    // Returns the files of `now` that `before` doesn't have with the same content.
    Result<std::vector<CommitFile>> between(std::string_view before, std::string_view now);
    // Returns a file's content as Repository::added_lines() reads it: UTF-16 is converted. Nothing: it is larger than
    // largest_content.
    Result<std::optional<std::string>> read(const ObjectId& content);
    bool has(const ObjectId& id) const; // whether the object database has the object, packed or loose
    // Returns the bytes of a commit. Error (could_not): it is missing or damaged.
    Result<std::string> bytes_of(std::string_view commit);

    // Packed objects have fixed numbers below numbers(). Loose objects, and objects of packs that PackFile can't read,
    // have no number.
    std::uint32_t numbers() const;
    std::optional<std::uint32_t> number_of(const ObjectId& id) const;
    // Calls `take` once for each content with a `wanted` number, a base before its deltas, so that each is inflated
    // only once. Contents that are damaged or larger than largest_stored are left out; read() reports what is wrong
    // with them.
    Result<void> each_stored(const std::vector<bool>& wanted,
                             const std::function<Result<void>(const StoredContent&)>& take) const;
    static constexpr std::uint64_t largest_stored = 32u << 20;

    // Like Repository::added_lines(), but only for these files of the commit.
    Result<void> added_lines(std::string_view commit, const std::vector<CommitFile>& files,
                             const Repository::EachAdded& each);
    // Like Repository::added_between(), but only for these files.
    Result<void> added_between(std::string_view before, std::string_view now, const std::vector<CommitFile>& files,
                               const Repository::EachAdded& each);

  private:
    class Walk;
    std::unique_ptr<Walk> walk_;
};

}
