#include "tag/checkout.h"
#include "base/text.h"
#include <algorithm>
#include <fmt/format.h>

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

// The refs at a detached HEAD in the order in which git decorates a commit: names from the last to the first.
Head choose(std::vector<std::string> names, const std::string& sha) {
    Head head{{}, sha, {}};
    std::sort(names.rbegin(), names.rend());
    for (const auto& name : names) {
        if (!begins(name, tags)) continue;
        if (head.ref.empty())
            head.ref = name;
        else
            head.passed_over.push_back(name);
    }
    if (!head.ref.empty()) return head;
    std::vector<std::string> others;
    for (const auto& name : names) {
        if (begins(name, "refs/remotes/pull/")) return {"refs/" + name.substr(remotes.size()), sha, {}};
        if (begins(name, "refs/pull/")) return {name, sha, {}};
        if (begins(name, remotes) && !begins(name.substr(name.size() - std::min<std::size_t>(5, name.size())), "/HEAD"))
            others.push_back(name);
    }
    for (const auto& name : names)
        if (begins(name, heads)) head.ref = name; // the last one counts
    if (head.ref.empty() && !others.empty()) head.ref = std::string(heads) + without_remote(others.front());
    return head;
}

}

Result<const sys::Repository*> Checkout::repository() {
    if (!repository_) repository_.emplace(sys::Repository::open(folder_));
    if (!repository_->ok()) return repository_->error();
    return &repository_->value();
}

Result<Head> Checkout::head() {
    const auto* git = TRY(repository());
    const auto sha = git->head_commit().value_or("");
    if (const auto branch = git->head_branch()) return Head{*branch, sha, {}};
    if (sha.empty()) return Head{};
    std::vector<std::string> names;
    for (const auto& reference : TRY(git->references("refs/")))
        if (reference.commit == sha) names.push_back(reference.name);
    return choose(std::move(names), sha);
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

Result<void> Checkout::each_tag(const std::function<void(std::string_view)>& each) {
    const auto* git = TRY(repository());
    for (const auto& reference : TRY(git->references(tags))) each(std::string_view(reference.name).substr(tags.size()));
    return {};
}

std::string web_address(std::string_view remote) {
    std::string address(remote);
    const auto scheme = address.find("://");
    if (scheme == std::string::npos) {
        const auto colon = address.find(':'); // git@host:path
        if (colon == std::string::npos || address.find('/') < colon) return {};
        const auto at = address.find('@');
        address = "https://" + address.substr(at == std::string::npos || at > colon ? 0 : at + 1);
        address[address.find(':', 8)] = '/';
    } else {
        if (begins(address, "file:")) return {};
        auto rest = address.substr(scheme + 3);
        const auto at = rest.find('@');
        if (at != std::string::npos && at < rest.find('/'))
            rest.erase(0, at + 1); // user and password are nobody's business
        address = (begins(address, "http:") ? "http://" : "https://") + rest;
    }
    if (address.size() > 4 && address.compare(address.size() - 4, 4, ".git") == 0) address.resize(address.size() - 4);
    return address;
}

}
