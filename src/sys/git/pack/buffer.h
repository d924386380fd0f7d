#pragma once
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace fairlead::sys {

// Uninitialised bytes, to be written before they are read. There is room for one more byte after them, for a missing
// newline at the end of a text.
class Buffer {
  public:
    Buffer() = default;
    explicit Buffer(std::size_t size) : data_(std::make_unique_for_overwrite<char[]>(size + 1)), size_(size) {}
    std::span<char> bytes() { return {data_.get(), size_}; }
    std::string_view view() const { return {data_.get(), size_}; }
    std::size_t size() const { return size_; }
    explicit operator bool() const { return data_ != nullptr; }

  private:
    std::unique_ptr<char[]> data_;
    std::size_t size_ = 0;
};

}
