#pragma once
#include "sys/descriptor.h"
#include "sys/files/files.h"
#include <string_view>
#include <vector>

// Temporary folders that tell whether somebody is still at work in them: what a killed program left can be found.
namespace fairlead::sys {

// As a TemporaryFolder, and held by flock(2) as long as we live.
class ScratchFolder {
  public:
    static Result<ScratchFolder> make(std::string_view prefix, const Path& parent = {}); // empty: in TMPDIR
    const Path& path() const { return folder_.path(); }
    Path held() const; // the same folder, whatever has its name by now; of this process alone

  private:
    ScratchFolder(TemporaryFolder folder, Descriptor held) : folder_(std::move(folder)), held_(std::move(held)) {}
    TemporaryFolder folder_;
    Descriptor held_;
};

// Those of that prefix that are ours (root: anybody's) and that nobody holds.
enum class Abandoned { listed, removed };
std::vector<Path> abandoned_scratch(std::string_view prefix, Abandoned what, const Path& parent = {});

}
