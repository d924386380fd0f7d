#include "sys/files/rights.h"
#include "sys/descriptor.h"
#include <sys/xattr.h>

namespace fairlead::sys {

std::vector<Right> rights_of(const OpenFile& file, unsigned mode) {
    auto rights = rights_in(mode);
    if (::fgetxattr(file.descriptor.get(), "security.capability", nullptr, 0) > 0)
        rights.push_back({"capabilities", ""});
    return rights;
}

}
