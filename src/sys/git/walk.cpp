// How commits hang together: range, merge base, ancestry. libgit2's own walk gives up in a shallow clone even where
// the answer is known, so this one paints commits itself, newest first, as git does.
#include "sys/git/state.h"
#include "sys/signals.h"
#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <fmt/format.h>
#include <limits>
#include <queue>
#include <unordered_map>

namespace fairlead::sys {
namespace {

using Colors = std::uint64_t;
constexpr Colors of_head = 1, of_base = 2; // of further bases the bits above

struct Node {
    std::int64_t time = 0;
    Colors colors = 0;
    bool older_than_common = false; // an ancestor of a common commit: neither in the range nor a better base
    bool cut = false;               // its parents are not in this clone
    bool visited = false;
    int queued = 0;
    std::size_t number = 0; // of the reading
    std::size_t parents = 0;
    git_oid tree{};
    git_oid first_parent{}; // most have just one, which costs no memory of its own
    std::vector<git_oid> more_parents;
    const git_oid& parent(std::size_t index) const { return index == 0 ? first_parent : more_parents[index - 1]; }
    void add_parent(const git_oid& id) {
        if (parents++ == 0)
            first_parent = id;
        else
            more_parents.push_back(id);
    }
};

using Nodes = std::unordered_map<git_oid, Node, GitIdHash, GitIdEqual>;
using Item = Nodes::value_type; // its address stays

struct Entry {
    std::int64_t time;
    std::size_t order; // of equal times the first stays first
    Item* item;
    bool operator<(const Entry& other) const { return time != other.time ? time < other.time : order > other.order; }
};

using Read = std::function<Result<void>(const CommitText&)>;

// The parts of a commit object (git-hash-object(1), "commit") that a walk needs; false: it is none.
bool parse_commit(std::string_view bytes, Node& node, std::string_view& message) {
    const auto line_of = [&] {
        const auto line = bytes.substr(0, bytes.find('\n'));
        bytes.remove_prefix(std::min(line.size() + 1, bytes.size()));
        return line;
    };
    bool dated = false;
    while (!bytes.empty() && bytes[0] != '\n') {
        const auto line = line_of();
        git_oid parent;
        if (line.starts_with("tree ")) {
            if (line.size() != 5 + GIT_OID_HEXSZ || git_oid_fromstrn(&node.tree, line.data() + 5, GIT_OID_HEXSZ) != 0)
                return false;
        } else if (line.starts_with("parent ")) {
            if (line.size() < 7 + GIT_OID_HEXSZ || git_oid_fromstrn(&parent, line.data() + 7, GIT_OID_HEXSZ) != 0)
                return false;
            node.add_parent(parent);
        } else if (line.starts_with("committer ")) {
            const auto time = line.substr(std::min(line.rfind('>'), line.size() - 1) + 1);
            const auto start = time.find_first_not_of(' ');
            if (start == std::string_view::npos) return false;
            dated = std::from_chars(time.data() + start, time.data() + time.size(), node.time).ec == std::errc();
        }
    }
    message = bytes.substr(std::min<std::size_t>(1, bytes.size()));
    return dated;
}

class CommitWalk {
  public:
    explicit CommitWalk(const GitState& state, Read read = {}) : state_(state), read_(std::move(read)) {}

    Result<void> start(std::string_view commit, Colors color) {
        common_ |= color;
        const git_oid id = TRY(state_.id_of(commit));
        Item* item = TRY(load(id));
        if (!item) return state_.missing("commit", id);
        paint(*item, color, false);
        return {};
    }

    Result<void> start_base(const std::string& commit, Colors color) {
        common_ |= color; // which no commit ever gets of a base that isn't there
        return commit.empty() ? Result<void>() : start(commit, color);
    }

    Result<void> run() {
        for (std::size_t steps = 0; must_go_on(); ++steps) {
            if (steps % 1024 == 0 && stop_requested()) return could_not("interrupted while reading the history");
            const Entry entry = queue_.top();
            queue_.pop();
            TRY_VOID(visit(*entry.item));
        }
        return {};
    }

    // Every commit once, newest first, until `each` wants no more. Error where the history ends before that.
    Result<void> run_until(const std::function<Result<Repository::More>(const std::string& id)>& each) {
        while (!queue_.empty()) {
            if (stop_requested()) return could_not("interrupted while reading the history");
            const Entry entry = queue_.top();
            queue_.pop();
            const auto& [id, node] = *entry.item;
            const bool seen = node.visited;
            TRY_VOID(visit(*entry.item));
            if (seen) continue;
            if (TRY(each(git_id_text(id))) == Repository::More::no) return {};
            if (node.cut) return cut_off(id);
        }
        return {};
    }

