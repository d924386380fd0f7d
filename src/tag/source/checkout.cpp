#include "tag/source/checkout.h"
#include "base/text.h"
#include "sys/files/files.h"
#include "sys/git/fetch.h"
#include "sys/git/refs.h"
#include "tag/source/web_links.h"
#include <algorithm>
#include <bit>
#include <fmt/format.h>
#include <tuple>
#include <unordered_map>

namespace fairlead::tag {

namespace {

bool begins(std::string_view text, std::string_view with) { return text.substr(0, with.size()) == with; }

// The rest of a remote branch: "refs/remotes/origin/feat/x" gives "feat/x".
std::string without_remote(std::string_view name) {
    name.remove_prefix(remotes_folder.size());
    const auto slash = name.find('/');
    return std::string(slash == std::string_view::npos ? name : name.substr(slash + 1));
}

// A branch as git decorates a commit with it: "origin/x", "main"; empty: it doesn't.
std::string decoration_of(const std::string& name) {
    if (begins(name, remotes_folder)) return name.substr(remotes_folder.size());
    return begins(name, heads_folder) ? name.substr(heads_folder.size()) : std::string();
}

bool is_pull(std::string_view text) {
    if (!begins(text, "pull/")) return false;
    const auto slash = text.find('/', 5);
    if (slash == text.npos || slash == 5 || text.substr(5, slash - 5).find_first_not_of("0123456789") != text.npos)
        return false;
    return text.substr(slash) == "/head" || text.substr(slash) == "/merge";
}

// What the peer makes of "origin/x, y": y, the last of several; of "origin/a/b, y" everything behind the first slash.
std::string branch_in(const std::string& decoration) {
    const auto slash = decoration.find('/');
    if (slash == std::string::npos || slash == 0) { // local branches only, where the peer gives up
        const auto comma = decoration.rfind(", ");
        return comma == std::string::npos ? decoration : decoration.substr(comma + 2);
    }
    const auto next = std::min(decoration.find('/', slash + 1), decoration.size());
    for (auto comma = decoration.rfind(", ", next - 1); comma != std::string::npos && comma > slash + 1;
         comma = decoration.rfind(", ", comma - 1))
        if (comma + 2 <= next) return decoration.substr(comma + 2);
    return decoration.substr(slash + 1);
}

// The refs at a detached HEAD in the order in which git decorates a commit: names from the last to the first. There may
// be 100,000 tags at one commit, of which few are wanted.
Head choose(std::vector<std::string> names, std::vector<std::string_view> tags, const std::string& sha) {
    constexpr std::size_t most = 9;
    Head head{{}, sha, {}, 0, false};
    if (!tags.empty()) {
        const auto shown = tags.begin() + static_cast<std::ptrdiff_t>(std::min(most, tags.size()));
        std::partial_sort(tags.begin(), shown, tags.end(), std::greater<>());
        head.ref = std::string(tags_folder).append(tags.front());
        for (auto tag = tags.begin() + 1; tag != shown; ++tag)
            head.passed_over.push_back(std::string(tags_folder).append(*tag));
        head.passed_over_count = tags.size() - 1;
        return head;
    }
    std::string decoration;
    std::sort(names.rbegin(), names.rend());
    for (const auto& name : names)
        if (const auto text = decoration_of(name); !text.empty()) decoration += (decoration.empty() ? "" : ", ") + text;
    if (decoration.empty()) return head;
    head.ref = is_pull(decoration) ? "refs/" + decoration : std::string(heads_folder) + branch_in(decoration);
    return head;
}

// The first of these commits that has `sha` behind it, or is it; one walk for as many as one takes.
std::optional<std::size_t> first_holding(const std::vector<std::string>& tips, const std::string& sha,
                                         const sys::Repository& git) {
    for (std::size_t at = 0; at < tips.size(); at += sys::Repository::most_bases) {
        const auto size = std::min(sys::Repository::most_bases, tips.size() - at);
        const auto from = tips.begin() + static_cast<std::ptrdiff_t>(at);
        const std::vector<std::string> some(from, from + static_cast<std::ptrdiff_t>(size));
        const auto walked = git.history(some, sha, [](const sys::CommitText&) { return Result<void>(); });
        for (std::size_t i = 0; !walked.ok() && i < size; ++i) { // where a shallow clone can't tell, it doesn't
            const auto holds = git.is_ancestor(sha, some[i]);
            if (holds.ok() && holds.value()) return at + i;
        }
        if (!walked.ok()) continue;
        const auto& commits = walked->commits;
        const auto own = std::find_if(commits.begin(), commits.end(), [&](const auto& one) { return one.id == sha; });
        if (own == commits.end()) return at; // behind all of them
        if (own->behind != 0) return at + static_cast<std::size_t>(std::countr_zero(own->behind));
    }
    return std::nullopt;
}

// The first branch that holds the commit, the newest first: a local one, else a remote's; else the first tag.
Result<std::string> holder_of(const std::string& sha, const sys::Repository& git) {
    for (const auto folder : {heads_folder, remotes_folder, tags_folder}) {
        std::vector<std::pair<std::int64_t, sys::Reference>> found;
        for (auto& reference : TRY(git.references(folder))) {
            if (reference.commit.empty() || reference.name.ends_with("/HEAD")) continue;
            const auto time = folder == tags_folder ? 0 : -TRY(git.commit(reference.commit)).committer_time;
            found.emplace_back(time, std::move(reference));
        }
        std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
            return std::tie(a.first, a.second.name) < std::tie(b.first, b.second.name);
        });
        std::vector<std::string> tips;
        for (const auto& [time, reference] : found) tips.push_back(reference.commit);
        const auto first = first_holding(tips, sha, git);
        if (!first) continue;
        const auto& name = found[*first].second.name;
        return folder == remotes_folder ? std::string(heads_folder) + without_remote(name) : name;
    }
    return std::string();
}

}

