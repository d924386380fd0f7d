#include "base/text.h"
#include "gate/formats/cases.h"
#include "gate/formats/go_paths.h"
#include "gate/formats/readers.h"
#include "sys/data/json_line.h"
#include <fmt/format.h>
#include <map>
#include <optional>
#include <set>

// The stream of `go test -json` (go doc test2json). Each test that ends is a case, a subtest and its parent both, as
// gotestsum counts. Lines that are no event may stand between: what the program printed.
namespace fairlead::gate {

namespace {

constexpr std::size_t most_packages = 100'000, most_running = 100'000, longest_output = 16 * 1024;

// One line. A member that comes twice counts as it comes last.
struct Event {
    std::string action, package, test, output;
    bool of_failed_build = false;
    bool read(std::string_view line) {
        action.clear(), package.clear(), test.clear(), output.clear(); // what they took is used again
        of_failed_build = false;
        const sys::TakeText take = [this](std::string_view name, std::string_view text) {
            if (name == "Action") action = text;
            if (name == "Package") package = text;
            if (name == "Test") test = text;
            if (name == "Output") output = text;
            of_failed_build |= name == "FailedBuild";
        };
        return plain.read(line, take) || sys::read_texts(line, take);
    }
    sys::PlainLine plain = {};
};

struct Package {
    std::map<std::string, std::string, std::less<>> running; // with what they printed
    std::string output;                                      // of no test
    bool any_bad = false, ended = false;
};

class GoEvents {
  public:
    GoEvents(Cases& cases, const SourceTree& tree) : cases_(cases), tree_(tree) {}

    // An empty reason: the line is fine.
    std::string take(std::string_view line) {
        if (!line.starts_with('{')) {
            if (line.find('\0') != line.npos) return "holds a NUL, which no output of go test does";
            for (const std::string_view begin : {"{\"Time\":", "{\"Action\":", "{\"ImportPath\":"})
                if (line.find(begin) != line.npos)
                    return "has an event behind other text; keep the streams apart: go test -json 2>errors.txt";
            return {};
        }
        // A line of the program's own that begins so is none; an event that was cut off is.
        if (!event_.read(line))
            return line.find("\"Action\":") == line.npos ? "" : "is not JSON: the report was cut short";
        any_build_failed_ |= event_.action == "build-fail";
        if (event_.action == "build-output") append_text(built_, event_.output);
        if (event_.action.empty() || event_.package.empty()) return {};
        if (last_ == packages_.end() || last_->first != event_.package) { // mostly it is that of the event before
            last_ = packages_.find(event_.package);
            if (last_ == packages_.end()) {
                if (packages_.size() >= most_packages) return "is from a package beyond the limit of packages";
                last_ = packages_.emplace(event_.package, Package()).first;
            }
        }
        if (!event_.test.empty()) return of_test(last_->first, last_->second);
        of_package(last_->first, last_->second);
        return {};
    }

    void close() {
        if (any_build_failed_ && !any_failed_)
            cases_.declare("a build failed, and no package did: the report was cut short");
        for (auto& [name, package] : packages_) {
            if (package.ended) continue;
            const bool ran = !package.running.empty();
            end_running(name, package, "the report ends before the test ended");
            if (!ran)
                cases_.declare(fmt::format("package {} has no result: the report was cut short, or the run ended",
                                           one_line(name)));
        }
    }

  private:
    void of_package(const std::string& name, Package& package) {
        if (event_.action == "output") return keep(package.output);
        if (event_.action == "start") package.ended = false; // again, of a rerun
        if (!is_one_of(event_.action, {"pass", "fail", "skip"})) return;
        any_failed_ |= event_.action == "fail";
        if (event_.action == "fail") {
            const bool ran = !package.running.empty();
            end_running(name, package, "the package ended before the test ended");
            if (!ran && !package.any_bad) {
                const bool of_build = event_.of_failed_build && !built_.empty();
                add(name, "(the package itself)", of_build ? built_ : package.output, Outcome::error,
                    of_build ? "" : why_without_test(package.output));
            }
        }
        const bool ended = true;
        package = {};
        package.ended = ended;
    }

