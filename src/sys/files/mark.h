#pragma once
#include "sys/files/files.h"

// A file carries in an attribute of its own (xattr(7), user.fairlead.report) that one of our tools wrote it as a
// report. No checkout and no download brings that along; a file system without attributes has no mark.
namespace fairlead::sys {

void mark_report(const Path& path); // nothing where that can't be
bool is_marked_report(const Path& path);

}
