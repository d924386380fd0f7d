#include "cli/confirm.h"
#include "base/shell.h"
#include "base/text.h"
#include "sys/files/terminal.h"
#include "sys/signals.h"
#include <fmt/format.h>

namespace fairlead::cli {
namespace {

Result<void> ask(const Context& context, std::string_view act) {
    const auto& name = context.environment;
    const auto wanted = fmt::format("environment {} is production, and this {}; to confirm, say --confirm {}", name,
                                    act, shell_word(name));
    if (context.platform != sys::Platform::terminal || !sys::someone_answers()) return usage(wanted);
    const std::string typed =
        sys::ask(fmt::format("this {}; to go on, type the environment's name, {}: ", act, name)).value_or("");
    if (sys::stop_requested()) return could_not("interrupted before it was confirmed; nothing was done");
    if (trim(typed) == name) return {};
    return usage(fmt::format("not confirmed; {}", wanted));
}

}

Result<void> confirm(const Context& context, std::string_view act) {
    return confirm(context, context.config.profile(context.environment), act);
}

Result<void> confirm(const Context& context, config::Profile profile, std::string_view act) {
    if (!context.confirm.empty() || context.dry_run || profile != config::Profile::production) return {};
    return ask(context, act);
}

}
