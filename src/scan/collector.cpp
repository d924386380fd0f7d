#include "scan/collector.h"
#include "base/archive.h"
#include "base/text.h"
#include "base/time.h"
#include "scan/archives.h"
#include "scan/around.h"
#include "scan/places.h"
#include "scan/rules/check.h"
#include "scan/silenced.h"
#include "sys/data/tar_fields.h"
#include "sys/encoding.h"
#include "sys/signals.h"
#include <algorithm>
#include <fmt/format.h>
#include <tuple>

namespace fairlead::scan {
namespace {

// git-lfs keeps the content elsewhere (git-lfs, docs/spec.md).
constexpr std::string_view lfs_pointer = "version https://git-lfs.github.com/spec/";
constexpr std::int64_t last_second = 253'402'300'799; // the last second of the year 9999
constexpr std::size_t most_names = 4'000'000;         // they are kept: about a gigabyte

constexpr std::size_t most_of_pages = 32u << 20;
constexpr std::size_t longest_guess = 150; // as generic-api-key has it

Guess guess_for(const Fragment& fragment) {
    const bool guessed = fragment.kind == Piece::text && !is_manual(fragment.path);
    return guessed && !is_generated(fragment.path, fragment.text) ? Guess::yes : Guess::no;
}

// No report shows a secret, in whatever form. A word or a PIN that anyone may guess would be hidden in every path and
// number, so that it is none by itself.
Secret value_of(const Fragment& fragment, const Hit& hit) {
    const std::string value = hit.decoded.empty() ? fragment.text.substr(hit.begin, hit.end - hit.begin) : hit.decoded;
    return Secret(hit.rule->opens == Opens::little ? fmt::format("a weak value: {}", value) : value);
}

// The last day of a token that says until when it is valid, if that is over; otherwise nothing.
std::string ended(const Found& found, const std::string& today) {
    const auto seconds = found.rule->id == "jwt" ? expiry_of(found.secret.reveal()) : std::nullopt;
    if (!seconds || *seconds < 0 || *seconds > last_second) return "";
    std::string day = format_utc(SystemTime(std::chrono::seconds(*seconds))).substr(0, 10);
    return day < today ? day : "";
}

bool is_looked_at(const Fragment& fragment) { return fragment.kind != Piece::link && fragment.kind != Piece::archive; }

// Line and column of an offset; asked for in rising order, so that every byte is counted once.
class Locator {
  public:
    explicit Locator(std::string_view text) : text_(text) {}
    std::pair<int, int> at(std::size_t offset) {
        for (std::size_t newline = text_.find('\n', line_begin_); newline < offset;
             newline = text_.find('\n', line_begin_)) {
            line_begin_ = newline + 1;
            ++line_;
        }
        return {line_, static_cast<int>(code_points(text_.substr(line_begin_, offset - line_begin_))) + 1};
    }

