#include "scan/run.h"
#include "base/secrets/secret.h"
#include "base/text.h"
#include "scan/cache.h"
#include "scan/configured.h"
#include "scan/engine.h"
#include "scan/explain.h"
#include "scan/gitleaks/run.h"
#include "scan/known.h"
#include "scan/range.h"
#include "scan/sources.h"
#include "sys/clock.h"
#include "sys/files/files.h"
#include "sys/files/log.h"
#include "sys/files/terminal.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::scan {
namespace {

constexpr std::size_t shortest_name = 20; // of a branch that holds a token and something before it

std::string today() { return format_utc(sys::real_clock().now()).substr(0, 10); }

bool scans_commits(const Request& request) { return request.command == "range" || request.command == "history"; }

bool is_whole_tree(const Request& request) { return request.command == "tree" && request.targets.empty(); }

// The repository around the current folder; nothing when there is none and the command needs none.
Result<std::optional<sys::Repository>> repository_for(const Request& request) {
    auto found = sys::Repository::open(".");
    const bool needs_none = request.command == "tree" || request.command == "stdin";
    if (!found.ok() && needs_none && sys::Repository::is_missing(found.error()))
        return std::optional<sys::Repository>();
    if (!found.ok() && sys::Repository::is_missing(found.error()))
        return could_not("there is no git repository here; change into one, or scan the files: fairlead-scan tree");
    if (!found.ok()) return std::move(found).error();
    if ((is_whole_tree(request) || request.command == "staged") && found->work_tree().empty())
        return usage("this repository is bare: it has no work tree; scan its commits: fairlead-scan range A..B");
    return std::optional(std::move(found).value());
}

Result<Range> range_for(const Request& request, const config::Change& change) {
    if (request.command == "range") return range_wanted(request.targets, change);
    if (request.command == "history")
        return Range{.head = "HEAD", .about = "the history", .unreachable = request.unreachable, .all = true};
    if (request.command == "stdin") return Range{.about = "standard input"};
    return Range{.about = request.command == "tree" ? "the tree" : "the staged changes"};
}

Result<std::string> input() {
    if (sys::is_terminal(0)) return usage("stdin: nothing is piped; run: git diff | fairlead-scan stdin");
    return sys::read_stream(0, largest_input);
}

Result<void> look(const Request& request, const std::optional<sys::Repository>& repository, const Range& range,
                  const Word& word, const Silencers& silencers, Cache* cache, Collector& collector) {
    if (scans_commits(request))
        return scan_range(*repository, range, word, silencers, cache ? &cache->clean : nullptr, collector);
    if (request.command == "stdin") {
        std::string text = TRY(input());
        return scan_input(std::move(text), repository, word, collector);
    }
    if (request.command == "staged")
        return scan_staged(*repository, comments_for(repository, word, Staged::yes), collector);
    const Which which{.untracked_too = request.untracked, .with_submodules = request.submodules};
    return scan_tree(repository, request.targets, which, comments_for(repository, word, Staged::no), collector);
}

// Whether a person asked: an event may bring no commit, and git's hook may find nothing staged (a new message only).
bool was_asked_for(const Request& request, const Range& range, const sys::Environment& variables) {
    if (request.command == "staged") return !variables.get("GIT_INDEX_FILE");
    return request.command != "range" || !range.of_event;
}

Result<void> write(const Request& request, const std::optional<sys::Repository>& repository,
                   const report::Baseline& baseline, report::Report& report) {
    if (report.looked.refuses()) return {}; // a look at nothing would empty it
    const bool accept = request.what == Request::Baseline::accept_new;
    const std::string text =
        rewrite(report, baseline, accept ? report::AcceptNew::yes : report::AcceptNew::no, request.accepted);
    const bool dry = request.dry_run == Request::DryRun::yes;
    report.facts += fmt::format("; {} {}", request.baseline, dry ? "would be written" : "is written");
    if (dry) return {};
    const sys::Named file = TRY(place_of(repository, request.baseline));
    const sys::Path path = file.path;
    if (path.has_parent_path()) TRY_VOID(file.root.make_folders(path.parent_path()));
    return file.root.write(path, text);
}

}

void hide(const std::vector<std::string>& targets, const sys::Environment& variables) {
    std::string names = join(targets, "\n");
    for (const char* name : {"GITHUB_REF", "GITHUB_HEAD_REF", "GITHUB_BASE_REF"})
        names += "\n" + variables.get_or(name, "");
    const auto lines = split(names, '\n');
    if (std::all_of(lines.begin(), lines.end(), [](const auto& line) { return line.size() < shortest_name; })) return;
    auto engine = Engine::make({rules().begin(), rules().end()}, {});
    if (!engine.ok()) return;
    const auto hits = engine->find(names);
    if (!hits.ok()) return;
    for (const Hit& hit : hits.value()) Secret(names.substr(hit.begin, hit.end - hit.begin));
}

namespace {

Result<report::Baseline> baseline_of(const Request& request, const std::optional<sys::Repository>& repository,
                                     const Word& word) {
    const std::string text = TRY(read_policy(repository, word, request.baseline));
    return report::Baseline::parse(text, request.baseline, today());
}

// What is wrong with the request itself is told before what is wrong with the repository.
Result<void> check_given(const Request& request, const config::Config& config, const config::Change& change) {
    if (request.verify) TRY_VOID(check_verify(change));
    TRY_VOID(read_options(request.given, today()));
    TRY_VOID(baseline_of(request, repository_here(), {change.foreign, config.base_commit()}));
    const std::string& until = request.accepted.until;
    if (!until.empty() && until < today())
        return usage(fmt::format("--until {} is over; write a day to come, such as the last of this month", until));
    return {};
}

}

