#pragma once
#include "base/secret.h"
#include "base/suppress.h"
#include "report/report.h"
#include "scan/engine.h"
#include "scan/ignore_list.h"
#include "scan/options.h"
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace fairlead::scan {

// What a piece of text is. Nothing is guessed where no person writes: in bytes, in messages and headers of commits.
// What a link of the tree says, and what an archive shows from outside, is not counted as a file that was looked at.
enum class Piece { text, binary, message, headers, link, archive };

// A piece of a file: all of it, or the lines that a commit adds. Or message or headers of a commit, without a path.
struct Fragment {
    std::string path;   // '/'-separated, from the repository's root
    std::string commit; // empty: the tree or the index
    std::string text;
    int first_line = 1;
    Piece kind = Piece::text;
    std::string before = {}, after = {}; // whole lines around it that were there already
    bool again = false; // the same in other letters: what was found there is not told twice, nor are bytes counted
};

struct Found {
    const Rule* rule = nullptr;
    std::string path, commit;
    // Of the secret; columns in code points, the end inclusive; 0: it is in the name of the file. Without a path it is
    // in the message of the commit; 0: in its headers.
    int line = 0, column = 0, end_line = 0, end_column = 0;
    Secret secret;
    report::State state = report::State::fresh;
};

// What was looked at and what not.
struct Totals {
    std::uint64_t commits = 0, bytes = 0;
    std::uint64_t staged = 0;                             // files that differ from HEAD, removed ones too
    std::set<std::string> files, names;                   // of the first the text, of the others only the name
    std::map<std::string, std::set<std::string>> skipped; // reason -> paths
};

// Takes what is to be scanned, piece by piece, and keeps what was found.
class Collector {
  public:
    // The comments of the file that a fragment is a piece of; asked for only when something was found.
    using Comments = std::function<Result<std::vector<Suppression>>(const Fragment&)>;

    // With the built-in rules that `options` choose, or with rules that outlive the collector.
    static Result<Collector> make(const Options& options, IgnoreList ignored);
    static Result<Collector> make(const Options& options, IgnoreList ignored, std::vector<const Rule*> rules);
    // Says why a path is not scanned, and notes it; empty: it is.
    bool skips(const std::string& path);
    void skip(const std::string& path, const std::string& reason) { totals_.skipped[reason].insert(path); }
    void count_commit() { ++totals_.commits; }
    void count_staged(std::uint64_t files) { totals_.staged += files; }
    // Looks at the name of the file, too. Error (could_not) when a signal asked us to stop.
    Result<void> add(const Fragment& fragment, const Comments& comments);
    Result<void> add_name(const std::string& path, const std::string& commit); // once for each path
    // Whether it begins as an archive does, which is reported with its name; what is no text becomes Piece::archive.
    bool notes_archive(Fragment& fragment);
    void note(report::Finding finding); // a warning beside the secrets; the first of its rule in a line

    const Totals& totals() const { return totals_; }
    const IgnoreList& ignored() const { return ignored_; }
    std::uint64_t max_file_size() const { return options_.max_file_size; }
    bool leaves_nothing_out() const { return options_.leaves_nothing_out; }
    std::vector<Found> take_found() { return std::move(found_); }
    std::vector<report::Finding> take_notes() { return std::move(notes_); }

  private:
    Collector(Options options, IgnoreList ignored, Engine engine);
    bool is_known(const Found& found) const;
    Result<void> keep(const Fragment& fragment, const std::vector<Hit>& hits, const Comments& comments);
    Result<void> add_completed(const Fragment& fragment, const Comments& comments);
    Result<void> add_wide(const Fragment& fragment, const Comments& comments);
    Options options_;
    IgnoreList ignored_;
    Engine engine_;
    Totals totals_;
    std::vector<Found> found_;
    std::vector<report::Finding> notes_;
    std::set<std::tuple<std::string, std::string, int>> noted_; // their rules, files and lines
    std::set<std::pair<bool, std::string>> names_;              // that were looked at, in the final tree or in a commit
};

}
