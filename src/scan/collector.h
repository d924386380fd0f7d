#pragma once
#include "base/secret.h"
#include "report/report.h"
#include "scan/engine.h"
#include "scan/ignore_list.h"
#include "scan/options.h"
#include "scan/suppress.h"
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::scan {

// A piece of a file: all of it, or the lines that a commit adds.
struct Fragment {
    std::string path;   // '/'-separated, from the repository's root
    std::string commit; // empty: the tree or the index
    std::string text;
    int first_line = 1;
};

struct Found {
    const Rule* rule = nullptr;
    std::string path, commit;
    // Of the secret; columns in code points, the end inclusive; 0: it is in the name of the file.
    int line = 0, column = 0, end_line = 0, end_column = 0;
    Secret secret;
    report::State state = report::State::fresh;
};

// What was looked at and what not.
struct Totals {
    std::uint64_t commits = 0, bytes = 0;
    std::set<std::string> files;
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
    // Looks at the name of the file, too. Error (could_not) when a signal asked us to stop.
    Result<void> add(const Fragment& fragment, const Comments& comments);

    const Totals& totals() const { return totals_; }
    const IgnoreList& ignored() const { return ignored_; }
    std::uint64_t max_file_size() const { return options_.max_file_size; }
    std::vector<Found> take_found() { return std::move(found_); }

  private:
    Collector(Options options, IgnoreList ignored, Engine engine);
    Result<void> add_name(const std::string& path, const std::string& commit);
    Options options_;
    IgnoreList ignored_;
    Engine engine_;
    Totals totals_;
    std::vector<Found> found_;
};

bool is_binary(std::string_view bytes); // NUL among the first 8000, as git has it

}