Result<const sys::Repository*> Checkout::repository() {
    if (!repository_) repository_.emplace(sys::Repository::open(folder_));
    if (!repository_->ok() && !otherwise_.empty() && sys::Repository::is_missing(repository_->error())) {
        if (auto other = sys::Repository::open(otherwise_); other.ok()) repository_.emplace(std::move(other));
        otherwise_.clear();
    }
    if (!repository_->ok()) return repository_->error();
    return &repository_->value();
}

Result<sys::References*> Checkout::references() {
    if (!references_) {
        const auto* git = TRY(repository());
        references_ = TRY(sys::References::read(git->git_folder(), "refs/"));
    }
    return &*references_;
}

Result<Head> Checkout::head(Holder holder) {
    const auto* git = TRY(repository());
    auto* references = TRY(this->references());
    const auto stored = TRY(sys::stored_head(git->git_folder(), *references));
    const auto& sha = stored.id;
    if (!stored.branch.empty()) return Head{stored.branch, sha, {}, 0, false};
    std::vector<std::string> names;
    const auto& all = *TRY(references->whole());
    for (const auto& reference : all)
        if (reference.id == sha && !begins(reference.name, tags_folder)) names.emplace_back(reference.name);
    for (const auto& reference : all)
        if (!reference.target.empty() && std::find(names.begin(), names.end(), reference.target) != names.end())
            names.emplace_back(reference.name);
    std::vector<std::string_view> tags;
    for (const auto& tag : *TRY(tags_at()))
        if (tag.commit == sha) tags.push_back(tag.name);
    auto chosen = choose(std::move(names), std::move(tags), sha);
    if (chosen.ref.empty() && holder == Holder::wanted) {
        chosen.ref = TRY(holder_of(sha, *git));
        chosen.is_behind = !chosen.ref.empty();
    }
    return chosen;
}

std::optional<SystemTime> Checkout::commit_date(const std::string& revision) {
    const auto id = resolve(revision);
    if (!id) return std::nullopt;
    const auto commit = repository().value()->commit(*id);
    if (!commit) return std::nullopt;
    return SystemTime{std::chrono::seconds{commit.value().committer_time}};
}

std::optional<std::string> Checkout::default_branch() {
    const auto git = repository();
    const auto read = references();
    return git.ok() && read.ok() ? default_branch_of(*git.value(), *read.value()) : std::nullopt;
}

std::optional<std::string> Checkout::guess_default_branch() {
    const auto git = repository();
    const auto read = references();
    return git.ok() && read.ok() ? tag::guess_default_branch(*git.value(), *read.value()) : std::nullopt;
}

std::string Checkout::default_branch_command() {
    const auto git = repository();
    return git.ok() ? tag::default_branch_command(*git.value()) : std::string();
}

// A whole name is looked up in what was read; libgit2 would read all references once more.
std::optional<std::string> Checkout::resolve(const std::string& revision) {
    const auto git = repository();
    if (!git.ok()) return std::nullopt;
    std::string name = revision;
    if (revision == "HEAD" || begins(revision, "refs/")) {
        const auto read = references();
        if (!read.ok()) return std::nullopt;
        if (revision == "HEAD") {
            const auto head = sys::stored_head(git.value()->git_folder(), *read.value());
            name = head.ok() ? head->id : "";
        } else {
            const auto found = read.value()->find(revision);
            if (!found.ok() || !found.value() || found.value()->id.empty()) return std::nullopt;
            name = found.value()->id;
        }
    }
    const auto id = git.value()->resolve(name);
    return id.ok() ? std::optional(id.value()) : std::nullopt;
}

