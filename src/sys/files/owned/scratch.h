#pragma once
#include "sys/descriptor.h"
#include "sys/files/files.h"
#include <string_view>
#include <vector>

// Temporary folders that show whether a process still uses them, so that folders of killed programs can be found.
namespace fairlead::sys {

// Like a TemporaryFolder, but locked by flock(2) while this object lives.
class ScratchFolder {
  public:
    static Result<ScratchFolder> make(std::string_view prefix, const Path& parent = {}); // empty: in TMPDIR
    const Path& path() const { return folder_.path(); }
    Path held() const; // the same folder under any later name; valid only in this process

  private:
    ScratchFolder(TemporaryFolder folder, Descriptor held) : folder_(std::move(folder)), held_(std::move(held)) {}
    TemporaryFolder folder_;
    Descriptor held_;
};

// Returns the unlocked folders with this prefix that belong to us (for root: to anybody).
enum class Abandoned { listed, removed };
std::vector<Path> abandoned_scratch(std::string_view prefix, Abandoned what, const Path& parent = {});

}
