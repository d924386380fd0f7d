#pragma once
#include "sys/descriptor.h"
#include "sys/files/files.h"
#include <string>

// A folder that is kept open. Paths below path() stay in that folder, even if others rename it or folders above it.
namespace fairlead::sys {

class HeldFolder {
  public:
    // Opens from / downwards. Links on the way are followed if they belong to root or to us. Error (usage): a link of
    // another user, which the message names. Error (could_not): the path doesn't exist, or is not a folder.
    static Result<HeldFolder> open(const Path& folder);
    Path path() const;                                // valid only in this process, not in its children
    std::string named(const std::string& text) const; // replaces path() in `text` by the folder's real path

  private:
    HeldFolder(Descriptor folder, Path name) : folder_(std::move(folder)), name_(std::move(name)) {}
    Descriptor folder_;
    Path name_;
};

Path held_path(const Descriptor& folder); // paths below it are in exactly this folder

}
