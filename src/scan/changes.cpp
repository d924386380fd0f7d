#include "base/text.h"
#include "config/commits.h"
#include "scan/gitleaks/log_options.h"
#include "scan/sieve.h"
#include "scan/sources.h"
#include "sys/encoding.h"
#include <algorithm>
#include <fmt/format.h>
#include <functional>
#include <set>

namespace fairlead::scan {
namespace {

Error too_large(const sys::AddedLines& added) {
    return could_not(fmt::format(
        "{}{} has more than {} MiB, which is the limit for a file; remove it from the history, or name it in exclude",
        added.path, added.commit.empty() ? "" : " in commit " + added.commit.substr(0, 12),
        sys::largest_content >> 20));
}

// Hands the added lines of one change to the collector.
class Taker {
  public:
    using Tell = std::function<void(const Fragment&)>;
    // `tell` sees lines before they are looked at, for what in them silences
    Taker(Collector& collector, Collector::Comments comments, Tell tell = {})
        : collector_(collector), comments_(std::move(comments)), tell_(std::move(tell)) {}

    Result<void> operator()(sys::AddedLines added) const {
        using What = sys::AddedLines::What;
        if (collector_.skips(added.path)) return {};
        if (added.what == What::too_large) return too_large(added);
        if (added.what == What::name) return collector_.add_name(added.path, added.commit);
        Fragment fragment{added.path, added.commit, std::move(added.text), added.first_line, Piece::text};
        if (added.what == What::bytes) fragment.kind = Piece::binary;
        TRY_VOID(collector_.add_archive(fragment));
        for (const auto& [lines, text] : {std::pair(&added.before, &fragment.before), {&added.after, &fragment.after}})
            for (const std::string& line : *lines) *text += line + "\n";
        if (tell_ && added.what == What::lines) tell_(fragment);
        return collector_.add(fragment, comments_);
    }

  private:
    Collector& collector_;
    Collector::Comments comments_;
    Tell tell_;
};

// What a change does to silence findings. A comment may stand in one commit only, and silence there what history keeps.
class Told {
  public:
    Told(const Silencers& silencers, Collector& collector) : silencers_(silencers), collector_(collector) {}
    // Of the net difference. What was not told there is told of its commit.
    void in_tree(const Fragment& added) {
        for (report::Finding& finding : silenced_by(added, silencers_)) {
            in_tree_.emplace(finding.file, finding.message);
            collector_.note(std::move(finding));
        }
    }
    void in_commit(const Fragment& added) {
        for (report::Finding& finding : silenced_by(added, silencers_)) {
            finding.refs.push_back("commit " + added.commit);
            in_commits_.push_back(std::move(finding));
        }
    }
    std::size_t of_commits() const { return in_commits_.size(); }
    void finish() {
        for (report::Finding& finding : in_commits_) {
            if (!in_tree_.emplace(finding.file, finding.message).second) continue;
            finding.message +=
                fmt::format(", in commit {}, but not in the tree any more", finding.refs[0].substr(7, 12));
            collector_.note(std::move(finding));
        }
    }

