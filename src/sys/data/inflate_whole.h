#pragma once
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace fairlead::sys {

// Decompresses zlib's format (RFC 1950) in one step, where the size of the result is known: a third of the time that
// zlib takes piece by piece. Not for several threads at once.
class WholeInflater {
  public:
    WholeInflater();
    ~WholeInflater();
    WholeInflater(const WholeInflater&) = delete;
    WholeInflater& operator=(const WholeInflater&) = delete;
    // False: `packed` doesn't begin with a stream of that size, or is damaged. Bytes behind the stream don't matter.
    bool inflate(std::string_view packed, std::span<char> result) const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}
