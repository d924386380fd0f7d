#include "chain/chain.h"
#include "chain/doctor.h"
#include "chain/init.h"
#include "chain/run.h"
#include "cli/run.h"
#include "sys/log.h"
#include "sys/process.h"
#include <cstdlib>

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
        .commands = {{"run", "run the steps of fairlead.yml until the first no"},
                     {"init", "write fairlead.yml and the workflows; what exists stays"},
                     {"doctor", "say what is missing on this machine, and how to get it"}},
        .command = &o.command,
        .inputs = {{.name = "only", .target = &o.only, .help = "Run only these steps."},
                   {.name = "skip", .target = &o.skip, .help = "Leave these steps out; the table says so."},
                   {.name = "force", .target = &o.force, .help = "init overwrites files that exist.", .action = false}},
        .outputs = {{"verdict", "pass, fail or error"}, {"failed", "the step that said no, or empty"}},
        .examples = {"fairlead init", "fairlead run --env staging", "fairlead run --only tests,gate",
                     "fairlead scan staged"},
    };
}
Result<report::Report> act(const Options& o, const cli::Context& context) {
    if (o.command == "init")
        return chain::write_starter(".", o.force ? chain::Existing::overwrite : chain::Existing::keep,
                                    context.dry_run ? chain::Act::only_say : chain::Act::write);
    if (o.command == "run" && !context.config.present())
        return usage("there is no fairlead.yml here or above; `fairlead init` writes one");
    auto steps = TRY(chain::steps(context.config));
    if (o.command == "doctor") return chain::examine(chain::needs(context.config, steps));
    steps = TRY(chain::select(std::move(steps), o.only, o.skip));
    const int stream = context.format == "text" || context.format == "github" ? 1 : 2;
    return chain::run(context.config, steps, {context.environment, context.dry_run, context.platform, stream});
}

// `fairlead scan staged` becomes `fairlead-scan staged`; the words that are ours stay here.
void dispatch(char** words) {
    if (!words[0] || !words[1]) return;
    for (const auto tool : config::known_tools())
        if (tool == words[1]) {
            words[1] = words[0];
            const auto error = sys::become(sys::tool_program("fairlead-" + std::string(tool)), words + 1);
            sys::log_error(error.message);
            std::exit(static_cast<int>(error.kind));
        }
}

}

int main(int count, char** words) {
    dispatch(words);
    Options o;
    return cli::run(spec(o), count, words, [&](const cli::Context& context) { return act(o, context); });
}
