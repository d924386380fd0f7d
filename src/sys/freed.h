#pragma once
#include <memory>

namespace fairlead::sys {

// An owner for what a C library allocates: `Freed<git_tree, git_tree_free> tree;`
template <auto Free>
struct FreedBy {
    template <typename T>
    void operator()(T* pointer) const {
        Free(pointer);
    }
};
template <typename T, auto Free>
using Freed = std::unique_ptr<T, FreedBy<Free>>;

}
