#pragma once
#include "sys/descriptor.h"
#include "sys/files/beneath.h"
#include <optional>

// The way from a root to one of its paths, for beneath.cpp.
namespace fairlead::sys {

struct Ground {
    int folder = -1; // the root, O_PATH
    const Path& path;
    bool everything = false; // no way leads out
    Root::Way way = Root::Way::kernel;
};

struct Step {
    Descriptor descriptor; // not open: `number` says why
    int number = 0;        // errno; EXDEV: the way leaves the tree
    std::string link;      // that leaves it, or is refused; from the root
    std::string real = {}; // by hand only: the path without links
};

// Opens with the flags of open(2), O_CREAT excepted; with O_NOFOLLOW the last name is not followed. By openat2
// where no link lies on the way; what that refuses is judged by hand, which knows each name that it goes through.
Step open_beneath(const Ground& ground, const std::string& path, int flags, Links links);
Step walk_by_hand(const Ground& ground, const std::string& path, int flags, Links links);

}
