#pragma once
#include <memory>
#include <new>

namespace fairlead::sys {

// Owns memory that a C library allocated: `Freed<git_tree, git_tree_free> tree;`
template <auto Free>
struct FreedBy {
    template <typename T>
    void operator()(T* pointer) const {
        Free(pointer);
    }
};
template <typename T, auto Free>
using Freed = std::unique_ptr<T, FreedBy<Free>>;

// Throws bad_alloc if a C library reports that it got no memory.
inline void check_memory(bool ok) {
    if (!ok) throw std::bad_alloc();
}

}
