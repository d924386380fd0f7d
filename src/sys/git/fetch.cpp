#include "sys/git/fetch.h"
#include "base/secrets/credentials.h"
#include "base/shell.h"
#include "base/text.h"
#include "sys/git/program.h"
#include <fmt/format.h>

namespace fairlead::sys {

Result<void> fetch(const std::string& work_tree, const std::vector<std::string>& arguments) {
    std::vector<std::string> quoted;
    for (const auto& argument : arguments) quoted.push_back(shell_word(argument));
    const auto shown = fmt::format("git -C {} fetch {}", shell_word(work_tree), join(quoted, " "));
    TRY_VOID(refuse_settings(work_tree, GitUse::fetch, shown));
    std::vector<std::string> words = {"fetch"};
    words.insert(words.end(), arguments.begin(), arguments.end() - 1);
    words.insert(words.end(), {"--", arguments.back()}); // a remote may be called like an option
    const auto done = TRY(run_git(work_tree, words, GitUse::fetch));
    register_urls_in(done.err); // git quotes the address, and the one that insteadOf makes of it
    if (done.status != 0) return could_not(fmt::format("{} failed: {}", shown, trim(done.err)));
    return {};
}

}
