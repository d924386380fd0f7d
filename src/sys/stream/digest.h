#pragma once
#include "sys/stream/stream.h"
#include <cstdint>
#include <memory>
#include <string>

// Figures of what passes, in front of another end of a stream.
namespace fairlead::sys {

struct Figures {
    std::uint64_t bytes = 0;
    std::string sha256; // 64 hex digits
};

class DigestSink : public Sink {
  public:
    virtual Figures figures() const = 0; // once it is closed
};
class DigestSource : public Source {
  public:
    virtual Figures figures() const = 0; // once its end was read
};

std::unique_ptr<DigestSink> digesting(std::unique_ptr<Sink> into);
std::unique_ptr<DigestSource> digesting(std::unique_ptr<Source> from);

}
