#include "sys/git/links.h"
#include "sys/files/beneath.h"

namespace fairlead::sys {

Result<void> refuse_outward_rules(const std::string& work_tree, const std::vector<std::string>& tracked) {
    const auto root = TRY(Root::open(work_tree));
    for (const auto& path : tracked) {
        const auto name = path.substr(path.rfind('/') + 1);
        if (name != ".gitignore" && name != ".gitattributes") continue;
        if (const auto target = root.look(path); !target.ok()) return target.error();
    }
    return {};
}

}
