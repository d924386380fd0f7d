#pragma once
#include "sys/descriptor.h"
#include "sys/files/files.h"
#include <string>

// A folder that was opened once, where others may rename what is on its way: what is done below path() is done in that
// folder, whatever has its name by then.
namespace fairlead::sys {

class HeldFolder {
  public:
    // From / downwards; links on the way are followed where they are root's or ours. Error: usage names the link of
    // somebody else; could_not: it is not there, or is not a folder.
    static Result<HeldFolder> open(const Path& folder);
    Path path() const;                                // of this process alone; a child has other descriptors
    std::string named(const std::string& text) const; // the folder's own name in place of path()

  private:
    HeldFolder(Descriptor folder, Path name) : folder_(std::move(folder)), name_(std::move(name)) {}
    Descriptor folder_;
    Path name_;
};

Path held_path(const Descriptor& folder); // what is below it is in that very folder

}
