#include "deploy/routers/install.h"
#include "base/shell.h"
#include "deploy/routers/site.h"
#include "deploy/way_back.h"
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

Result<void> check_ours(const World& world, const std::string& file, const std::string& text) {
    const auto site = TRY(site_of(world.settings));
    if (text.starts_with(site.mark + ";")) return {};
    return usage(fmt::format(
        "'{}' was not written by fairlead-deploy: it does not begin with '{}'; name another file, or remove this file",
        file, site.mark));
}

}

Result<bool> install_router(const World& world, Router& router, const std::string& file) {
    const auto text = TRY(router.render());
    const bool there = world.host.inspect(file).type != sys::FileType::absent;
    const auto before = there ? TRY(world.host.read_file(file)) : std::string();
    if (there) TRY_VOID(check_ours(world, file, before));
    TRY_VOID(router.make()); // first: the router may read the file at any time
    if (there && before == text) return false;
    TRY_VOID(world.host.write_file(file, text, 0644));
    return true;
}

Result<void> check_router(const World& world, Router& router, const std::string& file) {
    if (!file.empty()) {
        const auto text = TRY(router.render());
        const auto there = TRY(world.host.read_file(file));
        TRY_VOID(check_ours(world, file, there));
        if (there != text)
            return no(fmt::format("'{}' is not up to date; run `{} --install {}`, then reload the router", file,
                                  command_for(world.settings, "router"), shell_word(file)));
    }
    TRY_VOID(router.test(file));
    const auto runs = router.check();
    return runs.ok() ? Result<void>() : no(runs.error().message);
}

}
