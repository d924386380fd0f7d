#pragma once
#include "sys/data/json.h"
#include "sys/files/files.h"
#include <map>
#include <string>
#include <vector>

namespace fairlead::conformance {

// A case of ../shared/conformance/scan on disk: its files or, in git mode, its commits, in a scratch folder.
class Folder {
  public:
    explicit Folder(const sys::Json& one);
    std::string path() const { return folder_.path().string(); }
    std::string beside(const std::string& name) const { return (beside_.path() / name).string(); }
    // {commit1}, {short2} and the like become ids: as they are, or in upper case.
    enum class Case { as_is, upper };
    std::string with_ids(std::string text, Case letters = Case::as_is) const;

  private:
    void write(const sys::Json& files) const;
    void commit(const sys::Json& files);
    void merge(const sys::Json& merge);
    std::string git(std::vector<std::string> words) const;
    sys::TemporaryFolder folder_, beside_;
    std::vector<std::string> commits_; // the first one first
};

void write_files(const sys::Path& folder, const sys::Json& files); // name -> content; null removes the file

}
