#include "tag/source/checkout.h"
#include "base/text.h"
#include "sys/files/files.h"
#include "sys/git/fetch.h"
#include "sys/git/refs.h"
#include "tag/source/web_links.h"
#include <algorithm>
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

// A name as git decorates a commit with it: "tag: v1", "origin/x", "main"; empty: it doesn't.
std::string decoration_of(const std::string& name) {
    if (begins(name, tags_folder)) return "tag: " + name.substr(tags_folder.size());
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

// The refs at a detached HEAD in the order in which git decorates a commit: names from the last to the first.
Head choose(std::vector<std::string> names, const std::string& sha) {
    Head head{{}, sha, {}, false};
    std::string decoration;
    std::sort(names.rbegin(), names.rend());
    for (const auto& name : names) {
        if (begins(name, tags_folder) && head.ref.empty())
            head.ref = name;
        else if (begins(name, tags_folder))
            head.passed_over.push_back(name);
        if (const auto text = decoration_of(name); !text.empty()) decoration += (decoration.empty() ? "" : ", ") + text;
    }
    if (!head.ref.empty() || decoration.empty()) return head;
    head.ref = is_pull(decoration) ? "refs/" + decoration : std::string(heads_folder) + branch_in(decoration);
    return head;
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
        for (const auto& [time, reference] : found) {
            const auto holds = git.is_ancestor(sha, reference.commit);
            if (!holds.ok() || !holds.value()) continue; // where a shallow clone can't tell, it doesn't
            return folder == remotes_folder ? std::string(heads_folder) + without_remote(reference.name)
                                            : reference.name;
        }
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

Result<Head> Checkout::head() {
    const auto* git = TRY(repository());
    auto* references = TRY(this->references());
    const auto stored = TRY(sys::stored_head(git->git_folder(), *references));
    const auto& sha = stored.id;
    if (!stored.branch.empty()) return Head{stored.branch, sha, {}, false};
    std::vector<std::string> names;
    const auto& all = *TRY(references->whole());
    for (const auto& reference : all)
        if (reference.id == sha && !begins(reference.name, tags_folder)) names.emplace_back(reference.name);
    for (const auto& reference : all)
        if (!reference.target.empty() && std::find(names.begin(), names.end(), reference.target) != names.end())
            names.emplace_back(reference.name);
    for (const auto& tag : *TRY(tags_at()))
        if (tag.commit == sha) names.push_back(std::string(tags_folder).append(tag.name));
    auto chosen = choose(std::move(names), sha);
    if (chosen.ref.empty()) {
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
    return could_not(fmt::format("{} {}, so {} is not known; run: {} (in a workflow: fetch-depth: 0), or give --deepen",
                                 shown, lack->why, tags == Tags::all ? "the highest version" : "the version before",
                                 lack->command));
}

Error Checkout::cut_short(Error error) {
    const auto git = repository();
    if (!git.ok() || !git.value()->is_shallow()) return error;
    error.message = replace_all(error.message, "git fetch --unshallow " + git.value()->remote(),
                                history_command(*git.value()) + " (in a workflow: fetch-depth: 0), or give --deepen");
    return error;
}

std::string Checkout::shallow_remark() {
    const auto git = repository();
    if (!git.ok() || !git.value()->is_shallow()) return {};
    return fmt::format(
        "the clone is shallow: history and tags that were not fetched are not seen; run: git fetch --tags "
        "--unshallow {}, or give --deepen",
        git.value()->remote());
}

Result<void> Checkout::each_tag(const std::function<Result<void>(std::string_view)>& each) {
    for (const auto& reference : TRY(references())->names())
        if (begins(reference.name, tags_folder)) TRY_VOID(each(reference.name.substr(tags_folder.size())));
    return {};
}

Result<std::optional<std::string>> Checkout::commit_of_tag(const std::string& tag) {
    const auto* git = TRY(repository());
    auto* references = TRY(this->references());
    const auto* reference = TRY(references->find(std::string(tags_folder) + tag));
    if (!reference || reference->id.empty()) return git->commit_of(std::string(tags_folder) + tag);
    return TRY(git->commits_behind({std::string(reference->id)})).front();
}

namespace {

// packed-refs says that it names what each annotated tag leads to, but `git refs migrate` writes that without doing so.
// A look at some shows it: it then did so for none.
Result<bool> is_peeled(const std::vector<sys::StoredReference>& references, const sys::Repository& git) {
    constexpr std::size_t enough = 256;
    std::vector<std::string> ids;
    const auto step = std::max<std::size_t>(1, references.size() / enough);
    for (std::size_t i = 0; i < references.size(); i += step)
        if (const auto& one = references[i]; begins(one.name, tags_folder) && one.peeled == one.id)
            ids.emplace_back(one.id);
    const auto commits = TRY(git.commits_behind(ids));
    for (std::size_t i = 0; i < ids.size(); ++i)
        if (commits[i] && *commits[i] != ids[i]) return false;
    return true;
}

}

Result<const std::vector<Checkout::TagAt>*> Checkout::tags_at() {
    if (tags_at_) return &*tags_at_;
    const auto* git = TRY(repository());
    auto* references = TRY(this->references());
    const auto& all = *TRY(references->whole());
    const bool peeled_told = TRY(is_peeled(all, *git));
    std::vector<TagAt> found, unpeeled;
    std::vector<std::string> ids;
    for (const auto& reference : all) {
        if (!begins(reference.name, tags_folder) || reference.id.empty()) continue;
        const bool annotated = reference.peeled != reference.id;
        const TagAt tag{reference.name.substr(tags_folder.size()), annotated ? reference.id : std::string_view(),
                        reference.peeled};
        if (!reference.peeled.empty() && (annotated || peeled_told)) {
            found.push_back(tag);
        } else {
            unpeeled.push_back({tag.name, reference.id, {}});
            ids.emplace_back(reference.id);
        }
    }
    peeled_ = TRY(git->commits_behind(ids));
    for (std::size_t i = 0; i < peeled_.size(); ++i) {
        auto& tag = unpeeled[i];
        if (!peeled_[i]) continue; // a tag of a tree or a file
        if (*peeled_[i] == tag.object) tag.object = {};
        tag.commit = *peeled_[i];
        found.push_back(tag);
    }
    tags_at_ = std::move(found);
    return &*tags_at_;
}

Result<std::map<std::string, std::string>> Checkout::commits_of_tags() {
    std::map<std::string, std::string> commits;
    for (const auto& tag : *TRY(tags_at())) commits.emplace(tag.name, tag.commit);
    return commits;
}

Result<std::size_t> Checkout::commit_count(const std::string& head) {
    const auto* git = TRY(repository());
    const auto commit = TRY(git->resolve(head));
    return TRY(git->range("", commit)).size();
}

namespace {

// Of several tags at one commit git takes the newest annotated one, else the first by name.
template <typename Found>
std::string preferred(Found begin, Found end, const sys::Repository& git) {
    std::vector<std::tuple<bool, std::int64_t, std::string_view>> order;
    for (auto found = begin; found != end; ++found) {
        const auto& tag = *found->second;
        const auto time = tag.object.empty() ? std::nullopt : git.tagged_at(tag.object);
        order.emplace_back(!time, -time.value_or(0), tag.name);
    }
    return std::string(std::get<2>(*std::min_element(order.begin(), order.end())));
}

}

Result<Checkout::Described> Checkout::describe(const std::string& head) {
    constexpr std::size_t candidates = 10; // as git looks at
    const auto* git = TRY(repository());
    const auto id = resolve(head).value_or(head);
    if (const auto known = require(Tags::behind); !known.ok()) {
        // The tag that is being built is an answer at its own commit, whatever else the clone lacks.
        if (own_tag_.empty() || resolve(std::string(tags_folder) + own_tag_) != id) return known.error();
        return Described{own_tag_, 0, own_tag_};
    }
    std::unordered_multimap<std::string_view, const TagAt*> tags_at;
    for (const auto& tag : *TRY(this->tags_at())) tags_at.emplace(tag.commit, &tag);
    Described best{{}, 0, id.substr(0, 7)};
    if (tags_at.empty() && !git->is_shallow()) return best;
    std::size_t looked_at = 0, seen = 0;
    using More = sys::Repository::More;
    TRY_VOID(git->each_ancestor(id, [&](const std::string& commit) -> Result<More> {
        // As many newer commits are not behind this one, so it can't be nearer than that.
        if (!best.tag.empty() && looked_at >= best.distance) return More::no;
        ++looked_at;
        const auto range = tags_at.equal_range(commit);
        if (range.first == range.second) return More::yes;
        std::size_t distance = 0;
        if (commit != id) distance = TRY(git->range(commit, id)).size();
        if (best.tag.empty() || distance < best.distance)
            best = {preferred(range.first, range.second, *git), distance, {}};
        return ++seen < candidates && best.distance > 0 ? More::yes : More::no;
    }));
    if (!best.tag.empty())
        best.text = best.distance == 0 ? best.tag : fmt::format("{}-{}-g{}", best.tag, best.distance, id.substr(0, 7));
    return best;
}

Result<std::vector<std::string>> Checkout::deepen_command() {
    const auto* git = TRY(repository());
    // One that lies in a tree is made by whoever wrote the tree.
    if (git->work_tree().empty())
        return could_not(fmt::format("{} is a bare repository, and nothing is fetched into one; run git fetch there, "
                                     "or give --deepen in a clone",
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
