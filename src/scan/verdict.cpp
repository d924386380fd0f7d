#include "scan/verdict.h"
#include "base/text.h"
#include "base/words.h"
#include "scan/engine.h"
#include "sys/data/json.h"
#include "sys/digest.h"
#include <algorithm>
#include <fmt/format.h>
#include <functional>
#include <iterator>
#include <map>
#include <set>
#include <tuple>

namespace fairlead::scan {
namespace {

constexpr std::string_view unread_rule = "scan/unread";

auto same_secret(const Found& found) { return std::tie(found.rule->id, found.path, found.secret.reveal()); }

bool is_harmless(const Found& found) { return found.rule->opens == Opens::nothing_alone; }

// It let somebody in only for a while, or lets in who tries a few words.
bool is_weak(const Found& found) { return !found.ended.empty() || found.rule->opens == Opens::little; }

bool is_dead(const Found& found) { return found.verified && found.verified->life == Life::dead; }

// "GitHub token, api.github.com accepts it"
std::string name_of(const Found& found) {
    return std::string(found.rule->title) + (found.verified ? ", " + found.verified->words : "");
}

std::string added_in(const Found& found) {
    return found.commit.empty() ? "" : ", added in commit " + found.commit.substr(0, 12);
}

std::string message(const Found& found, const Scope& scope) {
    if (is_harmless(found))
        return fmt::format("{}{}: it opens nothing without its secret; keep that one out of the repository",
                           name_of(found), added_in(found));
    if (found.is_sample)
        return fmt::format("{} in a test or a sample{}; if it is a real secret, revoke it where it was issued; "
                           "otherwise write # fairlead: ignore[{}] and the reason",
                           name_of(found), added_in(found), found.rule->id);
    if (!found.ended.empty())
        return fmt::format("{} that expired on {}{}; keep the key that signs such tokens out of the repository, and "
                           "remove the token",
                           name_of(found), found.ended, added_in(found));
    if (found.rule->opens == Opens::little)
        return fmt::format(
            "{}{}: it protects little; put a random one in its place, and keep that out of the repository",
            name_of(found), added_in(found));
    if (found.path.empty() && found.of_tag)
        return fmt::format("{} in the {} of tag {}; revoke it where it was issued, then create the tag again",
                           name_of(found), found.line == 0 ? "headers" : "message", found.commit.substr(0, 12));
    if (found.path.empty())
        return fmt::format("{} in the {} of commit {}: it stays in the history; revoke it where it was issued",
                           name_of(found), found.line == 0 ? "headers" : "message", found.commit.substr(0, 12));
    const std::string_view where = found.line == 0 ? " in the name of the file" : "";
    if (found.commit.empty())
        return fmt::format("{}{}; revoke it where it was issued, then remove it", name_of(found), where);
    return fmt::format("{}{}, added in commit {}{}: it stays in the history; revoke it where it was issued",
                       name_of(found), where, found.commit.substr(0, 12), scope.history ? "" : " and removed later");
}

// proved: by a checksum or the structure. likely: by its shape, or by a name that only such secrets have. possible: the
// value is random, or somebody chose it, under a name that suggests a secret.
std::string_view confidence_of(const Found& found) {
    if (is_guess(*found.rule)) return "possible";
    const std::string& secret = found.secret.reveal();
    const bool is_proved = found.rule->check && found.rule->check(secret, secret) == Proof::proven;
    return is_proved ? "proved" : "likely";
}

std::string scanned(const Totals& totals) {
    std::string text;
    if (totals.commits > 0) text = counted(totals.commits, "commit", "commits");
    if (totals.known_clean > 0) text += fmt::format(" ({} of them clean before)", totals.known_clean);
    if (totals.commits > 0) text += ", ";
    if (totals.tags > 0) text += counted(totals.tags, "tag", "tags") + ", ";
    return text + counted(totals.files.size(), "file", "files") + ", " + counted(totals.bytes, "byte", "bytes");
}

sys::Json json_of(const Totals& totals) {
    std::size_t skipped = 0;
    for (const auto& [reason, paths] : totals.skipped) skipped += paths.size();
    return {{"commits", totals.commits},
            {"known_clean", totals.known_clean},
            {"files", totals.files.size()},
            {"bytes", totals.bytes},
            {"skipped", skipped}};
}

sys::Json verified_json(const std::vector<Found>& found, const std::string& salt) {
    std::map<std::string, std::optional<Life>> secrets; // by fingerprint; each was asked about once
    for (const Found& one : found)
        secrets.emplace(fingerprint(one, salt), one.verified ? std::optional(one.verified->life) : std::nullopt);
    const auto count = [&](std::optional<Life> life) {
        return std::count_if(secrets.begin(), secrets.end(), [&](const auto& one) { return one.second == life; });
    };
    return {{"live", count(Life::live)},
            {"dead", count(Life::dead)},
            {"unknown", count(Life::unknown)},
            {"not_asked", count(std::nullopt)}};
}

// What a secret counts as, the gravest first. Only the first is a failure.
enum class Counts { secret, weak, sample, dead, harmless };

Counts counts_as(const Found& found) {
    if (is_harmless(found)) return Counts::harmless;
    if (is_dead(found)) return Counts::dead;
    if (found.is_sample) return Counts::sample;
    return is_weak(found) ? Counts::weak : Counts::secret;
}

// Counts each secret once, wherever it stands: as what its gravest place says.
class Tally {
  public:
    void add(const Found& found, const report::Finding& finding) {
        const auto [secret, is_new] =
            secrets_.try_emplace({finding.fingerprint, finding.state}, Secrets{counts_as(found), 0});
        if (!is_new) secret->second.as = std::min(secret->second.as, counts_as(found));
        ++secret->second.places;
    }
    std::size_t count(Counts as) const { // of the new ones
        return count([&](report::State state, Counts one) { return state == report::State::fresh && one == as; });
    }
    std::size_t count(report::State wanted) const {
        return count([&](report::State state, Counts) { return state == wanted; });
    }
    std::size_t places() const { // of the new ones that fail
        std::size_t sum = 0;
        for (const auto& [key, secret] : secrets_)
            if (key.second == report::State::fresh && secret.as == Counts::secret) sum += secret.places;
        return sum;
    }