std::optional<std::string> Checkout::commit_of_ref(const std::string& ref) {
    if (const auto commit = resolve(ref)) return commit;
    const auto git = repository();
    if (!git.ok() || !begins(ref, heads_folder)) return std::nullopt;
    return resolve(fmt::format("{}{}/{}", remotes_folder, git.value()->remote(), ref.substr(heads_folder.size())));
}

std::optional<std::string> Checkout::remote_url() {
    const auto git = repository();
    if (!git.ok()) return std::nullopt;
    const auto url = git.value()->remote_url("origin");
    return url ? std::optional(web_address(*url)) : std::nullopt;
}

Result<void> Checkout::require(Tags tags) {
    if (deepened_) return {};
    const auto* git = TRY(repository());
    auto* references = TRY(this->references());
    const auto lack = TRY(lack_of(tags, own_tag_, *git, *references));
    if (!lack) return {};
    const auto shown = git->work_tree().empty() ? git->git_folder() : git->work_tree();
    const auto asked = tags == Tags::all ? "the highest version" : "the previous version";
    if (lack->command.empty())
        return could_not(fmt::format("{} {}, so {} is not known; run this in a clone (in a workflow: after "
                                     "actions/checkout with fetch-depth: 0)",
                                     shown, lack->why, asked));
    return could_not(fmt::format("{} {}, so {} is not known; run: {} (in a workflow: fetch-depth: 0), or give --deepen",
                                 shown, lack->why, asked, lack->command));
}

Error Checkout::cut_short(Error error) {
    const auto git = repository();
    const auto read = references();
    if (!git.ok() || !read.ok() || !git.value()->is_shallow()) return error;
    const auto command = history_command(*git.value(), *read.value());
    if (!command.ok()) return error;
    error.message = replace_all(error.message, "git fetch --unshallow " + git.value()->remote(),
                                command.value() + " (in a workflow: fetch-depth: 0), or give --deepen");
    return error;
}

std::string Checkout::shallow_remark() {
    const auto git = repository();
    if (!git.ok() || !git.value()->is_shallow()) return {};
    return fmt::format("the clone is shallow, so history and tags that were not fetched are missing; run: git fetch "
                       "--tags --unshallow {}, or give --deepen",
                       git.value()->remote());
}

Result<void> Checkout::each_tag(const std::function<Result<void>(std::string_view)>& each) {
    const auto* git = TRY(repository());
    const auto foreign = foreign_tags(git->clone_records().all_refspecs);
    for (const auto& reference : TRY(references())->names())
        if (is_tag(reference.name, foreign)) TRY_VOID(each(reference.name.substr(tags_folder.size())));
    return {};
}

bool Checkout::is_broken(std::string_view tag) {
    const auto read = references();
    return read.ok() && !read.value()->find(std::string(tags_folder).append(tag)).ok();
}

Result<std::optional<std::string>> Checkout::commit_of_tag(const std::string& tag) {
    const auto* git = TRY(repository());
    auto* references = TRY(this->references());
    const auto* reference = TRY(references->find(std::string(tags_folder) + tag));
    if (!reference || reference->id.empty()) return git->commit_of(std::string(tags_folder) + tag);
    return TRY(git->commits_behind({std::string(reference->id)})).front();
}

Result<std::vector<std::string>> Checkout::deepen_command() {
    const auto* git = TRY(repository());
    // One that lies in a tree is made by whoever wrote the tree.
    if (git->work_tree().empty())
        return could_not(fmt::format("{} is a bare repository, and --deepen fetches nothing into a bare repository; "
                                     "run git fetch there, or give --deepen in a clone",
                                     git->git_folder()));
    std::vector<std::string> words = {"git", "-C", git->work_tree(), "fetch", "--quiet", "--tags", "--force"};
    if (git->is_shallow()) words.emplace_back("--unshallow");
    // Without trees nobody can say which paths a commit changed.
    if (git->clone_records().filter.starts_with("tree:")) words.insert(words.end(), {"--refetch", "--no-filter"});
    words.push_back(git->remote());
    return words;
}

Result<void> Checkout::deepen() {
    const auto words = TRY(deepen_command());
    const std::string& folder = words[2];
    TRY_VOID(sys::fetch(folder, {words.begin() + 4, words.end()})); // after git -C FOLDER fetch
    tags_at_.reset();
    references_.reset();
    repository_.reset();
    deepened_ = true;
    return {};
}

}