    std::string of_test(const std::string& name, Package& package) {
        const auto running = package.running.find(event_.test);
        if (event_.action == "output") {
            keep(running == package.running.end() ? package.output : running->second);
            return {};
        }
        if (event_.action == "run") {
            package.ended = false;
            if (running == package.running.end() && ++running_ > most_running)
                return "is from a test beyond the limit of running tests";
            package.running[event_.test].clear();
            return {};
        }
        if (!is_one_of(event_.action, {"pass", "fail", "skip"})) return {};
        const auto outcome = event_.action == "pass"   ? Outcome::passed
                             : event_.action == "skip" ? Outcome::skipped
                                                       : Outcome::failed;
        package.any_bad |= outcome == Outcome::failed;
        add(name, event_.test, running == package.running.end() ? "" : running->second, outcome, "");
        if (running != package.running.end()) {
            package.running.erase(running);
            --running_;
        }
        return {};
    }

    void end_running(const std::string& name, Package& package, std::string_view why) {
        for (const auto& [test, output] : package.running) add(name, test, output, Outcome::error, why);
        running_ -= package.running.size();
        package.any_bad |= !package.running.empty();
        package.running.clear();
    }

    void add(const std::string& package, const std::string& name, const std::string& output, Outcome outcome,
             std::string_view why) {
        if (outcome == Outcome::passed || outcome == Outcome::skipped) return cases_.add_good(outcome, {package, name});
        FailedTest test{.suite = package, .name = name, .message = std::string(why), .text = without_headings(output)};
        if (why.empty()) take_go_place(test);
        if (names_no_folder(test)) {
            if (!paths_) paths_.emplace(tree_);
            paths_->find_in_package(test);
        }
        cases_.add(outcome, std::move(test));
    }

    // TestMain and os.Exit end a package without a word.
    static std::string_view why_without_test(const std::string& output) {
        const auto text = without_headings(output);
        return text.empty() || text.starts_with("exit status ")
                   ? "no test failed, but the package did: see its TestMain"
                   : "";
    }

    // "=== RUN   TestX", "--- FAIL: TestX (0.00s)", "FAIL": what the events say.
    static std::string without_headings(const std::string& output) {
        std::string text;
        for (const auto& line : split(output, '\n')) {
            const auto words = trim(std::string_view(line));
            const bool is_result = is_one_of(words, {"PASS", "FAIL"}) || words.starts_with("FAIL\t");
            if (!words.empty() && !is_result && !words.starts_with("=== ") && !words.starts_with("--- "))
                text += line + "\n";
        }
        return text;
    }

    void keep(std::string& output) const {
        if (output.size() < longest_output) output.append(event_.output, 0, longest_output - output.size());
    }

    Cases& cases_;
    const SourceTree& tree_;
    std::optional<GoPaths> paths_; // for the first test that failed
    Event event_;                  // of the line
    using Packages = std::map<std::string, Package, std::less<>>;
    Packages packages_;
    Packages::iterator last_ = packages_.end();
    std::size_t running_ = 0;
    bool any_build_failed_ = false, any_failed_ = false; // any_failed_: a package
    std::string built_;                                  // what the compiler said
};

}

Result<void> read_go_test(const Source& source, const SourceTree& tree, Evidence& evidence) {
    auto stream = TRY(source.open(sys::Encoding::utf8));
    sys::LineReader lines(std::move(stream));
    Cases cases(evidence);
    GoEvents events(cases, tree);
    for (std::string_view line; TRY(lines.next(line));) {
        const auto reason =
            lines.was_cut() ? fmt::format("is longer than {} MiB, which is the limit", sys::LineReader::longest >> 20)
                            : events.take(line);
        if (!reason.empty())
            return no(fmt::format("line '{}' {}", one_line(line, 60), reason),
                      {source.name(), static_cast<int>(lines.number()), 1, {}});
    }
    events.close();
    return {};
}

}
