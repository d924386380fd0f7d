#pragma once
#include "sys/files/files.h"

// Marks a file as a report that one of our tools wrote, by an extended attribute (xattr(7), user.fairlead.report). A
// checkout or a download never has this mark; a file system without attributes can't keep it.
namespace fairlead::sys {

void mark_report(const Path& path); // does nothing if the file system can't keep it
bool is_marked_report(const Path& path);

}
