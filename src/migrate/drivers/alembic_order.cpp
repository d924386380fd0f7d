#include "migrate/drivers/alembic_files.h"
#include <algorithm>
#include <cstdint>
#include <map>

// The order of alembic.script.revision.RevisionMap: history shows a branch to its end before it shows the next.
namespace fairlead::migrate::drivers {

namespace {

constexpr std::size_t most_compared = 8192; // 8 MiB of who comes before whom

class Bits {
  public:
    explicit Bits(std::size_t count) : words_((count + 63) / 64) {}
    void set(std::size_t at) { words_[at / 64] |= std::uint64_t{1} << (at % 64); }
    bool has(std::size_t at) const { return (words_[at / 64] >> (at % 64) & 1U) != 0; }
    void join(const Bits& other) {
        for (std::size_t i = 0; i < words_.size(); ++i) words_[i] |= other.words_[i];
    }

  private:
    std::vector<std::uint64_t> words_;
};

class Graph {
  public:
    explicit Graph(const std::vector<AlembicRevision>& all) : all_(all), parents_(all.size()), downs_(all.size()) {
        std::map<std::string, std::size_t, std::less<>> places;
        for (std::size_t i = 0; i < all.size(); ++i) places.insert_or_assign(all[i].id, i);
        for (std::size_t i = 0; i < all.size(); ++i) {
            for (const auto& id : all[i].down)
                if (const auto at = places.find(id); at != places.end()) add(downs_[i], at->second);
            parents_[i] = downs_[i];
            for (const auto& id : all[i].depends)
                if (const auto at = places.find(id); at != places.end()) add(parents_[i], at->second);
        }
    }

    // Parents before those that stand on them. Empty: a circle.
    std::vector<std::size_t> upwards() const {
        std::vector<std::size_t> order;
        std::vector<char> state(all_.size(), 0); // 1: begun, 2: done
        for (std::size_t first = 0; first < all_.size(); ++first) {
            std::vector<std::pair<std::size_t, std::size_t>> stack{{first, 0}};
            while (!stack.empty()) {
                auto& [at, next] = stack.back();
                if (next == 0 && state[at] == 2) {
                    stack.pop_back();
                    continue;
                }
                state[at] = 1;
                if (next < parents_[at].size()) {
                    const auto parent = parents_[at][next++];
                    if (state[parent] == 1) return {};
                    if (state[parent] == 0) stack.emplace_back(parent, 0);
                    continue;
                }
                state[at] = 2;
                order.push_back(at);
                stack.pop_back();
            }
        }
        return order;
    }

    // What is left of `depends` once what its own line depends on by now is taken out.
    void simplify() {
        for (std::size_t i = 0; i < all_.size(); ++i) {
            if (parents_[i].size() == downs_[i].size()) continue;
            std::vector<char> seen(all_.size(), 0);
            std::vector<std::size_t> todo = downs_[i];
            std::vector<char> elsewhere(all_.size(), 0);
            while (!todo.empty()) {
                const auto at = todo.back();
                todo.pop_back();
                if (seen[at] != 0) continue;
                seen[at] = 1;
                for (std::size_t k = downs_[at].size(); k < depends_of(at).size(); ++k)
                    elsewhere[depends_of(at)[k]] = 1;
                todo.insert(todo.end(), downs_[at].begin(), downs_[at].end());
            }
            auto& own = simple(i);
            own = downs_[i];
            for (std::size_t k = downs_[i].size(); k < parents_[i].size(); ++k)
                if (elsewhere[parents_[i][k]] == 0) own.push_back(parents_[i][k]);
        }
    }

    std::vector<std::size_t> newest_first(const std::vector<std::size_t>& upwards) {
        std::vector<Bits> before(all_.size(), Bits(all_.size()));
        std::vector<char> has_next(all_.size(), 0), todo(all_.size(), 1);
        for (const auto at : upwards) {
            before[at].set(at);
            for (const auto parent : parents_[at]) {
                before[at].join(before[parent]);
                has_next[parent] = 1;
            }
        }
        simplify();
        std::vector<std::size_t> heads, order;
        for (std::size_t i = 0; i < all_.size(); ++i)
            if (has_next[i] == 0) heads.push_back(i);
        for (std::size_t at = 0; !heads.empty();) {
            const auto candidate = heads[at];
            std::size_t blocking = at;
            for (std::size_t i = 0; i < heads.size() && blocking == at; ++i)
                if (i != at && before[heads[i]].has(candidate)) blocking = i;
            if (blocking != at) { // another head stands on it, and comes first
                at = blocking;
                continue;
            }
            if (todo[candidate] != 0) order.push_back(candidate);
            todo[candidate] = 0;
            std::vector<std::size_t> further;
            for (const auto parent : simple_of(candidate))
                if (todo[parent] != 0 && std::find(heads.begin(), heads.end(), parent) == heads.end())
                    further.push_back(parent);
            if (further.empty()) {
                heads.erase(heads.begin() + static_cast<std::ptrdiff_t>(at));
                at = at == 0 ? 0 : at - 1;
                continue;
            }
            heads[at] = further.front();
            heads.insert(heads.end(), further.begin() + 1, further.end());
        }
        return order;
    }

  private:
    static void add(std::vector<std::size_t>& list, std::size_t one) {
        if (std::find(list.begin(), list.end(), one) == list.end()) list.push_back(one);
    }
    const std::vector<std::size_t>& depends_of(std::size_t at) const { return parents_[at]; }
    std::vector<std::size_t>& simple(std::size_t at) { return simple_[at]; }
    const std::vector<std::size_t>& simple_of(std::size_t at) const {
        const auto found = simple_.find(at);
        return found == simple_.end() ? parents_[at] : found->second;
    }

    const std::vector<AlembicRevision>& all_;
    std::vector<std::vector<std::size_t>> parents_; // downs, then what it depends on
    std::vector<std::vector<std::size_t>> downs_;
    std::map<std::size_t, std::vector<std::size_t>> simple_; // where that is less
};

}

std::vector<std::size_t> alembic_order(const std::vector<AlembicRevision>& all) {
    Graph graph(all);
    auto upwards = graph.upwards();
    if (upwards.empty() && !all.empty()) return {};
    if (all.size() <= most_compared) return graph.newest_first(upwards);
    std::reverse(upwards.begin(), upwards.end());
    return upwards;
}

}
