#include "deploy/policy/smoke.h"
#include "base/printable.h"
#include "base/text.h"
#include "deploy/world.h"
#include "sys/process/process.h"
#include <fmt/format.h>

namespace fairlead::deploy {

Result<void> check_smoke(const World& world) {
    constexpr Milliseconds longest{10'000};
    constexpr int wrong_use = 2;
    const auto program = sys::tool_program("fairlead-smoke");
    if (program.find('/') == std::string::npos)
        return could_not("verify.smoke needs fairlead-smoke, which is not in the folder of fairlead-deploy or in PATH; "
                         "install it there");
    // As it will be called, at an address that nobody is asked at.
    const auto done = TRY(world.host.run(
        {.argv = {program, "--env", world.settings.environment, "--at", "127.0.0.1:1", "--explain-config"},
         .folder = world.settings.env_folder,
         .timeout = longest,
         .keep_partial = true,
         .dies_with_us = true,
         .whose = sys::Whose::ours}));
    if (done.status == 0) return {};
    const auto told = fmt::format("verify.smoke can't run: {}", printable(trim(std::string_view(done.err))));
    return done.status == wrong_use ? usage(told) : could_not(told);
}

}