    // Commits of head's that a base lacks, in the order of the walk. Error when a cut makes the answer uncertain.
    Result<void> only_of_head(const std::function<void(const git_oid&, const Node&)>& each) const {
        std::array<std::int64_t, 64> newest_cut; // by color
        newest_cut.fill(std::numeric_limits<std::int64_t>::min());
        for (const auto& [id, node] : nodes_)
            for (Colors rest = node.cut ? node.colors & ~of_head : 0; rest != 0; rest &= rest - 1) {
                auto& newest = newest_cut[static_cast<std::size_t>(std::countr_zero(rest))];
                newest = std::max(newest, node.time);
            }
        for (const Item* item : order_) {
            const auto& [id, node] = *item;
            if (!(node.colors & of_head) || node.colors == common_) continue;
            // A commit older than where a base's history ends here may well belong to the base.
            bool uncertain = node.cut;
            for (Colors rest = common_ & ~node.colors; rest != 0; rest &= rest - 1)
                uncertain |= node.time < newest_cut[static_cast<std::size_t>(std::countr_zero(rest))];
            if (uncertain) return cut_off(id);
            each(id, node);
        }
        return {};
    }

    const git_oid* tree_of(const git_oid& id) const {
        const auto found = nodes_.find(id);
        return found != nodes_.end() ? &found->second.tree : nullptr;
    }

    bool reached(const git_oid& id, Colors color) const {
        const auto found = nodes_.find(id);
        return found != nodes_.end() && (found->second.colors & color) != 0;
    }

    Result<std::optional<std::string>> best_common() const {
        for (const Item* item : order_) { // newest first
            const auto& [id, node] = *item;
            if (node.colors == common_ && !node.older_than_common) return std::optional(git_id_text(id));
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
                                     state_.fetch_command()));
    }

    // The bytes of a commit; nothing when it is not in this clone.
    Result<std::optional<std::string>> bytes_of(const git_oid& id) {
        std::string soon;
        if (state_.read_soon && state_.read_soon(id, soon)) return std::optional(std::move(soon));
        if (!objects_ && git_make(objects_, git_repository_odb, state_.handle.get()) != 0)
            return could_not(fmt::format("the objects of {} can't be read: {}", state_.shown(), git_reason()));
        TRY_VOID(state_.refuse_large("commit", id, largest_object, objects_.get()));
        Freed<git_odb_object, git_odb_object_free> object;
        const int status = git_make(object, git_odb_read, objects_.get(), &id);
        if (status == GIT_ENOTFOUND) return std::optional<std::string>();
        if (status != 0) return could_not(fmt::format("commit {} can't be read: {}", git_id_text(id), git_reason()));
        if (git_odb_object_type(object.get()) != GIT_OBJECT_COMMIT) return std::optional(std::string());
        return std::optional(std::string(static_cast<const char*>(git_odb_object_data(object.get())),
                                         git_odb_object_size(object.get())));
    }

    // Reads a commit once; null when it is not in this clone.
    Result<Item*> load(const git_oid& id) {
        const auto [found, is_new] = nodes_.try_emplace(id);
        if (!is_new) return &*found;
        const auto read = bytes_of(id);
        if (!read.ok() || !read.value()) nodes_.erase(found);
        if (!read.ok()) return read.error();
        if (!read.value()) return nullptr;
        Node& node = found->second;
        const std::string_view bytes = *read.value();
        std::string_view message;
        if (!parse_commit(bytes, node, message))
            return could_not(fmt::format("object {} is not a valid commit; run: git fsck", git_id_text(id)));
        if (read_)
            TRY_VOID(read_({git_id_text(id), message, node.parents, bytes.substr(0, bytes.size() - message.size())}));
        node.number = loaded_++;
        // A shallow clone: whatever stands there, nothing is known beyond. Before the first commit there is nothing.
        node.cut = node.parents > 0 && state_.boundary.contains(id);
        if (node.cut) node.parents = 0;
        return &*found;
    }

    void paint(Item& item, Colors colors, bool older_than_common) {
        Node& node = item.second;
        const bool seen = node.colors != 0;
        if (seen && (node.colors | colors) == node.colors && (node.older_than_common || !older_than_common)) return;
        if (older_than_common && !node.older_than_common) open_ -= node.queued;
        node.colors |= colors;
        node.older_than_common |= older_than_common;
        queue_.push({node.time, ++pushed_, &item});
        ++node.queued;
        if (!node.older_than_common) ++open_;
    }

