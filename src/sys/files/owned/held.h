#pragma once
#include "sys/descriptor.h"
#include "sys/files/files.h"
#include <string>

// A folder that stays open. Work below path() is done in that folder, even if others rename folders on its way.
namespace fairlead::sys {

class HeldFolder {
  public:
    // Opens from / downwards. Links on the way are followed if they belong to root or to us. Error (usage): a link of
    // another user, which the message names. Error (could_not): the path doesn't exist, or is not a folder.
    static Result<HeldFolder> open(const Path& folder);
    Path path() const;                                // valid only in this process, not in a child
    std::string named(const std::string& text) const; // `text` with the folder's own name in place of path()

  private:
    HeldFolder(Descriptor folder, Path name) : folder_(std::move(folder)), name_(std::move(name)) {}
    Descriptor folder_;
    Path name_;
};

Path held_path(const Descriptor& folder); // paths below it are in exactly this folder

}
