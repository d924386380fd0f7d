#include "sys/files/mark.h"
#include <sys/xattr.h>

namespace fairlead::sys {

namespace {

constexpr const char* attribute = "user.fairlead.report";

}

void mark_report(const Path& path) { (void)::setxattr(path.c_str(), attribute, "1", 1, 0); }

bool is_marked_report(const Path& path) { return ::getxattr(path.c_str(), attribute, nullptr, 0) >= 0; }

}
