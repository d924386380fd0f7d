#pragma once
#include "base/result.h"
#include "scan/gitleaks/detector.h"
#include "sys/git/commit_files.h"
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

namespace fairlead::scan {

// Looks at each content of a history once, and tells the few files of a commit that have to be compared with what was
// there before.
class Sieve {
  public:
    struct Reading {
        bool bytes = true;    // contents that aren't text are scanned, too
        bool archives = true; // archives are unpacked
    };
    enum class Verdict { clean, binary, wanted }; // binary: clean, and no text
    Sieve(const sys::Repository& repository, gitleaks::Detector& detector, Reading reading)
        : files_(repository), detector_(detector), reading_(reading) {}
    Result<std::vector<sys::CommitFile>> files_of(const std::string& commit) { return files_.of(commit); }
    struct Answer {
        Verdict verdict = Verdict::clean;
        std::uint64_t bytes = 0; // of the content, if it is clean and is looked at for the first time
    };
    Result<Answer> look(const sys::CommitFile& file);
    // As sys::Repository::added_lines(), of these files of the commit.
    Result<void> added_lines(const std::string& commit, const std::vector<sys::CommitFile>& files,
                             const sys::Repository::EachAdded& each) {
        return files_.added_lines(commit, files, each);
    }

  private:
    struct Text {
        std::string content; // empty if it is too large
        bool is_too_large = false, is_archive = false;
        bool is_text = true; // for git
    };
    using Texts = std::map<sys::ObjectId, std::shared_ptr<const Text>>;
    Result<std::shared_ptr<const Text>> text_of(const sys::ObjectId& id);
    static bool can_be_compared(const Text& text);
    Result<Verdict> judge(const Text& now, const Text* before, const std::string& path);
    sys::CommitFiles files_;
    gitleaks::Detector& detector_;
    Reading reading_;
    Texts texts_; // what was read last, as the next commits mostly change the same files
    std::uint64_t kept_ = 0;
    // By content, the one before, and the path if a rule is for certain files.
    std::map<std::tuple<sys::ObjectId, sys::ObjectId, std::string>, Verdict> known_;
};

}
