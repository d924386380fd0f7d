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

// A content as it lies in a pack.
struct StoredContent {
    static constexpr std::uint32_t none = 0xffffffffu;
    std::uint32_t number = 0;  // as CommitFiles::number_of()
    std::uint32_t base = none; // it is stored as what differs from this one, handed out before
    std::size_t depth = 0;     // how many such steps there are; its base is the last one with one less
    std::span<char> bytes;     // with room for one more behind them
    const std::vector<Copied>* copied = nullptr; // from its base; null: it has none
};

// Finds what commits add or change by their trees, without reading a file. Many commits can then be passed over whose
// files are of no interest. Must not outlive the repository.
class CommitFiles {
  public:
    explicit CommitFiles(const Repository& repository);
    ~CommitFiles();
    // Returns the ids of all commits in the object database, also of those that no reference leads to (reflogs, dropped
    // stashes, rebases), in no order. Error (could_not): it can't be read.
    static Result<std::vector<std::string>> all_commits(const Repository& repository);
    // Error (could_not): a tree is missing or malformed, or more than a million files and folders differ.
    Result<std::vector<CommitFile>> of(std::string_view commit);
    // The same of two commits: what `now` has that `before` doesn't have.
    Result<std::vector<CommitFile>> between(std::string_view before, std::string_view now);
    // Returns a content as Repository::added_lines() reads it: as text, if it is text in UTF-16. Nothing: it is larger
    // than largest_content.
    Result<std::optional<std::string>> read(const ObjectId& content);
    bool has(const ObjectId& id) const; // in the object database, packed or loose
    // The bytes of a commit. Error (could_not): it is missing or damaged.
    Result<std::string> bytes_of(std::string_view commit);

    // The objects of the packs have numbers below numbers(). Others have none: those that are loose, or in a pack that
    // isn't understood here. number_of() of the same object is always the same.
    std::uint32_t numbers() const;
    std::optional<std::uint32_t> number_of(const ObjectId& id) const;
    // Hands out the contents with `wanted` numbers, each once and inflated once, a base before what is stored by it.
    // Left out are those that are damaged or larger than largest_stored: read() says what is wrong with them.
    Result<void> each_stored(const std::vector<bool>& wanted,
                             const std::function<Result<void>(const StoredContent&)>& take) const;
    static constexpr std::uint64_t largest_stored = 32u << 20;

    // As Repository::added_lines(), but only of these files of the commit.
    Result<void> added_lines(std::string_view commit, const std::vector<CommitFile>& files,
                             const Repository::EachAdded& each);
    // As Repository::added_between(), but only of these files.
    Result<void> added_between(std::string_view before, std::string_view now, const std::vector<CommitFile>& files,
                               const Repository::EachAdded& each);

  private:
    class Walk;
    std::unique_ptr<Walk> walk_;
};

}
