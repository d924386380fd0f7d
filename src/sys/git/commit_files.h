#pragma once
#include "sys/git/repository.h"
#include <memory>

namespace fairlead::sys {

// A file that a commit adds or changes: no parent has this content at this path.
struct CommitFile {
    std::string path;
    ObjectId content{};
    std::vector<ObjectId> before; // the content at this path in each parent; zero: no file there
    bool new_name = false;        // no parent has a file at this path
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
    // Returns a content as Repository::added_lines() reads it: as text, if it is text in UTF-16. Nothing: it is larger
    // than largest_content.
    Result<std::optional<std::string>> read(const ObjectId& content);
    // As Repository::added_lines(), but only of these files of the commit.
    Result<void> added_lines(std::string_view commit, const std::vector<CommitFile>& files,
                             const Repository::EachAdded& each);

  private:
    class Walk;
    std::unique_ptr<Walk> walk_;
};

}