Result<void> check(const Request& request, const config::Config& config, const config::Change& change) {
    if (request.command == "explain") return check_explained(request.targets);
    TRY_VOID(check_given(request, config, change));
    TRY_VOID(configuration_of(repository_here(), {change.foreign, config.base_commit()}, request.given.section));
    return {};
}

std::vector<std::string> writes(const Request& request) {
    const bool is_read = request.what == Request::Baseline::read || request.dry_run == Request::DryRun::yes;
    std::vector<sys::Path> files;
    if (!is_read) files.emplace_back(request.baseline);
    if (!request.cache.empty() && scans_commits(request)) files.emplace_back(request.cache);
    if (files.empty()) return {};
    const auto repository = sys::Repository::open(".");
    const sys::Path tree = repository.ok() ? repository->work_tree() : "";
    std::vector<std::string> named;
    for (const sys::Path& file : files) named.push_back(((tree.empty() ? sys::Path(".") : tree) / file).string());
    return named;
}

namespace {

Result<Judging> judging_of(const Request& request, const std::optional<sys::Repository>& repository, const Word& word,
                           const std::string& subject) {
    Judging judging{.subject = subject, .salt = {}, .baseline = {}, .explain = request.explain, .scope = {}};
    const std::string salt = TRY(read_policy(repository, word, ".fairlead/salt"));
    judging.salt = trim(salt);
    judging.baseline = TRY(baseline_of(request, repository, word));
    return judging;
}

Result<void> ask_services(const Request& request, std::vector<Found>& found, Judging& judging) {
    if (!request.verifier)
        return could_not("--verify starts a helper process, which could not be started; leave it out, or try again");
    judging.verifies = true;
    verify(
        found, [&](const Found& one) { return is_known(one, judging); }, request.verifier);
    return {};
}

Result<report::Report> scan_asked(const Request& request, const config::Config& config, const config::Change& change,
                                  const sys::Environment& variables) {
    const bool writes = request.what != Request::Baseline::read;
    const auto& flags = request.given.flags;
    if (writes &&
        (!is_whole_tree(request) || flags.contains("only") || flags.contains("skip") || flags.contains("exclude")))
        return usage(
            "--write-baseline needs all findings; use it only with tree, and without paths, only, skip and exclude");
    TRY_VOID(check_given(request, config, change));
    const auto repository = TRY(repository_for(request));
    const Range range = TRY(range_for(request, change));
    const Silencers silencers{repository ? config::path_in(*repository, config) : "", request.baseline,
                              rules_file(request.given.section)};
    const Word word{change.foreign, config.base_commit()};
    Options options = TRY(read_options(request.given, today()));
    options.leaves_nothing_out = change.foreign;
    const std::string ignored = TRY(read_policy(repository, word, ".gitleaksignore"));
    auto configuration = TRY(configuration_of(repository, word, request.given.section));
    gitleaks::warn_of(configuration);
    auto cache = TRY(open_cache(repository, scans_commits(request) ? request.cache : "", word,
                                request.cache.empty() ? "" : key_of(options, configuration)));
    auto collector = TRY(Collector::make(options, IgnoreList::parse(ignored), std::move(configuration)));
    Judging judging = TRY(judging_of(request, repository, word, range.about));
    TRY_VOID(look(request, repository, range, word, silencers, cache ? &*cache : nullptr, collector));
    if (cache) TRY_VOID(save(*cache));

    const bool whole = is_whole_tree(request);
    const auto scanned = whole ? IgnoreList::Scanned::whole_tree : IgnoreList::Scanned::part;
    for (const std::string& sentence : collector.ignored().complaints(scanned)) sys::log_warning(sentence);
    judging.scope = {.empty = request.empty,
                     .nothing =
                         nothing_seen(request.command, collector.totals(), was_asked_for(request, range, variables)),
                     .whole_tree = whole,
                     .history = request.command == "history"};
    std::vector<Found> found = merge(collector.take_found());
    if (request.verify) TRY_VOID(ask_services(request, found, judging));
    report::Report report = to_report(found, collector.totals(), judging, collector.take_notes());
    if (request.command == "range" && collector.totals().commits == 0 && collector.totals().tags == 0)
        report.facts = fmt::format("there is nothing to scan: {} has no new commits", judging.subject);
    if (request.command == "staged" && collector.totals().staged == 0) report.facts = "no file is staged";
    if (writes) TRY_VOID(write(request, repository, judging.baseline, report));
    return report;
}

// Scans the tree to tell which known findings are gone.
Result<report::Report> list_baseline(Request request, const config::Config& config, const config::Change& change,
                                     const sys::Environment& variables) {
    request.command = "tree";
    auto scanned = TRY(scan_asked(request, config, change, variables));
    if (scanned.looked.refuses()) return scanned;
    const auto baseline = TRY(baseline_of(request, repository_here(), {change.foreign, config.base_commit()}));
    return list_known(scanned.findings, baseline);
}

}

Result<report::Report> run(const Request& request, const config::Config& config, const config::Change& change,
                           const sys::Environment& variables) {
    if (request.command == "explain") return explain_rules(request.targets, change, variables);
    if (request.command == "baseline") return list_baseline(request, config, change, variables);
    return scan_asked(request, config, change, variables);
}

}
