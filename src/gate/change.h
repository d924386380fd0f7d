#pragma once
#include "base/result.h"
#include "config/change.h"
#include "sys/git/repository.h"
#include <map>
#include <optional>
#include <string>
#include <vector>

// Finds the lines that a change adds to its base commit, and the files of that commit.
namespace fairlead::gate {

struct LineRange {
    int first = 1, last = 1; // both included
    bool operator==(const LineRange&) const = default;
};

struct ChangedLines {
    std::string since; // "origin/main", "pull request #7": for messages
    // The added lines of a file, as it is in the work tree.
    struct File {
        std::vector<LineRange> all;
        std::vector<LineRange> lines;        // without blank lines
        std::vector<LineRange> code;         // also without lines that can't run (code_lines.h)
        int count = 0;                       // of all lines of the file as git counts them; 0: unknown
        static constexpr int too_large = -1; // as a count: git's lines weren't read, so each line counts as added
    };
    std::map<std::string, File> files; // by path from the top of the repository
};

// A file as the commit has it where the change begins.
struct FileBefore {
    std::optional<std::string> text; // nothing: the commit has no such file, or a link or a folder in its place
    std::string damage;              // describes such a link or folder
};

struct NoteBefore {
    std::optional<std::string> text; // nothing: neither the commit nor the nearest ones before it have a note
    std::string of;                  // "origin/main", "commit 0f1e2d3c4b5a, 2 before origin/main"
};

// The commit where a change begins.
class Base {
  public:
    // Finds the commit where the work tree around `folder` left `base`. `base`: a branch, a tag or a commit; empty: the
    // base of the job's change, or without such a change the default branch. If the CI has checked out a merge of base
    // and change, the change is what the merge adds to its first parent. Error (usage): there is no repository, or the
    // base is unknown. Error (could_not): the clone lacks a commit; the message has the command that fetches it.
    static Result<Base> find(const std::string& folder, const std::string& base, const config::Change& change);

    const std::string& since() const { return since_; }     // as in ChangedLines
    Result<ChangedLines> added_lines() const;               // by the work tree
    Result<FileBefore> file(const std::string& path) const; // `path`: from the top of the repository
    // Returns the git note (git-notes(1)) of that commit, or of the nearest commit before it. Error (could_not): the
    // clone lacks the reference, refs/notes/…; the message has the command that fetches it.
    Result<NoteBefore> note(const std::string& reference) const;

  private:
    Base(sys::Repository repository, std::string commit, std::string since)
        : repository_(std::move(repository)), commit_(std::move(commit)), since_(std::move(since)) {}
    sys::Repository repository_;
    std::string commit_; // empty: everything is new
    std::string since_;
};

}
