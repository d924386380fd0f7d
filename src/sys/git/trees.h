#pragma once
#include "sys/git/state.h"

namespace fairlead::sys {

// Counts the differences between two trees without storing them. Trees can share subtrees, so ten small objects can
// represent more files than fit into memory.
class TreeBounds {
  public:
    TreeBounds(const GitState& state, const git_oid& commit) : state_(state), commit_(commit) {}
    // Adds the differences to the count: all parents of a merge share one limit. Null is the empty tree. Error
    // (could_not): a limit is exceeded, git never makes such a tree (a file in it could hide another), or a signal
    // came.
    Result<void> count(const git_tree* before, const git_tree* now);

  private:
    struct Pair;
    Result<void> visit(const Pair& pair, const git_tree* before, const git_tree* now, std::vector<Pair>& deeper);
    Result<void> add(std::string path, const git_tree_entry* before, const git_tree_entry* now,
                     std::vector<Pair>& deeper);
    const GitState& state_;
    git_oid commit_;
    std::size_t entries_ = 0, letters_ = 0;
};

}
