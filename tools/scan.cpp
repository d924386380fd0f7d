#include "base/text.h"
#include "cli/run.h"
#include "scan/range.h"
#include "scan/rule.h"
#include "scan/sources.h"
#include "scan/verdict.h"
#include "sys/clock.h"
#include "sys/files.h"
#include "sys/log.h"
#include <fmt/format.h>

using namespace fairlead;

namespace {

struct Flags {
    std::string command = "tree";
    std::vector<std::string> target;
    std::vector<std::string> only, skip, exclude;
    std::string max_file_size = "20MiB";
    std::string baseline = ".fairlead/scan.jsonl";
    bool write_baseline = false, accept_new = false;
};

cli::Spec spec(Flags& flags) {
    return {
        .tool = "scan",
        .summary = "Finds secrets in a work tree, in staged changes or in the commits of a change.",
        .details =
            "Knows the secrets of more than a hundred services by their shape and, where one is published, by "
            "their checksum; guesses the rest from names and randomness. Nothing that it writes shows a secret.\n\n"
            "In a pull request, a merge group or a push, `range` takes its commits from the event: no token, no "
            "network. What could not be read is exit status 3, never a pass.",
        .commands = {{"tree", "Scans tracked files, or all files where there is no repository."},
                     {"staged", "Scans what is about to be committed."},
                     {"range", "Scans the commits A..B, by itself those of the event that started the job."},
                     {"rules", "Lists the kinds of secret that are known."}},
        .command = &flags.command,
        .inputs = {{.name = "target",
                    .target = &flags.target,
                    .help = "Files and folders for `tree`, or the range of commits A..B for `range`.",
                    .placeholder = "PATH|A..B",
                    .positional = true},
                   {.name = "only",
                    .target = &flags.only,
                    .help = "Rules to apply; default: all.",
                    .key = "only",
                    .placeholder = "RULE,..."},
                   {.name = "skip",
                    .target = &flags.skip,
                    .help = "Rules to leave out.",
                    .key = "skip",
                    .placeholder = "RULE,..."},
                   {.name = "exclude",
                    .target = &flags.exclude,
                    .help = "Paths to leave out, as globs from the repository's root.",
                    .key = "exclude",
                    .placeholder = "GLOB,..."},
                   {.name = "max-file-size",
                    .target = &flags.max_file_size,
                    .help = "Larger files are left out and counted.",
                    .key = "max_file_size",
                    .placeholder = "SIZE"},
                   {.name = "baseline",
                    .target = &flags.baseline,
                    .help = "Known findings, which decide nothing; from the repository's root.",
                    .placeholder = "FILE"},
                   {.name = "write-baseline",
                    .target = &flags.write_baseline,
                    .help = "Takes findings that are gone out of the baseline.",
                    .action = false},
                   {.name = "accept-new",
                    .target = &flags.accept_new,
                    .help = "With --write-baseline: adds the new findings, too.",
                    .action = false}},
        .outputs = {{"findings", "Number of secrets found that are not suppressed."}},
        .section = scan::fields(),
        .examples = {"fairlead-scan", "fairlead-scan staged", "fairlead-scan range origin/main..HEAD"},
    };
}

// The repository around the current folder; nothing when there is none and the command needs none.
Result<std::optional<sys::Repository>> repository_for(const std::string& command) {
    auto repository = sys::Repository::open(".");
    if (repository.ok()) return std::optional(std::move(repository).value());
    if (command == "tree" && sys::Repository::is_missing(repository.error())) return std::optional<sys::Repository>();
    return std::move(repository).error();
}

Result<scan::Options> options_of(const Flags& flags, const cli::Context& context) {
    return scan::Options{.only = flags.only,
                         .skip = flags.skip,
                         .exclude = flags.exclude,
                         .allow = context.section["allow"].texts(),
                         .max_file_size = TRY(parse_size(flags.max_file_size)),
                         .today = format_utc(sys::real_clock().now()).substr(0, 10)};
}

Result<void> scan_all(const Flags& flags, const std::optional<sys::Repository>& repository, const scan::Range& range,
                      scan::Collector& collector) {
    if (flags.command == "tree") return scan::scan_tree(repository, flags.target, collector);
    if (flags.command == "staged") return scan::scan_staged(*repository, collector);
    return scan::scan_range(*repository, range, collector);
}

Result<void> write_baseline(const Flags& flags, const sys::Path& file, const report::Report& report) {
    const auto accept = flags.accept_new ? scan::AcceptNew::yes : scan::AcceptNew::no;
    TRY_VOID(sys::make_folders(file.parent_path()));
    return sys::write_file(file, scan::write_baseline(report.findings, accept));
}

Result<report::Report> run(const Flags& flags, const cli::Context& context) {
    if (flags.command == "rules") return scan::list_rules();
    const bool whole_tree = flags.command == "tree" && flags.target.empty();
    if (flags.write_baseline && !whole_tree)
        return usage("--write-baseline needs all findings; use it with `tree` and without paths");
    const auto repository = TRY(repository_for(flags.command));
    if ((whole_tree || flags.command == "staged") && repository && repository->work_tree().empty())
        return usage("this repository is bare: it has no work tree; scan its commits: fairlead-scan range A..B");
    scan::Range range{.about = flags.command == "tree" ? "the tree" : "what is staged"};
    if (flags.command == "range") range = TRY(scan::range_wanted(flags.target, context.variables));

    auto ignored = scan::IgnoreList::parse(TRY(scan::read_policy(repository, range, ".gitleaksignore")));
    auto collector = TRY(scan::Collector::make(TRY(options_of(flags, context)), std::move(ignored)));
    scan::Judging judging{.subject = range.about};
    judging.salt = trim(TRY(scan::read_policy(repository, range, ".fairlead/salt")));
    judging.baseline =
        TRY(scan::Baseline::parse(TRY(scan::read_policy(repository, range, flags.baseline)), flags.baseline));
    judging.explain = context.explain ? scan::Explain::yes : scan::Explain::no;
    TRY_VOID(scan_all(flags, repository, range, collector));

    const auto scanned = whole_tree ? scan::IgnoreList::Scanned::whole_tree : scan::IgnoreList::Scanned::part;
    for (const std::string& sentence : collector.ignored().complaints(scanned)) sys::log_warning(sentence);
    report::Report report = scan::to_report(scan::merge(collector.take_found()), collector.totals(), judging);
    if (flags.command == "range" && collector.totals().commits == 0)
        report.closing = fmt::format("nothing to scan: {} brings no commit", judging.subject);
    if (flags.write_baseline && !context.dry_run)
        TRY_VOID(write_baseline(flags, sys::Path(repository ? repository->work_tree() : ".") / flags.baseline, report));
    return report;
}

}

int main(int argc, char** argv) {
    Flags flags;
    return cli::run(spec(flags), argc, argv, [&](const cli::Context& context) { return run(flags, context); });
}
