#pragma once
#include "base/secrets/secret.h"
#include "base/suppress.h"
#include "report/report.h"
#include "scan/gitleaks/detector.h"
#include "scan/ignore_list.h"
#include "scan/options.h"
#include "scan/verify.h"
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace fairlead::scan {

// The kind of a piece of text. Secrets are guessed by their entropy only in `text`, not in bytes or in messages and
// headers of commits. `link` (the target of a symbolic link) and `archive` (the visible outside of an archive) don't
// count as scanned files.
enum class Piece { text, binary, message, headers, link, archive };

// A piece of a file: the whole file, or the lines that a commit adds. Or the message or headers of a commit, without a
// path.
struct Fragment {
    std::string path;   // '/'-separated, relative to the repository's root
    std::string commit; // empty: the tree or the index
    std::string text;
    int first_line = 1;
    Piece kind = Piece::text;
    std::string before = {}, after = {}; // existing whole lines around it
    bool of_tag = false;                 // `commit` names an annotated tag
    // the same text in another encoding: repeated findings are not reported, and its bytes are not counted
    bool again = false;
};

struct Found {
    const Rule* rule = nullptr;
    std::string path, commit;
    bool of_tag = false; // `commit` names an annotated tag
    // The place of the secret: columns in code points, the end inclusive. 0: the secret is in the file's name. Without
    // a path it is in the commit's message; with line 0, in the commit's headers.
    int line = 0, column = 0, end_line = 0, end_column = 0;
    Secret secret;
    report::State state = report::State::fresh;
    bool is_sample = false;                // most likely made up for a test: a warning
    std::string ended = {};                // the last day of a token that has expired, YYYY-MM-DD: a warning
    std::optional<Verified> verified = {}; // with --verify; nothing: nobody was asked
};

// What was scanned and what was skipped.
struct Totals {
    std::uint64_t commits = 0, tags = 0, bytes = 0; // tags: annotated tags
    std::uint64_t known_clean = 0;                  // number of skipped commits, in which an earlier run found nothing
    bool lost_index = false;                        // the index is empty, though HEAD has files
    std::uint64_t staged = 0;                       // files that differ from HEAD, including removed files
    // files: paths whose text was scanned; names: paths with only the name scanned
    std::set<std::string> files, names;
    std::map<std::string, std::set<std::string>> skipped; // reason -> paths
};

// Takes the text to scan piece by piece, and keeps the findings.
class Collector {
  public:
    // Returns the comments of the file that a fragment belongs to; only called after a finding.
    using Comments = std::function<Result<std::vector<Suppression>>(const Fragment&)>;

    // Uses the built-in rules that `options` choose, or those of a configuration, as far as `options` choose them.
    static Result<Collector> make(const Options& options, IgnoreList ignored);
    static Result<Collector> make(const Options& options, IgnoreList ignored, gitleaks::Configuration configuration);
    // Returns and records why a path is not scanned; empty: it is scanned.
    bool skips(const std::string& path);
    bool looks_at(const std::string& path) const; // the opposite of skips(), without recording, for any commit
    void skip(const std::string& path, const std::string& reason) { totals_.skipped[reason].insert(path); }
    void count_commit() { ++totals_.commits; }
    void count_known_clean() { ++totals_.known_clean; }
    std::size_t traces() const; // how many secrets, notes and skipped files there are
    void tell_lost_index() { totals_.lost_index = true; }
    void count_tag() { ++totals_.tags; }
    void count_staged(std::uint64_t files) { totals_.staged += files; }
    // Also scans the file's name. Error (could_not): a signal asked us to stop.
    Result<void> add(const Fragment& fragment, const Comments& comments);
    Result<void> add_name(const std::string& path, const std::string& commit); // once for each path
    // Counts a commit's file as scanned, because nothing can be found in its text. Scans its name.
    Result<void> pass(const std::string& path, const std::string& commit, std::uint64_t bytes);
    // Whether the text begins like an archive; then its files are scanned, or a warning says why they can't be. A
    // fragment that is not text becomes Piece::archive.
    Result<bool> add_archive(Fragment& fragment);
    void note(report::Finding finding); // adds a warning to the secrets; only the first of its rule in a line

    const Totals& totals() const { return totals_; }
    const IgnoreList& ignored() const { return ignored_; }
    std::uint64_t max_file_size() const { return options_.max_file_size; }
    gitleaks::Detector& detector() { return detector_; }
    bool leaves_nothing_out() const { return options_.leaves_nothing_out; }
    // Scans the pages of the tree again: a guess there is right if the same value was found elsewhere.
    Result<void> add_pages(const Comments& comments);
    std::vector<Found> take_found() { return std::move(found_); }
    std::vector<report::Finding> take_notes() { return std::move(notes_); }

  private:
    Collector(Options options, IgnoreList ignored, gitleaks::Detector detector);
    const Rule* rule_of(const std::string& id) const;
    // Returns the hits in a text by place; `path` and `commit` are for rules and allowlists that ask for them.
    Result<std::vector<Hit>> search(std::string_view text, Guess guess, const std::string& path,
                                    const std::string& commit);
    bool is_allowed(const std::string& path, const std::string& commit); // by an allowlist; then it is recorded
    bool is_known(const Found& found) const;
    Result<void> keep(const Fragment& fragment, const std::vector<Hit>& hits, const Comments& comments);
    Result<void> add_completed(const Fragment& fragment, const Comments& comments);
    Result<void> add_wide(const Fragment& fragment, const Comments& comments);
    Options options_;
    IgnoreList ignored_;
    gitleaks::Detector detector_;
    std::deque<Rule> own_rules_; // of the configuration; findings point to them
    Totals totals_;
    std::vector<Fragment> pages_;
    std::size_t bytes_of_pages_ = 0;
    std::vector<Found> found_;
    std::vector<report::Finding> notes_;
    std::set<std::tuple<std::string, std::string, int>> noted_; // their rules, files and lines
    std::set<std::pair<bool, std::string>> names_;              // already scanned, in the final tree or in a commit
};

}
