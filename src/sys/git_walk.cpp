// How commits hang together: range, merge base, ancestry. libgit2's own walk gives up in a shallow clone even where
// the answer is known, so this one paints commits itself, newest first, as git does.
#include "sys/git_state.h"
#include "sys/signals.h"
#include <algorithm>
#include <fmt/format.h>
#include <limits>
#include <queue>
#include <unordered_map>

namespace fairlead::sys {
namespace {

constexpr unsigned of_head = 1, of_base = 2, of_both = of_head | of_base;

struct Node {
    std::int64_t time = 0;
    unsigned colors = 0;
    bool older_than_common = false; // an ancestor of a common commit: neither in the range nor a better base
    bool cut = false;               // its parents are not in this clone
    bool visited = false;
    int queued = 0;
    std::vector<git_oid> parents;
};

struct Entry {
    std::int64_t time;
    std::size_t order; // of equal times the first stays first
    git_oid id;
    bool operator<(const Entry& other) const { return time != other.time ? time < other.time : order > other.order; }
};

class Walk {
  public:
    explicit Walk(const GitState& state) : state_(state) {}

    Result<void> start(std::string_view commit, unsigned color) {
        const git_oid id = TRY(state_.id_of(commit));
        Node* node = TRY(load(id));
        if (!node) return state_.missing("commit", id);
        paint(id, *node, color, false);
        return {};
    }

    Result<void> run() {
        for (std::size_t steps = 0; must_go_on(); ++steps) {
            if (steps % 1024 == 0 && stop_requested()) return could_not("interrupted while reading the history");
            const Entry entry = queue_.top();
            queue_.pop();
            TRY_VOID(visit(entry.id, nodes_.at(entry.id)));
        }
        return {};
    }

    // Commits of head's color alone, in the order of the walk. Error when a cut makes the answer uncertain.
    Result<std::vector<std::string>> only_of_head() const {
        std::int64_t newest_cut_of_base = std::numeric_limits<std::int64_t>::min();
        for (const auto& [id, node] : nodes_)
            if (node.cut && (node.colors & of_base)) newest_cut_of_base = std::max(newest_cut_of_base, node.time);
        std::vector<std::string> result;
        for (const git_oid& id : order_) {
            const Node& node = nodes_.at(id);
            if (node.colors != of_head) continue;
            // A commit older than where the base's history ends here may well belong to the base.
            if (node.cut || node.time < newest_cut_of_base) return cut_off(id);
            result.push_back(git_id_text(id));
        }
        return result;
    }

    Result<std::optional<std::string>> best_common() const {
        for (const git_oid& id : order_) { // newest first
            const Node& node = nodes_.at(id);
            if (node.colors == of_both && !node.older_than_common) return std::optional(git_id_text(id));
        }
        for (const auto& [id, node] : nodes_)
            if (node.cut) return cut_off(id);
        return std::optional<std::string>{};
    }

  private:
    Error cut_off(const git_oid& id) const {
        return could_not(fmt::format("the history of {} ends at commit {} in this {}, before the range is complete; "
                                     "run: {}",
                                     state_.shown(), git_id_text(id),
                                     state_.boundary.empty() ? "incomplete clone" : "shallow clone",
                                     state_.fetch_command(id)));
    }

    // Reads a commit once; null when it is not in this clone.
    Result<Node*> load(const git_oid& id) {
        const auto [found, is_new] = nodes_.try_emplace(id);
        if (!is_new) return &found->second;
        GitCommit commit;
        const int status = git_make(commit, git_commit_lookup, state_.handle.get(), &id);
        if (status != 0) nodes_.erase(found);
        if (status == GIT_ENOTFOUND) return nullptr;
        if (status != 0) return could_not(fmt::format("commit {} can't be read: {}", git_id_text(id), git_reason()));
        Node& node = found->second;
        node.time = git_commit_time(commit.get());
        for (unsigned i = 0; i < git_commit_parentcount(commit.get()); ++i)
            node.parents.push_back(*git_commit_parent_id(commit.get(), i));
        node.cut = node.parents.empty() && state_.boundary.contains(id); // libgit2 1.7 and later hide the parents
        return &node;
    }

    void paint(const git_oid& id, Node& node, unsigned colors, bool older_than_common) {
        const bool seen = node.colors != 0;
        if (seen && (node.colors | colors) == node.colors && (node.older_than_common || !older_than_common)) return;
        if (older_than_common && !node.older_than_common) open_ -= node.queued;
        node.colors |= colors;
        node.older_than_common |= older_than_common;
        queue_.push({node.time, ++pushed_, id});
        ++node.queued;
        if (!node.older_than_common) ++open_;
    }

    Result<void> visit(const git_oid& id, Node& node) {
        --node.queued;
        if (!node.older_than_common) --open_;
        if (!node.visited) order_.push_back(id);
        node.visited = true;
        if (node.colors == of_head) oldest_of_head_ = std::min(oldest_of_head_, node.time);
        const bool common = node.colors == of_both;
        for (const git_oid& parent_id : node.parents) {
            Node* parent = TRY(load(parent_id));
            if (parent)
                paint(parent_id, *parent, node.colors, common);
            else
                node.cut = true;
        }
        return {};
    }

    // Beyond the common commits only while clocks may have been wrong: an older-looking one could still be common.
    bool must_go_on() const { return !queue_.empty() && (open_ > 0 || queue_.top().time >= oldest_of_head_); }

    const GitState& state_;
    std::unordered_map<git_oid, Node, GitIdHash, GitIdEqual> nodes_;
    std::priority_queue<Entry> queue_;
    std::vector<git_oid> order_;
    std::size_t pushed_ = 0;
    int open_ = 0; // entries of the queue that may still tell something new
    std::int64_t oldest_of_head_ = std::numeric_limits<std::int64_t>::max();
};

}

Result<std::vector<std::string>> Repository::range(std::string_view base, std::string_view head) const {
    Walk walk(*state_);
    TRY_VOID(walk.start(head, of_head));
    if (!base.empty()) TRY_VOID(walk.start(base, of_base));
    TRY_VOID(walk.run());
    return walk.only_of_head();
}

Result<std::optional<std::string>> Repository::merge_base(std::string_view one, std::string_view other) const {
    Walk walk(*state_);
    TRY_VOID(walk.start(one, of_head));
    TRY_VOID(walk.start(other, of_base));
    TRY_VOID(walk.run());
    return walk.best_common();
}

Result<bool> Repository::is_ancestor(std::string_view ancestor, std::string_view descendant) const {
    const auto base = TRY(merge_base(ancestor, descendant));
    return base == ancestor;
}

}
