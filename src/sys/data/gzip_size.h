#pragma once
#include <cstdint>
#include <memory>
#include <string_view>

namespace fairlead::sys {

// Counts the bytes that `gzip -9` makes of what is added. Throws std::bad_alloc.
class GzipSize {
  public:
    GzipSize();
    ~GzipSize();
    GzipSize(const GzipSize&) = delete;
    GzipSize& operator=(const GzipSize&) = delete;
    void add(std::string_view bytes);
    std::uint64_t end(); // call it once, after the last add()

  private:
    struct State;
    void deflate(int flush);
    std::unique_ptr<State> state_;
};

}
