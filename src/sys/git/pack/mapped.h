#pragma once
#include "base/result.h"
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace fairlead::sys {

// A file mapped into memory; an absent file is empty.
class Mapped {
  public:
    enum class Read { at_once, as_asked };
    // Error (could_not): it is not a file, or can't be read.
    static Result<Mapped> open(const std::string& path, Read read);
    Mapped() = default;
    Mapped(Mapped&& other) noexcept { swap(other); }
    Mapped& operator=(Mapped&&) = delete;
    void swap(Mapped& other) noexcept {
        std::swap(data_, other.data_);
        std::swap(size_, other.size_);
    }
    ~Mapped();
    std::string_view bytes() const {
        return data_ ? std::string_view(static_cast<const char*>(data_), size_) : std::string_view();
    }
    void let_go() const; // frees the memory of the read pages; the kernel's page cache keeps them

  private:
    void* data_ = nullptr;
    std::size_t size_ = 0;
};

}
