#include "inputs/scan.h"
#include "cli/run.h"
#include "inputs/scan_gitleaks.h"
#include "scan/configured.h"
#include "scan/hook/hook.h"
#include "scan/run.h"
#include <algorithm>

using namespace fairlead;
using scan::Flags;

namespace {

scan::Request request_of(const Flags& flags, const cli::Context& context) {
    using Request = scan::Request;
    Request request{.command = flags.command, .targets = flags.target, .given = {}};
    request.given = {.only = flags.only,
                     .skip = flags.skip,
                     .exclude = flags.exclude,
                     .max_file_size = flags.max_file_size,
                     .section = context.section,
                     .flags = {}};
    for (const auto& [input, key] : {std::pair("only", "only"), std::pair("skip", "skip"),
                                     std::pair("exclude", "exclude"), std::pair("max-file-size", "max_file_size")})
        if (context.is_given(input) && context.place_of(input, key).line == 0) // by a flag or a variable
            request.given.flags.insert(key);
    request.environment = context.environment;
    request.baseline = flags.baseline;
    if (flags.write_baseline)
        request.what = flags.accept_new ? Request::Baseline::accept_new : Request::Baseline::write;
    request.accepted = {flags.owner, flags.reason, flags.until};
    request.dry_run = context.dry_run ? Request::DryRun::yes : Request::DryRun::no;
    request.explain = context.explain ? scan::Explain::yes : scan::Explain::no;
    request.untracked = flags.untracked;
    request.submodules = flags.submodules;
    request.unreachable = flags.unreachable;
    request.cache = flags.cache;
    request.verify = flags.verify;
    request.verifier = flags.verifier;
    request.empty = flags.allow_empty ? scan::Scope::Empty::allowed : scan::Scope::Empty::no;
    return request;
}

scan::HookRequest hook_of(const Flags& flags, const cli::Context& context) {
    return {.uninstall = flags.uninstall, .shared = flags.shared, .dry_run = context.dry_run};
}

cli::Spec spec(Flags& flags) {
    return {
        .tool = "scan",
        .summary = "Finds secrets in a work tree, in staged changes or in the commits of a change.",
        .details = "Knows the secrets of about two hundred services by their shape and, if a checksum is published, "
                   "by their checksum; guesses other secrets from names and randomness. Its output never shows a "
                   "secret.\n\nIn a pull request, a merge group or a push, `range` takes its commits from the event: "
                   "no token, no network. If something can't be read, the exit status is 3, never a pass.\n\n"
                   "gitleaks' commands `git`, `dir`, `stdin`, `detect` and `protect` take gitleaks' flags: see "
                   "`fairlead-scan git --help`.",
        .commands =
            {{.name = "tree", .help = "Scans tracked files, or all files if there is no repository.", .acts = true},
             {.name = "staged", .help = "Scans the staged changes, which are about to be committed."},
             {.name = "range",
              .help = "Scans the commits A..B; without A..B, the commits of the event that started the job."},
             {.name = "history", .help = "Scans all commits of all branches and tags, the notes and the newest stash."},
             {.name = "stdin", .help = "Scans standard input; of a diff, the lines that it adds."},
             {.name = "baseline",
              .help = "Lists the known findings with owner, reason and last day, and which are over or gone.",
              .only_tells = true},
             {.name = "explain",
              .help = "Explains a rule: who issues the secret, what it opens, where to revoke it.",
              .reads_config = false,
              .only_tells = true},
             {.name = "install-hook",
              .help = "Writes a pre-commit hook that scans the staged changes; keeps a hook that is already there.",
              .reads_config = false,
              .acts = true,
              .only_tells = true}},
        .command = &flags.command,
        .inputs = scan::inputs(flags),
        .outputs = {{"findings", "Number of secrets found that are not suppressed."}},
        .section = scan::fields(),
        .milder = scan::milder(),
        .rules = scan::report_rules(),
        .added_rules = scan::added_rules,
        .examples = {"fairlead-scan", "fairlead-scan staged", "fairlead-scan range origin/main..HEAD",
                     "fairlead-scan explain github-pat", "fairlead-scan install-hook"},
        .action_examples = {{.with = {{"command", "range"}}, .whole_history = true},
                            {.title = "All files of the tree, and the findings as a file for code scanning:",
                             .with = {{"command", "tree"}, {"output", "reports/scan.sarif"}}},
                            {.title = "Without foreign code, and without a rule:",
                             .with = {{"command", "tree"}, {"exclude", "vendor/**, third_party/**"}, {"skip", "jwt"}}}},
        .hide = [&flags](const cli::Context& context) { scan::hide(flags.target, context.variables); },
        .check =
            [&flags](const cli::Context& context) {
                if (flags.command == "install-hook") return Result<void>();
                return scan::check(request_of(flags, context), context.config, context.change);
            },
        .writes = [&flags](const cli::Context& context) { return scan::writes(request_of(flags, context)); },
        .writes_hooks =
            [&flags](const cli::Context& context) {
                return flags.command == "install-hook" ? scan::hook_writes(hook_of(flags, context)) : "";
            },
    };
}

Result<report::Report> run(const Flags& flags, const cli::Context& context) {
    if (context.hold) context.hold(); // the helper of --verify is started
    if (flags.accept_new && !flags.write_baseline)
        return usage("--accept-new alone has no effect; write --write-baseline --accept-new");
    if (!flags.accept_new && !(flags.owner + flags.reason + flags.until).empty())
        return usage("--owner, --reason and --until are about new findings; write --write-baseline --accept-new, too");
    if (flags.command == "install-hook") return scan::install_hook(hook_of(flags, context), context.change);
    return scan::run(request_of(flags, context), context.config, context.change, context.variables);
}

// Before anything is parsed, as the helper starts before that.
bool asks_services(int argc, char** argv, const sys::Environment& variables) {
    const auto is_set = [&](const char* name) { return !variables.get_or(name, "").empty(); };
    return is_set("INPUT_VERIFY") || is_set("FAIRLEAD_SCAN_VERIFY") || is_set("FAIRLEAD_VERIFY") ||
           std::any_of(argv, argv + argc, [](std::string_view word) { return word.starts_with("--verify"); });
}

}

int main(int argc, char** argv) {
    scan::gitleaks::Options options;
    const cli::Spec as_gitleaks = scan::gitleaks::spec(options);
    auto words = scan::gitleaks::in_our_words(as_gitleaks, {argv + std::min(argc, 1), argv + argc});
    if (!words.empty()) return scan::gitleaks::run(as_gitleaks, options, argv[0], std::move(words));
    Flags flags;
    cli::Spec own = spec(flags);
    own.needs = {{cli::Need::network, "verify"}, {cli::Need::programs_at_first, "verify"}};
    own.judges = {"tree", "range", "history"};
    own.harmless = {"untracked", "submodules", "unreachable", "cache", "verify"};
    own.helpers = [&](const auto& variables) {
        if (asks_services(argc, argv, variables)) flags.verifier = scan::verify_by_helper();
    };
    return cli::run(own, argc, argv, [&](const cli::Context& context) { return run(flags, context); });
}
