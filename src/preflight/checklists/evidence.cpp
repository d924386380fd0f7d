#include "preflight/checklists/evidence.h"
#include "base/printable.h"
#include "base/text.h"
#include "report/kept.h"
#include "sys/environment.h"
#include "sys/process/process.h"
#include "sys/signals.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::preflight {

namespace {

// What was meant for us alone, and what would make another tool act or write, is not handed on.
std::vector<std::string> variables_for_look() {
    auto variables = sys::child_environment(sys::Environment::of_process(), sys::Child::step);
    std::erase_if(variables, [](const std::string& variable) {
        constexpr std::string_view ours[] = {
            "FAIRLEAD_COMMAND=", "FAIRLEAD_OUTPUT=", "FAIRLEAD_FORMAT=", "FAIRLEAD_CONFIRM=",
            "FAIRLEAD_ENV=",     "FAIRLEAD_CONFIG=", "GITHUB_OUTPUT=",   "GITHUB_STEP_SUMMARY="};
        return std::any_of(std::begin(ours), std::end(ours), [&](auto name) { return variable.starts_with(name); });
    });
    return variables;
}

std::string last_lines(const std::string& text) {
    constexpr std::size_t shown = 5;
    auto lines = split(trim(std::string_view(text)), '\n');
    if (lines.size() > shown) lines.erase(lines.begin(), lines.end() - shown);
    return printable(join(lines, "\n"));
}

}

std::vector<std::string> words_of(const std::vector<std::string>& command, const Asking& asking) {
    std::vector<std::string> words = command;
    words[0] = sys::tool_program(command[0]);
    const bool has_word = command.size() > 1 && !command[1].starts_with('-');
    std::vector<std::string> ours;
    if (!asking.config_file.empty()) ours.insert(ours.end(), {"--config", asking.config_file});
    const auto names_one = [](const std::string& word) {
        return word == "--env" || word == "-e" || word.starts_with("--env=");
    };
    if (!asking.environment.empty() && std::none_of(command.begin(), command.end(), names_one))
        ours.insert(ours.end(), {"--env", asking.environment});
    words.insert(words.begin() + (has_word ? 2 : 1), ours.begin(), ours.end());
    return words;
}

Ran run_command(const std::vector<std::string>& command, Milliseconds timeout, const Asking& asking) {
    Ran ran;
    const auto started = sys::real_clock().steady();
    auto words = words_of(command, asking);
    words.insert(words.end(), {"--format", "text"});
    const auto done = sys::run({.argv = words,
                                .folder = asking.folder,
                                .environment = variables_for_look(),
                                .timeout = timeout,
                                .output_limit = 1u << 20,
                                .keep_partial = true,
                                .dies_with_us = true,
                                .whose = sys::Whose::ours});
    ran.time = std::chrono::duration_cast<Milliseconds>(sys::real_clock().steady() - started);
    if (!done.ok()) {
        ran.problem = done.error().message;
        return ran;
    }
    ran.status = done->status;
    ran.said = last_lines(done->status == 0 ? done->out : done->out + done->err);
    if (done->timed_out)
        ran.problem = fmt::format("it was still running after {} and was stopped", format_duration(timeout));
    else if (done->interrupted)
        ran.problem = "it was interrupted";
    return ran;
}

Result<std::map<std::vector<std::string>, Ran>> run_commands(const std::vector<const Item*>& items,
                                                             const Asking& asking) {
    std::map<std::vector<std::string>, Milliseconds> wanted;
    for (const Item* item : items)
        if (!item->command.empty()) {
            auto& limit = wanted[item->command];
            limit = std::max(limit, item->timeout);
        }
    std::map<std::vector<std::string>, Ran> ran;
    for (const auto& [command, timeout] : wanted) {
        if (sys::stop_requested()) return could_not("interrupted");
        ran[command] = run_command(command, timeout, asking);
    }
    return ran;
}

bool ask_deployed(const Asking& asking) {
    constexpr Milliseconds limit{30'000};
    auto words = words_of({"fairlead-deploy", "status"}, asking);
    words.insert(words.end(), {"--format", "json"});
    const auto done = sys::run({.argv = words,
                                .folder = asking.folder,
                                .environment = variables_for_look(),
                                .timeout = limit,
                                .dies_with_us = true,
                                .whose = sys::Whose::ours});
    if (!done.ok()) return true;
    const auto told = report::parse_kept(done->out, "deploy");
    return !told.ok() || !told->error.empty() || !told->output("release").empty() || !told->version.empty();
}

}
