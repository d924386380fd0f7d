#pragma once
#include <memory>
#include <new>

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

// Of a C library that says whether it got its memory.
inline void check_memory(bool ok) {
    if (!ok) throw std::bad_alloc();
}

}