  private:
    struct Secrets {
        Counts as;
        std::size_t places;
    };
    template <typename Wanted>
    std::size_t count(Wanted wanted) const {
        return static_cast<std::size_t>(std::count_if(secrets_.begin(), secrets_.end(), [&](const auto& one) {
            return wanted(one.first.second, one.second.as);
        }));
    }
    std::map<std::pair<std::string, report::State>, Secrets> secrets_; // by fingerprint
};

// "2 secrets (5 places), 1 in tests and samples, 3 known"
std::string counted_by(const Tally& tally) {
    const std::size_t secrets = tally.count(Counts::secret), places = tally.places();
    std::string text = secrets == 0 ? "no secret" : counted(secrets, "secret", "secrets");
    if (places > secrets) text += fmt::format(" ({} places)", places);
    if (const auto samples = tally.count(Counts::sample)) text += fmt::format(", {} in tests and samples", samples);
    if (const auto weak = tally.count(Counts::weak)) text += fmt::format(", {} weak or expired", weak);
    if (const auto dead = tally.count(Counts::dead)) text += fmt::format(", {} refused by the service", dead);
    if (const auto ids = tally.count(Counts::harmless))
        text += fmt::format(", {}", counted(ids, "identifier", "identifiers"));
    for (const auto state : {report::State::known, report::State::suppressed})
        if (const auto others = tally.count(state)) text += fmt::format(", {} {}", others, report::name_of(state));
    return text;
}

report::Finding to_finding(const Found& found, const Judging& judging) {
    report::Finding finding{.rule = std::string(found.rule->id), .file = found.path};
    finding.line = found.line;
    finding.column = found.column;
    finding.end_line = found.end_line;
    finding.end_column = found.end_column;
    finding.message = message(found, judging.scope);
    if (found.is_sample || is_weak(found)) finding.severity = report::Severity::warning;
    if (is_dead(found)) finding.severity = report::Severity::warning;
    if (is_harmless(found)) finding.severity = report::Severity::info;
    finding.fingerprint = fingerprint(found, judging.salt);
    finding.message += judging.baseline.was_known(finding.fingerprint);
    finding.confidence = confidence_of(found);
    finding.recurs = true;
    finding.state = found.state;
    if (found.state == report::State::fresh && judging.baseline.knows(finding.fingerprint))
        finding.state = report::State::known;
    if (!found.commit.empty()) finding.refs.push_back((found.of_tag ? "tag " : "commit ") + found.commit);
    return finding;
}

}

std::string counted_skipped(const std::map<std::string, std::set<std::string>>& skipped) {
    std::string text;
    for (const auto& [reason, paths] : skipped)
        text += fmt::format("{}{} {}", text.empty() ? "; skipped: " : ", ", paths.size(), reason);
    return text;
}

std::vector<Found> merge(std::vector<Found> found) {
    const auto final_tree =
        std::stable_partition(found.begin(), found.end(), [](const Found& f) { return f.commit.empty(); });
    std::set<std::tuple<std::string_view, std::string, std::string>> seen;
    for (auto each = found.begin(); each != final_tree; ++each) seen.insert(same_secret(*each));
    std::vector<Found> kept(found.begin(), final_tree);
    for (auto each = final_tree; each != found.end(); ++each)
        if (seen.insert(same_secret(*each)).second) kept.push_back(*each);
    return kept;
}

std::string fingerprint(const Found& found, const std::string& salt) {
    std::string bytes(found.rule->id);
    const bool by_name = found.secret.empty(); // the file's name is all that the rule asks for
    bytes.append(1, '\0').append(salt).append(1, '\0').append(by_name ? found.path : found.secret.reveal());
    return "v1:" + sys::sha256(bytes).substr(0, 32);
}

bool is_known(const Found& found, const Judging& judging) {
    return judging.baseline.knows(fingerprint(found, judging.salt));
}

std::string nothing_seen(std::string_view command, const Totals& totals, bool asked_for) {
    constexpr std::string_view allow = "to let it pass, say --allow-empty";
    const bool by_archives = totals.bytes == 0 && totals.skipped.contains("archive");
    if (command == "history" && totals.commits == 0)
        return fmt::format("the repository has no commit; make a commit, or scan the tree; {}", allow);
    if (command == "range" || command == "history") {
        if (totals.commits > 0 || totals.tags > 0 || !asked_for) return {};
        return fmt::format("the range has no commit; name a range with commits, such as main..HEAD; {}", allow);
    }
    if (command == "staged" && !by_archives) {
        if (totals.staged > 0 || !asked_for) return {};
        return fmt::format("no file is staged; stage the files to commit with git add, or scan the tree; {}", allow);
    }
    if (totals.bytes > 0) return {};
    if (command == "stdin" && totals.skipped.empty())
        return fmt::format("standard input is empty; pipe text to it, such as git diff; {}", allow);
    if (totals.lost_index)
        return fmt::format(
            "the index is empty, though HEAD has files, as after a checkout that failed; run: git reset, "
            "then look at git status; {}",
            allow);
    if (totals.skipped.empty() && totals.files.empty())
        return fmt::format("there is no file; add the files to scan with git add, or name a path; {}", allow);
    std::vector<std::string> reasons;
    for (const auto& [reason, paths] : totals.skipped) reasons.push_back(fmt::format("{} {}", paths.size(), reason));
    if (!totals.files.empty()) reasons.push_back(fmt::format("{} empty", totals.files.size()));
    return fmt::format("every file is left out ({}); change exclude or max_file_size, or name other paths; {}",
                       join(reasons, ", "), allow);
}

report::Report to_report(const std::vector<Found>& found, const Totals& totals, const Judging& judging,
                         std::vector<report::Finding> notes) {
    report::Report report;
    Tally tally;
    for (const Found& each : found) {
        report.findings.push_back(to_finding(each, judging));
        tally.add(each, report.findings.back());
    }
    const std::size_t fresh = tally.count(Counts::secret);
    const bool refused = std::any_of(notes.begin(), notes.end(),
                                     [](const auto& note) { return note.severity == report::Severity::error; });
    const auto is_unread = [](const report::Finding& note) { return note.rule == unread_rule; };
    const auto unread = std::stable_partition(notes.begin(), notes.end(), std::not_fn(is_unread));
    std::move(notes.begin(), unread, std::back_inserter(report.findings));
    report.verdict = fresh > 0 || refused ? report::Verdict::fail : report::Verdict::pass;
    for (const auto& [reason, paths] : totals.skipped) {
        std::string detail = counted(paths.size(), "file", "files");
        if (judging.explain == Explain::yes) detail += ": " + fmt::format("{}", fmt::join(paths, ", "));
        report.skipped.push_back({reason, std::move(detail)});
    }
    report.facts = fmt::format("{} in {}: {}{}", counted_by(tally), judging.subject, scanned(totals),
                               counted_skipped(totals.skipped));
    if (!judging.scope.nothing.empty()) report.facts = fmt::format("{} in {}", report::nothing_seen, judging.subject);
    report.looked = {.at_all = judging.scope.whole_tree,
                     .count = judging.scope.nothing.empty() ? std::optional<std::uint64_t>() : 0,
                     .nothing = judging.scope.nothing,
                     .may_be_nothing = judging.scope.empty == Scope::Empty::allowed,
                     .unread = {std::make_move_iterator(unread), std::make_move_iterator(notes.end())}};
    report::sort_findings(report.findings);
    for (const auto& [reason, detail] :
         judging.explain == Explain::yes ? report.skipped : std::vector<report::Skipped>())
        report.text += fmt::format("skipped, {}: {}\n", reason, detail);
    if (judging.explain == Explain::yes) report.most_places = found.size();
    report.counting_output = "findings";
    report.members = {report::member("scanned", json_of(totals))};
    if (judging.verifies) report.members.push_back(report::member("verified", verified_json(found, judging.salt)));
    report.outputs = {{"findings", std::to_string(fresh)}};
    return report;
}

std::span<const report::Rule> report_rules() {
    using report::Severity;
    static const std::vector<report::Rule> all = [] {
        std::vector<report::Rule> known = {
            {"scan/encoding", "A text is in an encoding that cannot be read"},
            {"scan/nothing", "There was nothing to scan"},
            {"scan/silenced", "A change makes the scan's checks weaker", Severity::warning},
            {"scan/too-large", "A file is too large to be scanned", Severity::warning},
            {unread_rule, "A file or a part of it was not scanned", Severity::warning},
        };
        for (auto& rule : known) rule.page = "scan.md";
        for (const Rule* rule : rules()) known.push_back({rule->id, rule->title});
        return known;
    }();
    return all;
}

}
