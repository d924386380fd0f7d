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

// Whether a change of this file could silence something; empty: nobody asks.
using MaySilence = std::function<bool(const std::string& path, std::string_view text)>;

// The files whose lines have to be compared, as something can be found or silenced there. The others are looked at.
Result<std::vector<sys::CommitFile>> wanted_of(std::vector<sys::CommitFile> files, const std::string& commit,
                                               Sieve& sieve, const MaySilence& may_silence, Collector& collector) {
    std::vector<sys::CommitFile> wanted;
    for (sys::CommitFile& file : files) {
        if (collector.skips(file.path)) continue;
        const auto answer = TRY(sieve.look(file));
        bool is_wanted = answer.verdict == Sieve::Verdict::wanted;
        if (answer.verdict == Sieve::Verdict::clean && may_silence) {
            const auto content = TRY(sieve.content_of(file.content));
            is_wanted = may_silence(file.path, content->text);
        }
        if (is_wanted)
            wanted.push_back(std::move(file));
        else
            TRY_VOID(collector.pass(file.path, commit, answer.bytes));
    }
    return wanted;
}

Result<void> scan_files(Sieve& sieve, const std::string& commit, const MaySilence& may_silence, const Taker& take,
                        Collector& collector) {
    auto files = TRY(sieve.files_of(commit));
    const auto wanted = TRY(wanted_of(std::move(files), commit, sieve, may_silence, collector));
    return sieve.added_lines(commit, wanted, take);
}

// Of a whole history each content was looked at once, which tells nearly all of its commits.
Result<void> scan_surveyed(Sieve& sieve, std::size_t number, const std::string& commit, const Taker& take,
                           Collector& collector) {
    const auto pass = [&](const std::string& path, Sieve::Answer answer) -> Result<void> {
        if (collector.skips(path)) return {};
        return collector.pass(path, commit, answer.bytes);
    };
    if (TRY(sieve.pass_over(number, pass))) return {};
    return scan_files(sieve, commit, {}, take, collector);
}

// What a range brings in all, as the final tree has it.
Result<void> scan_net(Sieve& sieve, const std::string& ancestor, const std::string& head, const MaySilence& may_silence,
                      const Taker& take, Collector& collector) {
    auto files = TRY(sieve.files_between(ancestor, head));
    const auto wanted = TRY(wanted_of(std::move(files), "", sieve, may_silence, collector));
    return sieve.added_between(ancestor, head, wanted, [&](sys::AddedLines added) {
        added.commit.clear(); // the final tree, no single commit
        return take(std::move(added));
    });
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

namespace {

// A range, or a whole history, that is being scanned.
class RangeScan {
  public:
    RangeScan(const sys::Repository& repository, const Range& range, const Word& word, const Silencers& silencers,
              Collector& collector)
        : repository_(repository), range_(range), word_(word), silencers_(silencers), collector_(collector),
          sieve_(repository, collector.detector(), {}), told_(silencers, collector) {}

    Result<void> run(CleanCommits* clean) {
        if (!range_.all) {
            head_ = TRY(resolve(repository_, range_, range_.head));
            base_ = TRY(beginning(repository_, range_, head_));
        }
        std::vector<std::string> commits = TRY(commits_in(repository_, range_, base_, head_));
        std::reverse(commits.begin(), commits.end());
        if (range_.all) {
            const auto is_new = [&](const std::string& id) { return !clean || !clean->contains(id); };
            const auto is_taken = [&](const std::string& path) { return collector_.looks_at(path); };
            TRY_VOID(sieve_.survey(commits, {is_new, is_taken}));
        }
        for (std::size_t i = 0; i < commits.size(); ++i) TRY_VOID(take(i, commits[i], clean));
        TRY_VOID(scan_tags(repository_, range_, collector_));
        std::optional<std::string> ancestor;
        if (!commits.empty() && !base_.empty()) ancestor = TRY(repository_.merge_base(base_, head_));
        if (ancestor) TRY_VOID(take_net(*ancestor));
        told_.finish();
        return {};
    }

  private:
    Result<void> take(std::size_t number, const std::string& commit, CleanCommits* clean) {
        collector_.count_commit();
        if (clean && clean->contains(commit)) {
            collector_.count_known_clean();
            return {};
        }
        const std::size_t before = collector_.traces() + told_.of_commits();
        TRY_VOID(scan_commit(sieve_, commit, collector_));
        const Taker taker(collector_, comments_in(commit), teller(&Told::in_commit));
        TRY_VOID(range_.all ? scan_surveyed(sieve_, number, commit, taker, collector_)
                            : scan_files(sieve_, commit, may_silence(), taker, collector_));
        if (clean && collector_.traces() + told_.of_commits() == before) clean->add(commit);
        return {};
    }

    // What the range brings in all.
    Result<void> take_net(const std::string& ancestor) {
        if (is_told() && !range_.of_event) tell_settings(repository_, ancestor, head_, silencers_.config, collector_);
        if (is_told()) tell_rules(repository_, ancestor, head_, silencers_.rules, collector_);
        const Taker taker(collector_, comments_in(head_), teller(&Told::in_tree));
        return scan_net(sieve_, ancestor, head_, may_silence(), taker, collector_);
    }

    Collector::Comments comments_in(const std::string& commit) const {
        return [this, commit](const Fragment& part) -> Result<std::vector<Suppression>> {
            if (word_.of_base) return comments_at(repository_, word_.commit, part);
            return comments_of(repository_.read_blob(commit, part.path));
        };
    }

    bool is_told() const { return !word_.of_base && !range_.all; } // of a history, what silences is long known

    Taker::Tell teller(void (Told::*tell)(const Fragment&)) {
        if (!is_told()) return {};
        return [this, tell](const Fragment& added) { (told_.*tell)(added); };
    }

    MaySilence may_silence() const {
        if (!is_told()) return {};
        return [this](const std::string& path, std::string_view text) {
            return scan::may_silence(path, text, silencers_);
        };
    }

    const sys::Repository& repository_;
    const Range& range_;
    const Word& word_;
    const Silencers& silencers_;
    Collector& collector_;
    Sieve sieve_;
    Told told_;
    std::string base_, head_; // commits
};

}

Result<void> scan_range(const sys::Repository& repository, const Range& range, const Word& word,
                        const Silencers& silencers, CleanCommits* clean, Collector& collector) {
    if (range.head.empty()) return {};
    return RangeScan(repository, range, word, silencers, collector).run(clean);
}

}
