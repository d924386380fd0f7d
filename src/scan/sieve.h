#pragma once
#include "base/result.h"
#include "scan/content.h"
#include "scan/survey.h"
#include "sys/git/commit_files.h"
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

namespace fairlead::scan {

// Scans the file contents that commits add, each content of the history once, and finds the few files of a commit that
// must be compared line by line with their previous content.
class Sieve {
  public:
    using Reading = scan::Reading;
    using Verdict = scan::Verdict;
    Sieve(const sys::Repository& repository, gitleaks::Detector& detector, Reading reading)
        : files_(repository), detector_(detector), reading_(reading) {}
    Result<std::vector<sys::CommitFile>> files_of(const std::string& commit) { return files_.of(commit); }
    Result<std::vector<sys::CommitFile>> files_between(const std::string& before, const std::string& now) {
        return files_.between(before, now);
    }
    Result<sys::CommitParts> parts_of(const std::string& commit) {
        const std::string bytes = TRY(files_.bytes_of(commit));
        return sys::parts_of_commit(bytes);
    }
    struct Answer {
        Verdict verdict = Verdict::clean;
        std::uint64_t bytes = 0; // of the content, if it is clean and is looked at for the first time
    };
    Result<Answer> look(const sys::CommitFile& file);
    Result<std::shared_ptr<const Content>> content_of(const sys::ObjectId& id);

    // Scans the contents of these commits (the oldest first), so that pass_over() knows most of them.
    struct Takes {
        std::function<bool(const std::string& id)> commit;
        std::function<bool(const std::string& path)> path; // false: the file isn't scanned
    };
    Result<void> survey(const std::vector<std::string>& commits, const Takes& takes);
    // Returns whether nothing in a commit is wanted, by its number among the surveyed commits; then calls `pass` for
    // its files.
    using Pass = std::function<Result<void>(const std::string& path, Answer answer)>;
    Result<bool> pass_over(std::size_t commit, const Pass& pass);

    // Like sys::Repository::added_lines(), for these files of the commit.
    Result<void> added_lines(const std::string& commit, const std::vector<sys::CommitFile>& files,
                             const sys::Repository::EachAdded& each) {
        return files_.added_lines(commit, files, each);
    }
    Result<void> added_between(const std::string& before, const std::string& now,
                               const std::vector<sys::CommitFile>& files, const sys::Repository::EachAdded& each) {
        return files_.added_between(before, now, files, each);
    }

  private:
    using Contents = std::map<sys::ObjectId, std::shared_ptr<const Content>>;
    Result<void> all_are_there(const std::map<std::string, sys::ObjectId>& missing); // by path
    Answer answer_of(Survey::Verdict verdict, std::uint32_t number);
    sys::CommitFiles files_;
    gitleaks::Detector& detector_;
    Reading reading_;
    Contents contents_; // recently read contents, because the next commits mostly change the same files
    std::uint64_t kept_ = 0;
    // Key: the content, the previous content, and the path if a rule is for certain files.
    std::map<std::tuple<sys::ObjectId, sys::ObjectId, std::string>, Verdict> known_;

    struct Walked { // the entries of a commit
        std::uint32_t begin, end;
    };
    struct Entry {
        std::uint32_t path, content; // numbers
    };
    struct Path {
        std::string text;
        bool is_taken;
    };
    std::optional<Survey> survey_;
    std::vector<Walked> walked_;
    std::vector<Entry> entries_;
    std::vector<Path> paths_;
    std::vector<bool> counted_; // contents, by number
};

}
