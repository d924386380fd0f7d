#include "chain/reports.h"
#include "sys/files/beneath.h"
#include <algorithm>

namespace fairlead::chain {

namespace {

bool has(const Stamps& stamps, const Stamps::value_type& one) {
    const auto found = stamps.find(one.first);
    return found != stamps.end() && found->second == one.second;
}

}

Result<Stamps> report_stamps(const config::Config& config, const std::string& environment) {
    Stamps stamps;
    if (!config.present()) return stamps;
    const auto tree = TRY(sys::root_around(config.folder()));
    const auto base = tree.relative(config.folder()).value_or(".");
    for (const auto& [name, report] : config.section("gate", environment)["reports"].entries()) {
        for (const auto& pattern : report["path"].texts()) {
            for (const auto& path : TRY(sys::glob(tree, base, pattern))) {
                const auto file = tree.look(sys::Path(base) / path); // behind links, as gate reads it
                if (file.ok() && file->type == sys::FileType::file) stamps[path] = {file->modified_ns, file->size};
            }
        }
    }
    return stamps;
}

Stamps written_between(const Stamps& before, const Stamps& after) {
    Stamps written;
    for (const auto& one : after)
        if (!has(before, one)) written.insert(one);
    return written;
}

bool any_left(const Stamps& written, const Stamps& now) {
    return std::any_of(written.begin(), written.end(), [&](const auto& one) { return has(now, one); });
}

}
