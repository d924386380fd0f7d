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
    std::vector<std::string> words;
    std::vector<std::string> only, skip, exclude;
    std::string max_file_size = "20MiB";
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
        .inputs = {{.name = "words",
                    .target = &flags.words,
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
                    .placeholder = "SIZE"}},
        .outputs = {{"findings", "Number of secrets found that are not suppressed."}},
        .section = scan::fields(),
        .examples = {"fairlead-scan", "fairlead-scan staged", "fairlead-scan range origin/main..HEAD"},
    };
}

// The repository around the current folder; nothing when there is none.
Result<std::optional<sys::Repository>> repository_here() {
    auto repository = sys::Repository::open(".");
    if (repository.ok()) return std::optional(std::move(repository).value());
    if (sys::Repository::is_missing(repository.error())) return std::optional<sys::Repository>();
    return std::move(repository).error();
}

Result<sys::Repository> repository_needed() { return sys::Repository::open("."); }

std::string read_if_there(const sys::Path& path) {
    return sys::inspect(path).type == sys::FileType::file ? sys::read_file(path).value_or("") : "";
}

Result<scan::Options> options_of(const Flags& flags, const cli::Context& context) {
    return scan::Options{.only = flags.only,
                         .skip = flags.skip,
                         .exclude = flags.exclude,
                         .allow = context.section["allow"].texts(),
                         .max_file_size = TRY(parse_size(flags.max_file_size)),
                         .today = format_utc(sys::real_clock().now()).substr(0, 10)};
}

Result<scan::Range> range_wanted(const Flags& flags, const cli::Context& context) {
    if (flags.words.size() > 1) return usage("range takes one range of commits, such as main..HEAD");
    if (!flags.words.empty()) return scan::parse_range(flags.words[0]);
    const auto event = context.variables.get("GITHUB_EVENT_NAME");
    const auto path = context.variables.get("GITHUB_EVENT_PATH");
    if (!event || !path)
        return usage("no range of commits is given and no event names one; add it: fairlead-scan range main..HEAD");
    return scan::range_of_event(*event, TRY(sys::parse_json(TRY(sys::read_file(*path)), *path)));
}

report::Report list_rules() {
    report::Report report;
    for (const scan::Rule* rule : scan::rules()) report.text += fmt::format("{:44} {}\n", rule->id, rule->title);
    report.closing = fmt::format("{} rules", scan::rules().size());
    return report;
}

void warn_about(const scan::IgnoreList& list, bool complete) {
    for (const std::string& line : list.malformed())
        sys::log_warning(fmt::format(".gitleaksignore: '{}' is no entry; expected file:rule:line", line));
    if (!complete) return;
    for (const std::string& line : list.unused(false))
        sys::log_warning(fmt::format(".gitleaksignore: '{}' matched nothing; take it out", line));
}

Result<report::Report> run(const Flags& flags, const cli::Context& context) {
    if (flags.command == "rules") return list_rules();
    std::optional<sys::Repository> repository =
        flags.command == "tree" ? TRY(repository_here()) : std::optional(TRY(repository_needed()));
    const sys::Path root = repository ? repository->work_tree() : ".";
    auto collector = TRY(scan::Collector::make(TRY(options_of(flags, context)),
                                               scan::IgnoreList::parse(read_if_there(root / ".gitleaksignore"))));
    std::string subject = "the tree";
    if (flags.command == "tree") {
        TRY_VOID(scan::scan_tree(repository, flags.words, collector));
    } else if (flags.command == "staged") {
        subject = "what is staged";
        TRY_VOID(scan::scan_staged(*repository, collector));
    } else {
        const scan::Range range = TRY(range_wanted(flags, context));
        subject = range.about;
        TRY_VOID(scan::scan_range(*repository, range, collector));
    }
    warn_about(collector.ignored(), flags.command == "tree" && flags.words.empty());
    const std::string salt(trim(read_if_there(root / ".fairlead/salt")));
    return scan::to_report(scan::merge(collector.take_found()), collector.totals(), subject, salt,
                           context.explain ? scan::Explain::yes : scan::Explain::no);
}

}

int main(int argc, char** argv) {
    Flags flags;
    return cli::run(spec(flags), argc, argv, [&](const cli::Context& context) { return run(flags, context); });
}
