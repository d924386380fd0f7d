#include "base/text.h"
#include "chain/chain.h"
#include "chain/doctor.h"
#include "chain/init.h"
#include "chain/run.h"
#include "cli/run.h"
#include "sys/log.h"
#include "sys/process.h"
#include <algorithm>
#include <cstdlib>
#include <fmt/format.h>

using namespace fairlead;

namespace {

struct Options {
    std::string command = "run";
    std::vector<std::string> only, skip;
    bool force = false;
};

cli::Spec spec(Options& o) {
    return {
        .tool = "",
        .summary = "Takes a change from pull request to production: runs the steps of fairlead.yml until the first no.",
        .details = "`fairlead X ...` is `fairlead-X ...`. `init` writes a commented fairlead.yml and two workflows; "
                   "`run` is the chain; `doctor` says what is missing on this machine and how to get it.",
        .commands = {{"run", "Runs the steps of fairlead.yml until the first no."},
                     {"init", "Writes fairlead.yml and the workflows; what exists stays.", false},
                     {"doctor", "Says what is missing on this machine, and how to get it."}},
        .command = &o.command,
        .inputs = {{.name = "only", .target = &o.only, .help = "Run only these steps."},
                   {.name = "skip", .target = &o.skip, .help = "Leave these steps out; the table says so."},
                   {.name = "force", .target = &o.force, .help = "init overwrites files that exist.", .action = false}},
        .outputs = {{"verdict", "pass, fail or error."}, {"failed", "The step that said no, or empty."}},
        .examples = {"fairlead init", "fairlead run --env staging", "fairlead run --only tests,gate",
                     "fairlead scan staged"},
    };
}
// What the chain hands on to each tool.
std::vector<std::string> common_flags(const cli::Context& context) {
    std::vector<std::string> flags;
    if (context.quiet) flags.emplace_back("--quiet");
    if (context.verbose) flags.emplace_back("--verbose");
    if (context.explain) flags.emplace_back("--explain");
    if (!context.confirm.empty()) flags.insert(flags.end(), {"--confirm", context.confirm});
    return flags;
}

Result<report::Report> act(const Options& o, const cli::Context& context) {
    if (o.command == "init")
        return chain::write_starter(".", o.force ? chain::Existing::overwrite : chain::Existing::keep,
                                    context.dry_run ? chain::Act::only_say : chain::Act::write);
    if (o.command == "run" && !context.config.present())
        return usage("there is no fairlead.yml here or above; `fairlead init` writes one");
    auto steps = TRY(chain::steps(context.config));
    if (o.command == "doctor") return chain::examine(chain::needs(context.config, steps), context.config.folder());
    steps = TRY(chain::select(std::move(steps), o.only, o.skip));
    const int stream = context.format == "text" || context.format == "github" ? 1 : 2;
    return chain::run(context.config, steps,
                      {context.environment, context.dry_run, context.platform, common_flags(context), stream});
}

[[noreturn]] void give_up(const Error& error) {
    sys::log_error(error.message);
    std::exit(static_cast<int>(error.kind));
}

// `fairlead scan staged` becomes `fairlead-scan staged`, `fairlead help scan` `fairlead-scan --help`; the words that
// are ours stay here.
void dispatch(char** words) {
    static char help[] = "--help";
    if (!words[0] || !words[1]) return;
    if (std::string_view(words[1]) == "help") {
        words[1] = words[2] ? words[2] : help;
        if (words[2]) words[2] = help;
    }
    const std::string command = words[1];
    const auto tools = config::known_tools();
    if (std::find(tools.begin(), tools.end(), command) != tools.end()) {
        words[1] = words[0];
        give_up(sys::become(sys::tool_program("fairlead-" + command), words + 1));
    }
    if (command.starts_with('-')) return;
    const std::vector<std::string> known(tools.begin(), tools.end());
    if (const auto near = nearest(command, known); !near.empty())
        give_up(usage(fmt::format("command '{}' is unknown; did you mean '{}'?", command, near)));
}

}

int main(int count, char** words) {
    dispatch(words);
    Options o;
    return cli::run(spec(o), count, words, [&](const cli::Context& context) { return act(o, context); });
}
