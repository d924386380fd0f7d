#include "gate/change.h"
#include "base/text.h"
#include "config/commits.h"
#include "gate/code_lines.h"
#include "sys/files/beneath.h"
#include <fmt/format.h>
#include <optional>

namespace fairlead::gate {
namespace {

constexpr std::uint64_t largest_source = 16u << 20; // bytes

struct Beginning {
    std::string commit; // empty: everything is new
    std::string since;
};

// Returns the commit where HEAD left another commit.
Result<Beginning> parting(const sys::Repository& repository, const std::string& other, const std::string& head,
                          std::string since) {
    auto common = TRY(repository.merge_base(other, head));
    if (common) return Beginning{std::move(*common), std::move(since)};
    return could_not(fmt::format("{} and HEAD have no commit in common; name another --base", since));
}

// Returns the names by which a clone may know the branch, the likeliest first.
std::vector<std::string> names_of(const sys::Repository& repository, const std::string& branch) {
    return {fmt::format("refs/remotes/{}/{}", repository.remote(), branch), "refs/heads/" + branch};
}

std::string short_name(const std::string& reference) {
    for (const std::string_view prefix : {"refs/remotes/", "refs/heads/"})
        if (reference.starts_with(prefix)) return reference.substr(prefix.size());
    return reference;
}

// Returns the default branch as this clone knows it; nothing if it doesn't.
std::optional<std::string> default_branch(const sys::Repository& repository, const std::string& named) {
    std::vector<std::string> names;
    if (!named.empty())
        names = names_of(repository, named);
    else if (auto target = repository.symbolic_target(fmt::format("refs/remotes/{}/HEAD", repository.remote())))
        names = {std::move(*target)};
    else
        for (const char* branch : {"main", "master"})
            for (auto& name : names_of(repository, branch)) names.push_back(std::move(name));
    for (auto& name : names)
        if (repository.resolve(name).ok()) return std::move(name);
    return std::nullopt;
}

Result<Beginning> since_default(const sys::Repository& repository, const config::Change& change,
                                const std::string& head) {
    const auto branch = default_branch(repository, change.default_branch);
    if (!branch && change.default_branch.empty())
        return usage("nothing says what the change is compared with, and the clone has no branch main or master; name "
                     "the branch that it goes into: --base BRANCH, or gate: base: in fairlead.yml");
    const std::string name = branch.value_or("origin/" + change.default_branch);
    const std::string commit = TRY(config::find_commit(repository, "the default branch", name));
    return parting(repository, commit, head, short_name(name));
}

Result<Beginning> since_push(const sys::Repository& repository, const config::Change& change, const std::string& head) {
    const bool is_new = config::is_no_commit(change.base);
    if (!is_new && (!change.forced || repository.resolve(change.base).ok())) {
        const std::string before = TRY(config::find_commit(repository, change.about, change.base));
        return parting(repository, before, head, "commit " + before.substr(0, 12));
    }
    if (change.ref == "refs/heads/" + change.default_branch) return Beginning{"", "the beginning"};
    return since_default(repository, change, head);
}

Result<Beginning> beginning(const sys::Repository& repository, const std::string& base, const config::Change& change,
                            const std::string& head) {
    if (base.starts_with('-'))
        return usage(fmt::format("'{}' is not a base, because no revision begins with a dash; name a branch", base));
    if (!base.empty()) {
        const std::string commit = TRY(config::find_commit(repository, "the base", base));
        return parting(repository, commit, head, base);
    }
    if (change.of_two_commits && !change.merged.empty() && change.merged == head) {
        const auto merge = TRY(repository.commit(head));
        if (merge.parents.size() == 2) return Beginning{merge.parents.front(), "the base of " + change.about};
    }
    if (change.of_two_commits && config::is_commit_id(change.base)) {
        const std::string commit = TRY(config::find_commit(repository, change.about, change.base));
        return parting(repository, commit, head, "the base of " + change.about);
    }
    if (change.event == "push" && !change.base.empty()) return since_push(repository, change, head);
    return since_default(repository, change, head);
}

void add_line(int number, std::vector<LineRange>& ranges) {
    if (!ranges.empty() && ranges.back().last == number - 1)
        ranges.back().last = number;
    else
        ranges.push_back({number, number});
}

void add_lines(const sys::AddedLines& added, ChangedLines::File& file) {
    int number = added.first_line;
    file.count = added.lines_of_file;
    for (const auto& line : split(added.text, '\n')) {
        const auto text = trim(line);
        add_line(number, file.all);
        if (!text.empty()) add_line(number, file.lines);
        if (!text.empty() && is_code(added.path, text)) add_line(number, file.code);
        ++number;
    }
}

// Of the added lines that could run, leaves out those that can't in the whole file, as it is in the work tree.
void look_at_whole(const sys::Root& tree, const std::string& path, ChangedLines::File& file) {
    const auto text = tree.read(path, largest_source, sys::Links::refused); // git has a link's own text
    if (!text.ok()) return;
    const auto codes = code_lines(path, text.value());
    std::vector<LineRange> kept;
    for (const auto& [first, last] : file.code)
        for (int number = first; number <= last; ++number)
            if (static_cast<std::size_t>(number) > codes.size() || codes[static_cast<std::size_t>(number) - 1])
                add_line(number, kept);
    file.code = std::move(kept);
}

}

Result<Base> Base::find(const std::string& folder, const std::string& base, const config::Change& change) {
    auto opened = sys::Repository::open(folder);
    if (!opened.ok() && sys::Repository::is_missing(opened.error()))
        return usage("a comparison with the base needs a git repository, and there is none around this folder");
    auto repository = TRY(std::move(opened));
    const auto head = repository.head_commit();
    if (!head) return usage("a comparison with the base needs a commit, and this repository has none yet");
    auto from = TRY(beginning(repository, base, change, *head));
    return Base(std::move(repository), std::move(from.commit), std::move(from.since));
}

Result<ChangedLines> Base::added_lines() const {
    ChangedLines changed{since_, {}};
    TRY_VOID(repository_.added_since(commit_, [&](const sys::AddedLines& added) -> Result<void> {
        using What = sys::AddedLines::What; // one NUL makes bytes of a program that still runs
        if (added.what == What::lines || added.what == What::bytes) add_lines(added, changed.files[added.path]);
        if (added.what == What::too_large) changed.files[added.path].count = ChangedLines::File::too_large;
        return {};
    }));
    const auto tree = TRY(sys::Root::open(repository_.work_tree()));
    for (auto& [path, file] : changed.files)
        if (!file.code.empty()) look_at_whole(tree, path, file);
    return changed;
}

Result<FileBefore> Base::file(const std::string& path) const {
    FileBefore before;
    if (commit_.empty()) return before;
    auto text = repository_.file_at(commit_, path);
    if (!text.ok() && text.error().kind != Kind::usage) return std::move(text).error();
    if (text.ok())
        before.text = std::move(text).value();
    else
        before.damage = std::move(text).error().message;
    return before;
}

namespace {

constexpr int notes_searched = 50; // commits, each the first parent of the one before

// A tree of many notes has folders (git's notes.c: two hex digits each).
std::vector<std::string> note_paths(const std::string& commit) {
    std::vector<std::string> paths{commit};
    for (std::size_t cut = 2; cut <= 11; cut += 3) {
        auto deeper = paths.back();
        paths.push_back(deeper.insert(cut, "/"));
    }
    return paths;
}

}

Result<NoteBefore> Base::note(const std::string& reference) const {
    const auto known = TRY(repository_.references(reference));
    if (std::none_of(known.begin(), known.end(), [&](const auto& one) { return one.name == reference; }))
        return could_not(
            fmt::format("'{0}' isn't in this clone; fetch it: git fetch origin '+{0}:{0}'. The first one is "
                        "pushed by the job of the default branch",
                        reference));
    const auto notes = TRY(repository_.commit_of(reference));
    if (!notes) return could_not(fmt::format("'{}' is not a reference of git notes; name another", reference));
    NoteBefore out;
    auto commit = commit_;
    for (int before = 0; !commit.empty() && before < notes_searched; ++before) {
        for (const auto& path : note_paths(commit)) {
            auto text = TRY(repository_.file_at(*notes, path));
            if (!text) continue;
            out.of =
                before == 0 ? since_ : fmt::format("commit {}, {} before {}", commit.substr(0, 12), before, since_);
            out.text = std::move(text);
            return out;
        }
        const auto parents = TRY(repository_.commit(commit)).parents;
        commit = parents.empty() ? "" : parents.front();
    }
    out.of = since_;
    return out;
}

}