    Result<void> visit(Item& item) {
        Node& node = item.second;
        --node.queued;
        if (!node.older_than_common) --open_;
        if (!node.visited) order_.push_back(&item);
        node.visited = true;
        const bool common = node.colors == common_;
        if ((node.colors & of_head) && !common) oldest_of_head_ = std::min(oldest_of_head_, node.time);
        for (std::size_t i = 0; i < node.parents; ++i) {
            Item* parent = TRY(load(node.parent(i)));
            if (parent)
                paint(*parent, node.colors, common);
            else
                node.cut = true;
        }
        return {};
    }

    // Beyond the common commits only while clocks may have been wrong: an older-looking one could still be common.
    bool must_go_on() const { return !queue_.empty() && (open_ > 0 || queue_.top().time >= oldest_of_head_); }

    const GitState& state_;
    Read read_;
    Freed<git_odb, git_odb_free> objects_;
    std::size_t loaded_ = 0;
    Colors common_ = of_head | of_base; // a commit's that are behind all that was started from
    Nodes nodes_;
    std::priority_queue<Entry> queue_;
    std::vector<const Item*> order_;
    std::size_t pushed_ = 0;
    int open_ = 0; // entries of the queue that may still tell something new
    std::int64_t oldest_of_head_ = std::numeric_limits<std::int64_t>::max();
};

}

Result<std::vector<std::string>> Repository::range(std::string_view base, std::string_view head) const {
    std::vector<std::string> bases;
    if (!base.empty()) bases.emplace_back(base);
    return range(bases, {std::string(head)});
}

Result<std::vector<std::string>> Repository::range(const std::vector<std::string>& bases,
                                                   const std::vector<std::string>& heads) const {
    CommitWalk walk(*state_);
    for (const std::string& head : heads) TRY_VOID(walk.start(head, of_head));
    for (const std::string& base : bases) TRY_VOID(walk.start(base, of_base));
    TRY_VOID(walk.run());
    std::vector<std::string> result;
    TRY_VOID(walk.only_of_head([&](const git_oid& id, const Node&) { result.push_back(git_id_text(id)); }));
    return result;
}

Result<History> Repository::history(const std::vector<std::string>& bases, std::string_view head,
                                    const std::function<Result<void>(const CommitText&)>& read) const {
    const CacheOff cache_off(GIT_OBJECT_COMMIT);
    CommitWalk walk(*state_, read);
    TRY_VOID(walk.start(head, of_head));
    for (std::size_t i = 0; i < bases.size(); ++i) TRY_VOID(walk.start_base(bases[i], of_base << i));
    TRY_VOID(walk.run());
    History history;
    for (const auto& base : bases) {
        git_oid id{};
        if (!base.empty()) id = TRY(state_->id_of(base));
        history.reached.push_back(walk.reached(id, of_head));
    }
    const auto raw = [](const git_oid* id) {
        ObjectId bytes{};
        if (id) std::copy(std::begin(id->id), std::end(id->id), bytes.begin());
        return bytes;
    };
    TRY_VOID(walk.only_of_head([&](const git_oid& id, const Node& node) {
        const auto* before = node.parents > 0 ? walk.tree_of(node.first_parent) : nullptr;
        history.commits.push_back({git_id_text(id), node.number, node.colors / of_base, raw(&node.tree), raw(before)});
    }));
    return history;
}

Result<void> Repository::each_ancestor(std::string_view head,
                                       const std::function<Result<More>(const std::string& id)>& each) const {
    CommitWalk walk(*state_);
    TRY_VOID(walk.start(head, of_head));
    return walk.run_until(each);
}

Result<std::vector<std::string>> Repository::reachable(const std::vector<std::string>& commits,
                                                       const std::vector<std::string>& heads) const {
    CommitWalk walk(*state_);
    for (const auto& head : heads) TRY_VOID(walk.start(head, of_head));
    TRY_VOID(walk.run());
    std::vector<std::string> result;
    for (const auto& commit : commits) {
        const auto id = TRY(state_->id_of(commit));
        if (walk.reached(id, of_head)) result.push_back(commit);
    }
    return result;
}

Result<std::optional<std::string>> Repository::merge_base(std::string_view one, std::string_view other) const {
    CommitWalk walk(*state_);
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
