#pragma once
#include "sys/descriptor.h"
#include "sys/files/beneath.h"
#include <optional>

// For beneath.cpp: walks from a root to a path below it.
namespace fairlead::sys {

struct Ground {
    int folder = -1; // the root, O_PATH
    const Path& path;
    bool everything = false; // the root is the whole file system, so no path leaves it
    Root::Way way = Root::Way::kernel;
};

struct Step {
    Descriptor descriptor; // if not open, `number` has the reason
    int number = 0;        // errno; EXDEV: the path leaves the tree
    std::string link;      // the link that leaves the tree or is refused; from the root
    std::string real = {}; // by hand only: the path without links
};

// Opens with the flags of open(2), except O_CREAT. With O_NOFOLLOW the last name is not followed. Uses openat2 for
// paths without links. If openat2 refuses, walk_by_hand() decides, which checks each name of the path.
Step open_beneath(const Ground& ground, const std::string& path, int flags, Links links);
Step walk_by_hand(const Ground& ground, const std::string& path, int flags, Links links);

}
