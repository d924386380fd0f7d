#pragma once
#include "base/suppress.h"
#include "preflight/look.h"
#include "preflight/run.h"
#include "sys/git/repository.h"
#include <map>
#include <optional>
#include <string>

namespace fairlead::preflight {

// Reads the files that silence findings or contain sign-offs. In a foreign change (config/change.h), only lines that
// are also in the base commit count.
class Word {
  public:
    Word(const Looked& looked, const Surroundings& around);

    // null: there is no repository
    const sys::Repository* repository() const { return repository_ ? &*repository_ : nullptr; }
    Result<std::optional<std::string>> file(const std::string& path) const; // nothing: the file is absent
    // as file(), but an empty text if the file is absent
    Result<std::string> policy(const std::string& path) const;
    const Stood* base(const std::string& path); // the file at the base of a foreign change; null: the change is our own

  private:
    const Looked& looked_;
    const config::Config& config_;
    bool foreign_ = false;
    std::optional<sys::Repository> repository_;
    std::map<std::string, Stood> base_;
};

}
