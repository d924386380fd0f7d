#pragma once
#include "sys/git/state.h"

namespace fairlead::sys {

// What two trees of a commit differ in is counted before anything is kept of it. Trees share what is below them: ten
// small objects can stand for more files than any memory holds.
class TreeBounds {
  public:
    TreeBounds(const GitState& state, const git_oid& commit) : state_(state), commit_(commit) {}
    // Goes on counting: all parents of a merge share one limit. Null is the empty tree. Error (could_not): there is
    // more than a limit, a tree is none that git makes (so that a file could hide behind another), or a signal came.
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
