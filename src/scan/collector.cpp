#include "scan/collector.h"
#include "base/text.h"
#include "sys/signals.h"
#include <algorithm>
#include <fmt/format.h>
#include <tuple>

namespace fairlead::scan {
namespace {

// Ends of names of files that programs write: what looks random there is a digest far more often than a secret.
constexpr std::string_view generated[] = {".lock",   "-lock.json", "-lock.yaml", "go.sum", "npm-shrinkwrap.json",
                                          ".min.js", ".min.css",   ".map",       ".svg",   ".ipynb",
                                          ".po",     ".pot"};

Guess guess_for(std::string_view path) {
    const bool machine = std::any_of(std::begin(generated), std::end(generated),
                                     [&](std::string_view end) { return path.ends_with(end); });
    return machine ? Guess::no : Guess::yes;
}

Result<std::vector<const Rule*>> chosen_rules(const Options& options) {
    for (const auto* words : {&options.only, &options.skip})
        for (const std::string& id : *words) {
            if (find_rule(id)) continue;
            std::vector<std::string> known;
            for (const Rule* rule : rules()) known.emplace_back(rule->id);
            const std::string near = nearest(id, known);
            return usage(fmt::format("rule '{}' is unknown; {}", id,
                                     near.empty() ? "fairlead-scan rules lists them" : "nearest is " + near));
        }
    const auto names = [](const std::vector<std::string>& words, std::string_view id) {
        return std::find(words.begin(), words.end(), id) != words.end();
    };
    std::vector<const Rule*> chosen;
    for (const Rule* rule : rules())
        if ((options.only.empty() || names(options.only, rule->id)) && !names(options.skip, rule->id))
            chosen.push_back(rule);
    return chosen;
}

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

bool is_binary(std::string_view bytes) { return bytes.substr(0, 8000).find('\0') != bytes.npos; }

Result<Collector> Collector::make(const Options& options, IgnoreList ignored) {
    return make(options, std::move(ignored), TRY(chosen_rules(options)));
}

Result<Collector> Collector::make(const Options& options, IgnoreList ignored, std::vector<const Rule*> rules) {
    Engine engine = TRY(Engine::make(std::move(rules), options.allow));
    return Collector(options, std::move(ignored), std::move(engine));
}

Collector::Collector(Options options, IgnoreList ignored, Engine engine)
    : options_(std::move(options)), ignored_(std::move(ignored)), engine_(std::move(engine)) {}

bool Collector::skips(const std::string& path) {
    const auto& globs = options_.exclude;
    if (std::none_of(globs.begin(), globs.end(), [&](const auto& glob) { return glob_match(glob, path); }))
        return false;
    skip(path, "excluded");
    return true;
}

Result<void> Collector::add_name(const std::string& path, const std::string& commit) {
    for (const Hit& hit : TRY(engine_.find(path, Guess::no))) {
        Found found{.rule = hit.rule, .path = path, .commit = commit}; // at no line
        found.secret = Secret(path.substr(hit.begin, hit.end - hit.begin));
        if (ignored_.covers(commit, path, hit.rule->id, 0)) found.state = report::State::suppressed;
        found_.push_back(std::move(found));
    }
    return {};
}

Result<void> Collector::add(const Fragment& fragment, const Comments& comments) {
    if (sys::stop_requested()) return could_not("interrupted before everything was scanned");
    if (totals_.files.insert(fragment.path).second) TRY_VOID(add_name(fragment.path, fragment.commit));
    totals_.bytes += fragment.text.size();
    const std::vector<Hit> hits = TRY(engine_.find(fragment.text, guess_for(fragment.path)));
    if (hits.empty()) return {};
    const std::vector<Suppression> suppressions = TRY(comments(fragment));
    Locator locator(fragment.text);
    for (const Hit& hit : hits) {
        Found found{.rule = hit.rule, .path = fragment.path, .commit = fragment.commit};
        std::tie(found.line, found.column) = locator.at(hit.begin);
        std::tie(found.end_line, found.end_column) = locator.at(hit.end - 1);
        found.line += fragment.first_line;
        found.end_line += fragment.first_line;
        found.secret = Secret(fragment.text.substr(hit.begin, hit.end - hit.begin));
        if (covering(suppressions, hit.rule->id, found.line, found.end_line, options_.today) ||
            ignored_.covers(found.commit, found.path, hit.rule->id, found.line))
            found.state = report::State::suppressed;
        found_.push_back(std::move(found));
    }
    return {};
}

}
