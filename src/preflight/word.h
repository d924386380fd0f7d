#pragma once
#include "base/suppress.h"
#include "preflight/look.h"
#include "preflight/run.h"
#include "sys/git/repository.h"
#include <map>
#include <optional>
#include <string>

namespace fairlead::preflight {

// What silences, and what is signed: the work tree's word, of a foreign change only what the base commit has as well.
class Word {
  public:
    Word(const Looked& looked, const Surroundings& around);

    const sys::Repository* repository() const { return repository_ ? &*repository_ : nullptr; } // null: there is none
    Result<std::optional<std::string>> file(const std::string& path) const; // nothing: it isn't there
    Result<std::string> policy(const std::string& path) const;              // the same; empty: it isn't there
    const Stood* base(const std::string& path); // the file at the base of a foreign change; null: the change is our own

  private:
    const Looked& looked_;
    const config::Config& config_;
    bool foreign_ = false;
    std::optional<sys::Repository> repository_;
    std::map<std::string, Stood> base_;
};

}
