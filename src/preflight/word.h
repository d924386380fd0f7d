#pragma once
#include "preflight/look.h"
#include "preflight/run.h"
#include "sys/git/repository.h"
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace fairlead::preflight {

// What silences, and what is signed: the work tree's word, of a foreign change only what the base commit has as well.
class Word {
  public:
    Word(const Looked& looked, const Surroundings& around);

    const sys::Repository* repository() const { return repository_ ? &*repository_ : nullptr; } // null: there is none
    Result<std::optional<std::string>> file(const std::string& path) const; // nothing: it isn't there
    Result<std::string> policy(const std::string& path) const;              // the same; empty: it isn't there
    bool counts(const std::string& path, std::string_view line);            // a comment of this line

  private:
    const Looked& looked_;
    const config::Config& config_;
    bool foreign_ = false;
    std::optional<sys::Repository> repository_;
    std::map<std::string, std::set<std::string, std::less<>>> base_lines_;
};

}
