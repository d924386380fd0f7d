#include "tag/source/checkout.h"
#include "base/text.h"
#include "sys/files/files.h"
#include "sys/git/fetch.h"
#include "sys/git/refs.h"
#include "tag/source/web_links.h"
#include <algorithm>
#include <fmt/format.h>
#include <set>
#include <tuple>

namespace fairlead::tag {

namespace {

constexpr std::string_view heads = "refs/heads/", remotes = "refs/remotes/", tags = "refs/tags/";

bool begins(std::string_view text, std::string_view with) { return text.substr(0, with.size()) == with; }

// The rest of a remote branch: "refs/remotes/origin/feat/x" gives "feat/x".
std::string without_remote(std::string_view name) {
    name.remove_prefix(remotes.size());
    const auto slash = name.find('/');
    return std::string(slash == std::string_view::npos ? name : name.substr(slash + 1));
}

// A name as git decorates a commit with it: "tag: v1", "origin/x", "main"; empty: it doesn't.
std::string decoration_of(const std::string& name) {
    if (begins(name, tags)) return "tag: " + name.substr(tags.size());
    if (begins(name, remotes)) return name.substr(remotes.size());
    return begins(name, heads) ? name.substr(heads.size()) : std::string();
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
    Head head{{}, sha, {}};
    std::string decoration;
    std::sort(names.rbegin(), names.rend());
    for (const auto& name : names) {
        if (begins(name, tags) && head.ref.empty())
            head.ref = name;
        else if (begins(name, tags))
            head.passed_over.push_back(name);
        if (const auto text = decoration_of(name); !text.empty()) decoration += (decoration.empty() ? "" : ", ") + text;
    }
    if (!head.ref.empty() || decoration.empty()) return head;
    head.ref = is_pull(decoration) ? "refs/" + decoration : std::string(heads) + branch_in(decoration);
    return head;
}

// The first branch that holds the commit, the newest first: a local one, else a remote's; else the first tag.
Result<std::string> holder_of(const std::string& sha, const sys::Repository& git) {
    for (const auto folder : {heads, remotes, tags}) {
        std::vector<std::pair<std::int64_t, sys::Reference>> found;
        for (auto& reference : TRY(git.references(folder))) {
            if (reference.commit.empty() || reference.name.ends_with("/HEAD")) continue;
            const auto time = folder == tags ? 0 : -TRY(git.commit(reference.commit)).committer_time;
            found.emplace_back(time, std::move(reference));
        }
        std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
            return std::tie(a.first, a.second.name) < std::tie(b.first, b.second.name);
        });
        for (const auto& [time, reference] : found) {
            const auto holds = git.is_ancestor(sha, reference.commit);
            if (!holds.ok() || !holds.value()) continue; // where a shallow clone can't tell, it doesn't
            return folder == remotes ? std::string(heads) + without_remote(reference.name) : reference.name;
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

Result<Head> Checkout::head() {
    const auto* git = TRY(repository());
    const auto sha = git->head_commit().value_or("");
    if (const auto branch = git->head_branch()) return Head{*branch, sha, {}};
    if (sha.empty()) return Head{};
    std::vector<std::string> names, loose_tags;
    std::vector<std::pair<std::string, std::string>> symbolic;
    TRY_VOID(sys::each_reference(git->git_folder(), "refs/", [&](const sys::StoredReference& reference) {
        if (reference.id == sha || reference.peeled == sha)
            names.emplace_back(reference.name);
        else if (reference.loose && begins(reference.name, tags))
            loose_tags.emplace_back(reference.name);
        else if (!reference.target.empty())
            symbolic.emplace_back(reference.name, reference.target);
        return Result<void>();
    }));
    for (const auto& [name, target] : symbolic)
        if (std::find(names.begin(), names.end(), target) != names.end()) names.push_back(name);
    for (const auto& name : loose_tags) // annotated ones name an object of their own
        if (const auto id = git->resolve(name); id.ok() && id.value() == sha) names.push_back(name);
    auto chosen = choose(std::move(names), sha);
    if (chosen.ref.empty()) chosen.ref = TRY(holder_of(sha, *git));
    return chosen;
}

std::optional<SystemTime> Checkout::commit_date(const std::string& revision) {
    const auto git = repository();
    if (!git.ok()) return std::nullopt;
    const auto id = git.value()->resolve(revision);
    if (!id) return std::nullopt;
    const auto commit = git.value()->commit(id.value());
    if (!commit) return std::nullopt;
    return SystemTime{std::chrono::seconds{commit.value().committer_time}};
}

std::optional<std::string> Checkout::default_branch() {
    const auto git = repository();
    if (!git.ok()) return std::nullopt;
    std::optional<std::string> found;
    const auto read = sys::each_reference(
        git.value()->git_folder(), "refs/remotes/origin/", [&](const sys::StoredReference& reference) {
            if (reference.name == "refs/remotes/origin/HEAD" && begins(reference.target, remotes))
                found = without_remote(reference.target);
            return Result<void>();
        });
    if (!read.ok() || found) return found;
    for (const auto* name : {"main", "master"})
        for (const auto* below : {"refs/heads/", "refs/remotes/origin/"})
            if (git.value()->resolve(std::string(below) + name).ok()) return name;
    return std::nullopt;
}

std::optional<std::string> Checkout::resolve(const std::string& revision) {
    const auto git = repository();
    if (!git.ok()) return std::nullopt;
    const auto id = git.value()->resolve(revision);
    return id.ok() ? std::optional(id.value()) : std::nullopt;
}

std::optional<std::string> Checkout::remote_url() {
    const auto git = repository();
    if (!git.ok()) return std::nullopt;
    const auto url = git.value()->remote_url("origin");
    return url ? std::optional(web_address(*url)) : std::nullopt;
}

// Whether a shallow clone was given all tags. git brings those of the commits that it fetches by itself; that it was
// asked for all shows in a tag that is on no branch, and in FETCH_HEAD (git-fetch(1)), which then lists every one, and
// not tags alone.
Result<bool> has_all_tags(const sys::Repository& git) {
    if (!git.is_shallow()) return true;
    std::vector<std::string> commits, branches;
    const auto fetched = sys::read_file(sys::Path(git.git_folder()) / "FETCH_HEAD", 64u << 20);
    if (!fetched) return false;
    std::set<std::string, std::less<>> listed;
    bool other = false;
    for (const auto& line : split(fetched.value(), '\n')) {
        constexpr std::string_view before = "\ttag '", after = "' of ";
        const auto name = line.find(before) + before.size(), end = line.rfind(after);
        if (line.find(before) != line.npos && end != line.npos && end > name)
            listed.insert(line.substr(name, end - name));
        else
            other |= !line.empty();
    }
    for (const auto& reference : TRY(git.references("refs/"))) {
        const bool is_tag = begins(reference.name, tags);
        if (is_tag && !listed.contains(std::string_view(reference.name).substr(tags.size()))) return false;
        if (!reference.commit.empty()) (is_tag ? commits : branches).push_back(reference.commit);
    }
    if (const auto head = git.head_commit()) branches.push_back(*head);
    return other && TRY(git.reachable(commits, branches)).size() < commits.size();
}

Result<void> Checkout::require_tags(const sys::Repository& git) {
    if (tags_known_) return {};
    const auto shown = git.work_tree().empty() ? git.git_folder() : git.work_tree();
    if (!TRY(has_all_tags(git)))
        return could_not(fmt::format("{} is a shallow clone that may lack tags, so the highest version is not known; "
                                     "run: git fetch --tags --unshallow {}, or give --deepen",
                                     shown, git.remote()));
    if (git.fetches_no_tags()) {
        if (TRY(git.references(tags)).empty())
            return could_not(
                fmt::format("{} was cloned without tags, so no version is known; run: git fetch --tags {}, "
                            "or give --deepen; where there is no tag yet: git config --unset remote.{}.tagOpt",
                            shown, git.remote(), git.remote()));
    }
    tags_known_ = true;
    return {};
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
    const auto* git = TRY(repository());
    TRY_VOID(require_tags(*git));
    return sys::each_reference(git->git_folder(), tags, [&](const sys::StoredReference& reference) {
        return each(reference.name.substr(tags.size()));
    });
}

Result<std::optional<std::string>> Checkout::commit_of_tag(const std::string& tag) {
    return TRY(repository())->commit_of(std::string(tags) + tag);
}

Result<std::map<std::string, std::string>> Checkout::commits_of_tags() {
    const auto* git = TRY(repository());
    std::map<std::string, std::string> commits;
    std::vector<std::string> unpeeled;
    TRY_VOID(sys::each_reference(git->git_folder(), tags, [&](const sys::StoredReference& reference) {
        const std::string tag(reference.name.substr(tags.size()));
        if (reference.peeled.empty())
            unpeeled.push_back(tag);
        else
            commits.emplace(tag, reference.peeled);
        return Result<void>();
    }));
    for (const auto& tag : unpeeled)
        if (const auto commit = TRY(commit_of_tag(tag))) commits.emplace(tag, *commit);
    return commits;
}

Result<std::size_t> Checkout::commit_count(const std::string& head) {
    const auto* git = TRY(repository());
    const auto commit = TRY(git->resolve(head));
    return TRY(git->range("", commit)).size();
}

namespace {

// Of several tags at one commit git takes the newest annotated one, else the first by name.
std::string preferred(const std::vector<std::string>& names, const sys::Repository& git) {
    std::vector<std::tuple<bool, std::int64_t, std::string>> order;
    for (const auto& name : names) {
        const auto time = git.tagged_at(std::string(tags) + name);
        order.emplace_back(!time, -time.value_or(0), name);
    }
    return std::get<2>(*std::min_element(order.begin(), order.end()));
}

Result<std::size_t> distance_of(const sys::Repository& git, const std::string& from, const std::string& to) {
    return TRY(git.range(from, to)).size();
}

}

Result<Checkout::Described> Checkout::describe(const std::string& head) {
    constexpr std::size_t candidates = 10; // as git looks at
    const auto* git = TRY(repository());
    const auto id = TRY(git->resolve(head));
    std::map<std::string, std::vector<std::string>> tags_at; // by commit
    for (const auto& [tag, commit] : TRY(commits_of_tags())) tags_at[commit].push_back(tag);
    Described best{{}, 0, id.substr(0, 7)};
    if (tags_at.empty()) return best;
    std::size_t looked_at = 0, seen = 0;
    using More = sys::Repository::More;
    TRY_VOID(git->each_ancestor(id, [&](const std::string& commit) -> Result<More> {
        // As many newer commits are not behind this one, so it can't be nearer than that.
        if (!best.tag.empty() && looked_at >= best.distance) return More::no;
        ++looked_at;
        const auto found = tags_at.find(commit);
        if (found == tags_at.end()) return More::yes;
        std::size_t distance = 0;
        if (commit != id) distance = TRY(distance_of(*git, commit, id));
        if (best.tag.empty() || distance < best.distance) best = {preferred(found->second, *git), distance, {}};
        return ++seen < candidates && best.distance > 0 ? More::yes : More::no;
    }));
    if (best.tag.empty())
        best.text = id.substr(0, 7);
    else
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
    words.push_back(git->remote());
    return words;
}

Result<void> Checkout::deepen() {
    const auto words = TRY(deepen_command());
    const std::string& folder = words[2];
    TRY_VOID(sys::fetch(folder, {words.begin() + 4, words.end()})); // after git -C FOLDER fetch
    repository_.reset();
    tags_known_ = true;
    return {};
}

}
