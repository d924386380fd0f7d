#include "inputs/fairlead.h"
#include "act/act.h"
#include "base/printable.h"
#include "base/text.h"
#include "chain/chain.h"
#include "chain/doctor.h"
#include "chain/emergency.h"
#include "chain/recover.h"
#include "chain/report_rules.h"
#include "chain/run.h"
#include "cli/confirm.h"
#include "cli/publish.h"
#include "cli/run.h"
#include "cli/secrets.h"
#include "init/init.h"
#include "init/production.h"
#include "preflight/look.h"
#include "preflight/variables.h"
#include "sys/clock.h"
#include "sys/files/files.h"
#include "sys/permit.h"
#include "sys/process/confine.h"
#include "sys/process/process.h"
#include "sys/signals.h"
#include "tag/version/past_releases.h"
#include "verify/verify.h"
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>

using namespace fairlead;

namespace {

cli::Spec spec(Options& o) {
    return {
        .tool = "",
        .summary = "Takes a change from pull request to production: runs the steps of fairlead.yml until a step fails.",
        .details = "`fairlead X ...` is `fairlead-X ...`. `init` writes a commented fairlead.yml and the workflows; "
                   "`run` runs the chain; `recover` restores the data from the newest verified backup; `doctor` lists "
                   "the programs missing on this machine and how to get them; `act` runs a workflow on this machine.",
        .commands = {{.name = "run",
                      .help = "Runs the steps of fairlead.yml until a step fails.",
                      .acts = true,
                      .irreversible = true},
                     {.name = "recover",
                      .help = "Recovers from a loss of data: status, backup of the present data, stop, restore next to "
                              "it, swap, start, smoke.",
                      .acts = true,
                      .irreversible = true},
                     {.name = "init",
                      .help = "Writes fairlead.yml and the workflows for this project; existing files are kept.",
                      .reads_config = false,
                      .acts = true},
                     {"doctor", "Lists the programs missing on this machine, and how to get them."},
                     {.name = "act",
                      .help = "Runs a workflow of this repository on this machine, with nektos/act.",
                      .reads_config = false,
                      .acts = true},
                     {.name = "verify",
                      .help = "Checks that a file is from the release: its hash, and who signed it.",
                      .reads_config = false},
                     {.name = "attest",
                      .help = "Signs, offline, a statement of how files were built, for verify to check.",
                      .reads_config = false,
                      .acts = true},
                     {.name = "evidence",
                      .help = "Lists, shows and checks the signed verdicts of this project, and removes old ones.",
                      .acts = true}},
        .command = &o.command,
        .inputs = inputs(o),
        .outputs = {{"verdict", "pass, fail or error."}, {"failed", "The step that failed, or empty."}},
        .milder = chain::milder(),
        .rules = chain::report_rules(),
        .examples = {"fairlead init", "fairlead init --ci gitlab --check", "fairlead init --production --proxy caddy",
                     "fairlead run --env staging", "fairlead run --only tests,gate",
                     "fairlead recover --env production --dry-run", "fairlead help emergency", "fairlead scan staged"},
        .check = [&o](const cli::Context& context) -> Result<void> {
            const auto steps = TRY(chain::steps(context.config));
            if (o.command == "run") TRY_VOID(chain::select(steps, o.only, o.skip));
            return {};
        },
        .needs = {{cli::Need::network},
                  {cli::Need::programs},
                  {.what = cli::Need::project_programs, .command = "run", .in_fork = true},
                  {.what = cli::Need::project_programs, .input = "check", .command = "init"},
                  {.what = cli::Need::project_programs, .command = "act"},
                  {.what = cli::Need::target_changes, .command = "recover"}},
        .settles_signals = true,
    };
}
// What the chain hands on to each tool.
std::vector<std::string> common_flags(const cli::Context& context) {
    std::vector<std::string> flags;
    if (context.quiet) flags.emplace_back("--quiet");
    if (context.verbose) flags.emplace_back("--verbose");
    if (context.explain) flags.emplace_back("--explain");
    return flags;
}

// --config as it was given; empty: the nearest was found.
std::string config_given(const cli::Context& context) {
    const auto origin = context.origins.find("config");
    const bool found = origin == context.origins.end() || origin->second == "the nearest";
    return found ? std::string() : context.config_file;
}

// For README.md, as `fairlead-preflight env` prints it.
std::string table_of_variables() {
    preflight::Wanted wanted;
    wanted.now = sys::real_clock().now();
    const auto looked = preflight::look(wanted);
    return looked.ok() ? preflight::table_of(preflight::variables_of(looked->project)) : std::string();
}

bool is_given(const cli::Context& context, const char* name) {
    const auto origin = context.origins.find(name);
    return origin != context.origins.end() && origin->second != "default";
}

Result<report::Report> start(const Options& o, const cli::Context& context) {
    using namespace fairlead::init;
    const auto mode = context.dry_run ? Mode::only_say : Mode::write;
    const bool kit = o.kit.production || o.kit.readme || !o.kit.templates.empty();
    if (o.secrets && kit) return usage("--secrets can't be used with --production, --readme or --template");
    if (!o.to.empty() && !o.secrets) return usage("--to is the output file of --secrets; add --secrets");
    for (const auto* name : {"backup", "check", "ci"})
        if (kit && is_given(context, name))
            return usage(fmt::format(
                "--{} works only with plain `fairlead init`; run it without --production, --readme and --template",
                name));
    if (!o.kit.production && !o.kit.readme && is_given(context, "stack"))
        return usage("--stack works only with --production or --readme; add --production or --readme");
    if (!o.kit.production && o.kit.apply) return usage("--apply works only with --production; add --production");
    if (!o.kit.production && is_given(context, "proxy"))
        return usage("--proxy works only with --production; add --production");
    if (o.secrets) return start_secrets(".", o.to, mode);
    if (kit)
        return start_production(".", {.existing = o.force ? Existing::overwrite : Existing::keep,
                                      .mode = mode,
                                      .kit = o.kit,
                                      .variables = table_of_variables});
    const int stream = context.format == "text" || context.format == "github" ? 1 : 2;
    return init::start(".", {.ci = o.ci == "gitlab"    ? Ci::gitlab
                                   : o.ci == "generic" ? Ci::generic
                                                       : Ci::github,
                             .existing = o.force ? Existing::overwrite : Existing::keep,
                             .mode = mode,
                             .backup = o.backup,
                             .explain = context.explain,
                             .check = o.check,
                             .stream = stream,
                             .versions = [] {
                                 auto past = tag::past_versions(".");
                                 return std::pair(std::move(past.section), std::move(past.told));
                             }});
}

Result<report::Report> answer(const Options& o, const cli::Context& context) {
    if (o.command == "init") return start(o, context);
    if (o.command == "act") {
        auto request = o.act;
        request.dry_run = context.dry_run;
        if (context.format != "text" && context.format != "github") request.stream = 2;
        return act::act(request, context.variables);
    }
    if (o.command == "verify") return verify::verify(o.verify, sys::real_clock());
    if (o.command == "attest")
        return verify::attest(o.verify, context.dry_run ? verify::Act::only_say : verify::Act::write);
    if (o.command == "evidence") {
        auto request = o.evidence;
        request.environment = context.environment;
        request.dry_run = context.dry_run;
        return verify::evidence(request, context.config, sys::real_clock());
    }
    if (!context.config.present())
        return usage("there is no fairlead.yml here or above; to write one, run `fairlead init`");
    const int stream = context.format == "text" || context.format == "github" ? 1 : 2;
    if (o.command == "recover")
        return chain::recover(context.config,
                              {o.set, context.environment, config_given(context), context.dry_run, stream,
                               [&context](std::string_view act) { return cli::confirm(context, act); }});
    auto steps = TRY(chain::steps(context.config));
    if (o.command == "doctor" && steps.empty()) TRY_VOID(chain::select(steps, {}, {})); // says what run would
    if (o.command == "doctor") {
        auto examined = chain::examine(chain::needs(context.config, steps),
                                       chain::complaints(context.config, steps, context.environment),
                                       context.config.folder(), sys::what_kernel_holds());
        // What a tool said before the signal ended it is no complaint about its section.
        if (sys::stop_requested()) return could_not("interrupted; nothing was decided");
        return examined;
    }
    steps = TRY(chain::select(std::move(steps), o.only, o.skip));
    return chain::run(context.config, steps,
                      {context.environment, context.dry_run, context.platform, common_flags(context), context.confirm,
                       config_given(context), stream});
}

[[noreturn]] void give_up(const Error& error) {
    const auto variables = sys::Environment::of_process();
    cli::register_secrets({}, {error.message}, {}, {}, variables); // the word may be one
    cli::complain(error, sys::detect_platform(variables));
    std::exit(static_cast<int>(error.kind));
}

constexpr std::string_view own_commands[] = {"run", "init", "doctor", "recover", "act", "verify", "attest", "evidence"};

bool is_own(std::string_view command) {
    return std::find(std::begin(own_commands), std::end(own_commands), command) != std::end(own_commands);
}

// A word that is no command is never handed on: what it was meant for might act.
Error unknown(const std::string& command) {
    const auto tools = config::built_tools();
    std::vector<std::string> known(std::begin(own_commands), std::end(own_commands));
    known.insert(known.end(), {"help", "emergency"});
    known.insert(known.end(), tools.begin(), tools.end());
    const auto near = nearest(command, known);
    return usage(fmt::format("command '{}' is unknown; {}", command,
                             near.empty() ? "expected " + one_of(known) : "did you mean '" + near + "'?"));
}

// Read at 3 a.m., so neither a broken file, an unset variable nor a word too many keeps it back.
[[noreturn]] void help_in_emergency(char** more) {
    for (; *more; ++more)
        if (std::string_view(*more) != "--help")
            fmt::print(stderr,
                       "fairlead: '{}' has no effect here; to read another fairlead.yml, change into its folder\n",
                       printable(*more));
    sys::permit({sys::Act::start_program}, "fairlead help emergency"); // ours, which looks for what lies on this host
    std::error_code ignored;
    const auto text = chain::emergency(std::filesystem::current_path(ignored).string());
    std::exit(sys::write_stream(1, text).ok() ? 0 : 3);
}

// `fairlead scan staged` becomes `fairlead-scan staged`, `fairlead help scan` `fairlead-scan --help`; the words that
// are ours stay here.
void dispatch(char** words) {
    static char help[] = "--help";
    if (!words[0] || !words[1]) return;
    if (std::string_view(words[1]) == "help") {
        const bool named = words[2] && std::string_view(words[2]) != "help";
        words[1] = named ? words[2] : help;
        if (words[2]) words[2] = help;
    }
    const std::string command = words[1];
    if (command == "emergency") help_in_emergency(words + 2);
    if (command.starts_with('-') || is_own(command)) return;
    if (!config::is_tool(command)) give_up(unknown(command));
    words[1] = words[0];
    give_up(sys::become(sys::tool_program("fairlead-" + command), words + 1));
}

}

int main(int count, char** words) {
    dispatch(words);
    Options o;
    return cli::run(spec(o), count, words, [&](const cli::Context& context) { return answer(o, context); });
}