  private:
    std::string_view text_;
    std::size_t line_begin_ = 0;
    int line_ = 0;
};

}

Result<Collector> Collector::make(const Options& options, IgnoreList ignored) {
    return make(options, std::move(ignored), gitleaks::built_in_configuration());
}

Result<Collector> Collector::make(const Options& options, IgnoreList ignored, gitleaks::Configuration configuration) {
    const auto chosen = TRY(chosen_rules(options));
    std::erase_if(configuration.built_in,
                  [&](const Rule* rule) { return std::find(chosen.begin(), chosen.end(), rule) == chosen.end(); });
    gitleaks::Detector::Settings settings;
    settings.honour_allow = false; // such a comment is found with the others
    settings.allow = options.allow;
    auto detector = TRY(gitleaks::Detector::make(std::move(configuration), settings));
    return Collector(options, std::move(ignored), std::move(detector));
}

Collector::Collector(Options options, IgnoreList ignored, gitleaks::Detector detector)
    : options_(std::move(options)), ignored_(std::move(ignored)), detector_(std::move(detector)) {
    for (const gitleaks::Rule& rule : detector_.configuration().rules) {
        const std::string_view title = rule.description;
        own_rules_.push_back({.id = rule.id, .title = title.empty() ? "A secret" : title});
    }
}

const Rule* Collector::rule_of(const std::string& id) const {
    const auto own =
        std::find_if(own_rules_.begin(), own_rules_.end(), [&](const Rule& rule) { return rule.id == id; });
    return own == own_rules_.end() ? find_rule(id) : &*own;
}

Result<std::vector<Hit>> Collector::search(std::string_view text, Guess guess, const std::string& path,
                                           const std::string& commit) {
    std::vector<Hit> hits;
    const gitleaks::Fragment fragment{.text = text, .path = path, .commit = commit, .first_line = 1, .guess = guess};
    for (gitleaks::Finding& found : TRY(detector_.find(fragment))) {
        if (found.begin == found.end) continue; // of the file's name
        // The expressions of a configuration match themselves.
        if (path == detector_.configuration().file && detector_.configuration().find(found.rule)) continue;
        Hit hit{.rule = rule_of(found.rule), .begin = found.begin, .end = found.end};
        if (text.substr(hit.begin, hit.end - hit.begin) != found.secret) hit.decoded = std::move(found.secret);
        hits.push_back(std::move(hit));
    }
    if (hits.size() > 1) remove_overlaps(hits);
    return hits;
}

namespace {

report::Finding unread(const std::string& path, std::string_view why) {
    return {.rule = "scan/unread",
            .severity = report::Severity::warning,
            .file = path,
            .message = fmt::format("not scanned: it is an archive that can't be unpacked here: {}; unpack it and scan "
                                   "the path of the content, or exclude the file",
                                   why)};
}

}

std::size_t Collector::traces() const {
    std::size_t count = found_.size() + notes_.size();
    for (const auto& [reason, paths] : totals_.skipped) count += paths.size();
    return count;
}

bool Collector::skips(const std::string& path) {
    if (!matches_any_glob(options_.exclude, path)) return false;
    skip(path, "excluded");
    return true;
}

bool Collector::looks_at(const std::string& path) const {
    return !matches_any_glob(options_.exclude, path) && !detector_.skips({.text = {}, .path = path, .commit = {}});
}

Result<bool> Collector::add_archive(Fragment& fragment) {
    const auto kind = fragment.first_line == 1 ? archive_kind(fragment.text) : std::string_view();
    if (kind.empty()) return false;
    // A script with these five letters at that place: its text is looked at as any other.
    const std::string_view header = std::string_view(fragment.text).substr(0, sys::tar_block_size);
    if (kind == "tar" && fragment.kind == Piece::text && valid_utf8(fragment.text) &&
        (header.size() < sys::tar_block_size || !sys::tar_checksum_holds(header)))
        return false;
    const auto no_comments = [](const Fragment&) {
        return Result<std::vector<Suppression>>(std::vector<Suppression>());
    };
    bool stopped = false;
    const auto unpacked =
        unpack(fragment.text, fragment.path, nested_archives,
               [&](const std::string& path, std::string content) -> Result<void> {
                   if (skips(path)) return {};
                   if (!archive_kind(content).empty()) note(unread(path, "it is nested too deep"));
                   Fragment inner{.path = path, .commit = fragment.commit, .text = std::move(content)};
                   if (auto decoded = sys::decoded_text(inner.text)) inner.text = std::move(*decoded);
                   if (sys::looks_binary(inner.text)) inner.kind = Piece::binary;
                   inner.again = fragment.again;
                   auto added = add(inner, no_comments);
                   stopped = !added.ok();
                   return added;
               });
    if (stopped) return unpacked.error();
    // A mark in front of a text makes no archive of it: all rules look at that, and it counts.
    if (fragment.kind == Piece::binary || !valid_utf8(fragment.text)) fragment.kind = Piece::archive;
    if (unpacked.ok()) return true;
    if (!fragment.again) skip(fragment.path, "archive");
    note(unread(fragment.path, unpacked.error().message));
    return true;
}

void Collector::note(report::Finding finding) {
    const std::string commit = finding.refs.empty() ? "" : finding.refs[0] + ":";
    if (noted_.emplace(finding.rule, commit + finding.file, finding.line).second) notes_.push_back(std::move(finding));
}

Result<void> Collector::add_name(const std::string& path, const std::string& commit) {
    if (!names_.emplace(commit.empty(), path).second) return {};
    if (names_.size() > most_names)
        return could_not(
            fmt::format("there are more than {} names of files; scan in parts: fairlead-scan range A..B", most_names));
    const auto keep_name = [&](const Rule* rule, std::string secret) {
        Found found{.rule = rule, .path = path, .commit = commit}; // at no line
        found.secret = Secret(std::move(secret));
        if (ignored_.covers(commit, path, rule->id, 0)) found.state = report::State::suppressed;
        found_.push_back(std::move(found));
    };
    for (const Hit& hit : TRY(search(path, Guess::no, "", commit)))
        keep_name(hit.rule, hit.decoded.empty() ? path.substr(hit.begin, hit.end - hit.begin) : hit.decoded);
    if (own_rules_.empty()) return {}; // only a configuration has rules for names alone
    for (const gitleaks::Finding& named : TRY(detector_.find({.text = {}, .path = path, .commit = commit})))
        keep_name(rule_of(named.rule), "");
    return {};
}

bool Collector::is_allowed(const std::string& path, const std::string& commit) {
    if (!detector_.skips({.text = {}, .path = path, .commit = commit})) return false;
    skip(path, "allowlist");
    return true;
}

Result<void> Collector::pass(const std::string& path, const std::string& commit, std::uint64_t bytes) {
    TRY_VOID(add_name(path, commit));
    if (is_allowed(path, commit)) return {};
    totals_.files.insert(path);
    totals_.bytes += bytes;
    return {};
}

Result<void> Collector::add(const Fragment& fragment, const Comments& comments) {
    if (sys::stop_requested()) return could_not("interrupted before everything was scanned");
    if (!fragment.path.empty()) {
        TRY_VOID(add_name(fragment.path, fragment.commit));
        if (is_allowed(fragment.path, fragment.commit)) return {};
        if (is_looked_at(fragment)) totals_.files.insert(fragment.path);
        if (fragment.first_line == 1 && fragment.text.starts_with(lfs_pointer)) skip(fragment.path, "LFS pointer");
    }
    if (is_looked_at(fragment) && fragment.kind != Piece::headers && !fragment.again)
        totals_.bytes += fragment.text.size();
    const std::vector<Hit> hits = TRY(search(fragment.text, guess_for(fragment), fragment.path, fragment.commit));
    TRY_VOID(keep(fragment, hits, comments));
    TRY_VOID(add_wide(fragment, comments));
    if (fragment.kind == Piece::text && fragment.commit.empty() && is_manual(fragment.path) &&
        bytes_of_pages_ < most_of_pages) {
        bytes_of_pages_ += fragment.text.size();
        pages_.push_back(fragment);
    }
    return add_completed(fragment, comments);
}

// Letters of two bytes in the midst of others, where no mark and no rest of the text tells of them.
Result<void> Collector::add_wide(const Fragment& fragment, const Comments& comments) {
    Fragment wide{.path = fragment.path, .commit = fragment.commit, .kind = Piece::binary, .again = fragment.again};
    if (fragment.kind == Piece::headers) wide.kind = fragment.kind;
    wide.of_tag = fragment.of_tag;
    wide.text = sys::wide_text(fragment.text);
    if (wide.text.empty()) return {};
    std::vector<Hit> hits = TRY(search(wide.text, Guess::no, fragment.path, fragment.commit));
    std::set<std::string> seen; // a run comes with and without what may stand around it
    std::erase_if(
        hits, [&](const Hit& hit) { return !seen.insert(wide.text.substr(hit.begin, hit.end - hit.begin)).second; });
    return keep(wide, hits, comments);
}

// A key of many lines of which only some are new: this change completes it.
Result<void> Collector::add_completed(const Fragment& fragment, const Comments& comments) {
    constexpr std::string_view dashes = "-----";
    const std::size_t begin = fragment.before.size(), end = begin + fragment.text.size();
    if (begin == 0 && fragment.after.empty()) return {};
    if (fragment.before.find(dashes) == std::string::npos && fragment.after.find(dashes) == std::string::npos)
        return {};
    Fragment whole = fragment;
    whole.text = fragment.before + fragment.text + "\n" + fragment.after;
    whole.first_line -= static_cast<int>(std::count(fragment.before.begin(), fragment.before.end(), '\n'));
    std::vector<Hit> hits = TRY(search(whole.text, Guess::only_blocks, fragment.path, fragment.commit));
    std::erase_if(hits, [&](const Hit& hit) {
        const bool inside = hit.begin >= begin && hit.end <= end, outside = hit.end <= begin || hit.begin >= end;
        return hit.rule->shape != Shape::block || inside || outside;
    });
    return keep(whole, hits, comments);
}

Result<void> Collector::add_pages(const Comments& comments) {
    std::set<std::string> values;
    for (const Found& found : found_)
        if (found.rule->opens == Opens::something && found.secret.reveal().size() <= longest_guess)
            values.insert(found.secret.reveal());
    if (values.empty() || pages_.empty()) return {};
    const std::vector<std::string> literals(values.begin(), values.end());
    const auto known = TRY(sys::LiteralSet::compile(literals));
    std::vector<sys::LiteralSet::Hit> places;
    for (const Fragment& page : pages_) {
        places.clear();
        known.scan(page.text, places);
        if (places.empty()) continue;
        std::vector<Hit> hits = TRY(search(page.text, Guess::yes, page.path, page.commit));
        std::erase_if(hits, [&](const Hit& hit) {
            return !is_guess(*hit.rule) || !values.contains(page.text.substr(hit.begin, hit.end - hit.begin));
        });
        TRY_VOID(keep(page, hits, comments));
    }
    pages_.clear();
    return {};
}

bool Collector::is_known(const Found& found) const {
    return std::any_of(found_.rbegin(), found_.rend(), [&](const Found& one) {
        return one.rule == found.rule && one.path == found.path && one.commit == found.commit &&
               one.secret.reveal() == found.secret.reveal();
    });
}

Result<void> Collector::keep(const Fragment& fragment, const std::vector<Hit>& hits, const Comments& comments) {
    const auto is_meant = [&](const Hit& hit) {
        const bool is_nothing =
            (hit.rule->opens == Opens::little || hit.rule->in_tests == InTests::nothing) && is_made_up(fragment, hit);
        return !is_nothing && !is_name_in_code(fragment, hit) && !is_of_badge(fragment, hit) &&
               !is_in_data_of_secret(fragment, hit);
    };
    if (std::none_of(hits.begin(), hits.end(), is_meant)) return {};
    const std::vector<Suppression> suppressions = TRY(comments(fragment));
    Locator locator(fragment.text);
    for (const Hit& hit : hits) {
        if (!is_meant(hit)) continue;
        Found found{.rule = hit.rule, .path = fragment.path, .commit = fragment.commit, .of_tag = fragment.of_tag};
        std::tie(found.line, found.column) = locator.at(hit.begin);
        std::tie(found.end_line, found.end_column) = locator.at(hit.end - 1);
        found.line += fragment.first_line;
        found.end_line += fragment.first_line;
        if (fragment.kind == Piece::headers) found.line = found.column = found.end_line = found.end_column = 0;
        found.secret = value_of(fragment, hit);
        found.is_sample = is_made_up(fragment, hit);
        found.ended = ended(found, options_.today);
        const bool again = !found_.empty() && found_.back().rule == found.rule && found_.back().path == found.path &&
                           found_.back().commit == found.commit && found_.back().line == found.line &&
                           found_.back().column == found.column; // two runs of new lines complete one key
        if (again || (fragment.again && is_known(found))) continue;
        const Suppression* comment = covering(suppressions, hit.rule->id, found.line, found.end_line, options_.today);
        if (comment || ignored_.covers(found.commit, found.path, hit.rule->id, found.line))
            found.state = report::State::suppressed;
        if (comment && comment->reason.empty() && found.commit.empty()) note(without_reason(found, comment->line));
        if (!comment && found.commit.empty())
            for (report::Finding& finding : silence_nothing(found, suppressions, options_.today))
                note(std::move(finding));
        found_.push_back(std::move(found));
    }
    return {};
}

}