  private:
    const Silencers& silencers_;
    Collector& collector_;
    std::set<std::pair<std::string, std::string>> in_tree_; // files and messages
    std::vector<report::Finding> in_commits_;
};

// The commit of one end of the range.
Result<std::string> resolve(const sys::Repository& repository, const Range& range, const std::string& name) {
    const std::string branch = range.branch.empty() ? "" : "origin/" + range.branch;
    return config::find_commit(repository, range.about, name, {range.base, range.head, branch});
}

// Where the range begins; empty: all commits that head reaches are new.
Result<std::string> beginning(const sys::Repository& repository, const Range& range, const std::string& head) {
    if (!range.base.empty() && (!range.forced || repository.resolve(range.base).ok()))
        return resolve(repository, range, range.base);
    if (range.branch.empty()) return std::string();
    auto branch = repository.resolve("refs/remotes/origin/" + range.branch);
    if (!branch.ok()) branch = resolve(repository, range, range.branch);
    if (!branch.ok()) return branch;
    return TRY(repository.merge_base(branch.value(), head)).value_or("");
}

constexpr std::size_t most_encodings = 4; // of one commit; each is one more text in memory

enum class Of { commit, commit_again, tag };

Result<void> scan_parts(sys::CommitParts parts, const std::string& id, Of of, Collector& collector) {
    // Nobody reviews a message as code: no comment in it silences anything.
    const auto comments = [](const Fragment&) { return Result<std::vector<Suppression>>(std::vector<Suppression>()); };
    for (const auto& [text, kind] : {std::pair(&parts.headers, Piece::headers), {&parts.message, Piece::message}}) {
        if (auto decoded = sys::decoded_text(*text)) *text = std::move(*decoded);
        Fragment part{.commit = id, .text = std::move(*text), .kind = kind};
        part.of_tag = of == Of::tag;
        part.again = of == Of::commit_again;
        TRY_VOID(collector.add(part, comments));
    }
    return {};
}

std::set<std::string> encodings_of(std::string_view headers) {
    constexpr std::string_view name = "encoding ";
    std::set<std::string> encodings;
    for (const std::string& line : split(headers, '\n'))
        if (line.starts_with(name)) encodings.insert(std::string(trim(line.substr(name.size()))));
    std::erase_if(encodings,
                  [](const auto& encoding) { return lower(encoding) == "utf-8" || lower(encoding) == "utf8"; });
    return encodings;
}

report::Finding unreadable(const std::string& commit, const std::string& encoding) {
    return {.rule = "scan/encoding",
            .message = fmt::format("commit {} declares the encoding '{}', which can't be read here, so its text was "
                                   "not scanned; write it again in UTF-8: git commit --amend, or git rebase",
                                   commit.substr(0, 12), encoding.substr(0, 40)),
            .refs = {"commit " + commit}};
}

// What git shows of a commit is converted from the encoding that it names; what it stores is looked at, too.
Result<void> scan_commit(Sieve& sieve, const std::string& commit, Collector& collector) {
    auto parts = TRY(sieve.parts_of(commit));
    const std::set<std::string> encodings = encodings_of(parts.headers);
    const std::string whole = encodings.empty() ? "" : parts.headers + "\n\n" + parts.message;
    TRY_VOID(scan_parts(std::move(parts), commit, Of::commit, collector));
    std::size_t converted = 0;
    for (const std::string& encoding : encodings) {
        const auto text = converted < most_encodings ? sys::to_utf8(whole, encoding) : std::nullopt;
        if (!text) {
            collector.note(unreadable(commit, encoding));
            continue;
        }
        ++converted;
        TRY_VOID(scan_parts(sys::parts_of_commit(*text), commit, Of::commit_again, collector));
    }
    return {};
}

// gitleaks' configuration may lose rules, which no added line shows.
void tell_rules(const sys::Repository& repository, const std::string& before, const std::string& now,
                const std::string& path, Collector& collector) {
    const auto old = repository.read_blob(before, path).value_or(""),
               rules = repository.read_blob(now, path).value_or("");
    if (!path.empty() && old != rules) collector.note(altered_rules(path));
}

// What a range that was named by hand makes of the file that says what is silent; an event's change is told by all
// tools alike (config/milder.h).
void tell_settings(const sys::Repository& repository, const std::string& before, const std::string& now,
                   const std::string& path, Collector& collector) {
    const auto old = config::config_at(repository, before, path), settings = config::config_at(repository, now, path);
    if (!old.ok() || !settings.ok()) return; // a wrong one is told by those who work with it
    for (report::Finding& finding : config::milder(old.value(), settings.value(), "scan", milder()))
        collector.note(std::move(finding));
}

Result<std::vector<std::string>> commits_in(const sys::Repository& repository, const Range& range,
                                            const std::string& base, const std::string& head) {
    if (!range.all) return repository.range(base, head);
    gitleaks::LogOptions options;
    options.all = true;
    if (range.unreachable) options.with = TRY(sys::CommitFiles::all_commits(repository));
    return gitleaks::commits_of(repository, options);
}

// Of a whole history each content is looked at once; only where something can be found, the lines are compared.
Result<void> scan_files(Sieve& sieve, std::size_t number, const std::string& commit, const Taker& take,
                        Collector& collector) {
    const auto pass = [&](const std::string& path, Sieve::Answer answer) -> Result<void> {
        if (collector.skips(path)) return {};
        return collector.pass(path, commit, answer.bytes);
    };
    if (TRY(sieve.pass_over(number, pass))) return {};
    std::vector<sys::CommitFile> wanted;
    for (sys::CommitFile& file : TRY(sieve.files_of(commit))) {
        if (collector.skips(file.path)) continue;
        const auto answer = TRY(sieve.look(file));
        if (answer.verdict == Sieve::Verdict::wanted)
            wanted.push_back(std::move(file));
        else
            TRY_VOID(collector.pass(file.path, commit, answer.bytes));
    }
    return sieve.added_lines(commit, wanted, take);
}

// The annotated tags of the range's end, or of the whole repository.
Result<void> scan_tags(const sys::Repository& repository, const Range& range, Collector& collector) {
    std::vector<std::string> names = {range.head};
    if (range.all) {
        names.clear();
        for (const sys::Reference& tag : TRY(repository.references("refs/tags/"))) names.push_back(tag.name);
    }
    for (const std::string& name : names)
        for (auto& [tag, parts] : TRY(repository.tags_to_commit(name))) {
            collector.count_tag();
            TRY_VOID(scan_parts(std::move(parts), tag, Of::tag, collector));
        }
    return {};
}

}

Result<void> scan_staged(const sys::Repository& repository, const Collector::Comments& comments, Collector& collector) {
    const std::size_t files = TRY(repository.staged_files());
    collector.count_staged(files);
    return repository.staged_lines(Taker(collector, comments));
}

Result<void> scan_range(const sys::Repository& repository, const Range& range, const Word& word,
                        const Silencers& silencers, CleanCommits* clean, Collector& collector) {
    if (range.head.empty()) return {};
    std::string base, head;
    if (!range.all) {
        head = TRY(resolve(repository, range, range.head));
        base = TRY(beginning(repository, range, head));
    }
    Sieve sieve(repository, collector.detector(), {});
    std::vector<std::string> commits = TRY(commits_in(repository, range, base, head));
    std::reverse(commits.begin(), commits.end());
    const auto comments = [&](const std::string& commit) -> Collector::Comments {
        return [&, commit](const Fragment& part) -> Result<std::vector<Suppression>> {
            if (word.of_base) return comments_at(repository, word.commit, part);
            return comments_of(repository.read_blob(commit, part.path));
        };
    };
    Told told(silencers, collector);
    const auto teller = [&](void (Told::*tell)(const Fragment&)) {
        if (word.of_base || range.all) return Taker::Tell(); // of a history, what silences is long known
        return Taker::Tell([&told, tell](const Fragment& added) { (told.*tell)(added); });
    };
    if (range.all) {
        const auto is_new = [&](const std::string& id) { return !clean || !clean->contains(id); };
        TRY_VOID(sieve.survey(commits, {is_new, [&](const std::string& path) { return collector.looks_at(path); }}));
    }
    for (std::size_t i = 0; i < commits.size(); ++i) {
        const std::string& commit = commits[i];
        collector.count_commit();
        if (clean && clean->contains(commit)) {
            collector.count_known_clean();
            continue;
        }
        const std::size_t before = collector.traces() + told.of_commits();
        TRY_VOID(scan_commit(sieve, commit, collector));
        const Taker take(collector, comments(commit), teller(&Told::in_commit));
        TRY_VOID(range.all ? scan_files(sieve, i, commit, take, collector) : repository.added_lines(commit, take));
        if (clean && collector.traces() + told.of_commits() == before) clean->add(commit);
    }
    TRY_VOID(scan_tags(repository, range, collector));
    std::optional<std::string> ancestor;
    if (!commits.empty() && !base.empty()) ancestor = TRY(repository.merge_base(base, head));
    if (ancestor) {
        if (!word.of_base && !range.of_event) tell_settings(repository, *ancestor, head, silencers.config, collector);
        if (!word.of_base) tell_rules(repository, *ancestor, head, silencers.rules, collector);
        const Taker take(collector, comments(head), teller(&Told::in_tree));
        TRY_VOID(repository.added_between(*ancestor, head, [&](sys::AddedLines added) {
            added.commit.clear(); // the final tree, no single commit
            return take(std::move(added));
        }));
    }
    told.finish();
    return {};
}

}
