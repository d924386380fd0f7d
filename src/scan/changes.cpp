#include "base/text.h"
#include "scan/sources.h"
#include "sys/encoding.h"
#include "sys/files.h"
#include <algorithm>
#include <fmt/format.h>
#include <functional>

namespace fairlead::scan {
namespace {

// Hands the added lines of one change to the collector. Errors inside the callback are kept and given back here.
class Taker {
  public:
    Taker(Collector& collector, Collector::Comments comments) : collector_(collector), comments_(std::move(comments)) {}

    void operator()(const sys::AddedLines& added) {
        if (!failure_.ok() || collector_.skips(added.path)) return;
        if (added.binary) {
            collector_.skip(added.path, "binary");
            return;
        }
        Fragment fragment{added.path, added.commit, join(added.lines, "\n"), added.first_line};
        if (fragment.text.size() > collector_.max_file_size())
            collector_.skip(added.path, "larger than max-file-size");
        else
            failure_ = collector_.add(fragment, comments_);
    }
    Result<void> result(Result<void> reading) const { return reading.ok() ? failure_ : reading; }

  private:
    Collector& collector_;
    Collector::Comments comments_;
    Result<void> failure_;
};

// What brings a commit under the name that is asked for here: ids as they are, branches with the place they go to.
std::string refspec(const std::string& name) {
    constexpr std::string_view origin = "origin/";
    if (name.size() >= 40 && name.find_first_not_of("0123456789abcdef") == name.npos) return name;
    if (!name.starts_with(origin)) return fmt::format("{0}:{0}", name);
    return fmt::format("+refs/heads/{}:refs/remotes/{}", name.substr(origin.size()), name);
}

std::string fetch_command(const sys::Repository& repository, const Range& range) {
    std::string command = "git fetch --no-tags";
    if (repository.is_shallow()) command += " --unshallow";
    command += " origin";
    const std::string branch = range.branch.empty() ? "" : "origin/" + range.branch;
    for (const std::string& name : {range.base, range.head, branch})
        if (!name.empty() && name.find_first_of("~^@") == name.npos && !repository.resolve(name).ok())
            command += " " + refspec(name);
    return command;
}

// The commit of one end of the range.
Result<std::string> resolve(const sys::Repository& repository, const Range& range, const std::string& name) {
    auto id = repository.resolve(name);
    if (id.ok()) return id;
    return could_not(fmt::format("{}: commit {} is not in this clone; run: {}", range.about, name,
                                 fetch_command(repository, range)));
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

Result<std::vector<Suppression>> comments_of(Result<std::string> text) {
    if (!text.ok()) return std::move(text).error();
    const auto decoded = sys::from_utf16(text.value());
    return find_suppressions(decoded ? *decoded : text.value());
}

// What the base commit says about a file. Its lines are elsewhere by now, so only comments on the whole file hold.
std::vector<Suppression> comments_at(const sys::Repository& repository, const std::string& base,
                                     const std::string& path) {
    auto comments = find_suppressions(repository.read_blob(base, path).value_or(""));
    std::erase_if(comments, [](const Suppression& one) { return !one.whole_file; });
    return comments;
}

}

Result<std::string> read_policy(const std::optional<sys::Repository>& repository, const Range& range,
                                const std::string& path) {
    if (range.from_fork) return repository->read_blob(range.base, path).value_or("");
    const sys::Path file = sys::Path(repository ? repository->work_tree() : ".") / path;
    if (sys::inspect(file).type == sys::FileType::absent) return std::string();
    return sys::read_file(file);
}

Result<void> scan_staged(const sys::Repository& repository, Collector& collector) {
    Taker take(collector, [&](const Fragment& part) { return comments_of(repository.read_staged(part.path)); });
    return take.result(repository.staged_lines(std::ref(take)));
}

Result<void> scan_range(const sys::Repository& repository, const Range& range, Collector& collector) {
    if (range.head.empty()) return {};
    const std::string head = TRY(resolve(repository, range, range.head));
    const std::string base = TRY(beginning(repository, range, head));
    std::vector<std::string> commits = TRY(repository.range(base, head));
    std::reverse(commits.begin(), commits.end());
    const auto comments = [&](const std::string& commit) -> Collector::Comments {
        return [&, commit](const Fragment& part) -> Result<std::vector<Suppression>> {
            if (range.from_fork) return comments_at(repository, base, part.path);
            return comments_of(repository.read_blob(commit, part.path));
        };
    };
    for (const std::string& commit : commits) {
        collector.count_commit();
        Taker take(collector, comments(commit));
        TRY_VOID(take.result(repository.added_lines(commit, std::ref(take))));
    }
    if (commits.empty() || base.empty()) return {};
    const auto ancestor = TRY(repository.merge_base(base, head));
    if (!ancestor) return {};
    Taker take(collector, comments(head));
    const auto net = [&](sys::AddedLines added) {
        added.commit.clear(); // the final tree, no single commit
        take(added);
    };
    return take.result(repository.added_between(*ancestor, head, net));
}

}
