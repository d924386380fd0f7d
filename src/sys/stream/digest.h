#pragma once
#include "sys/stream/stream.h"
#include <cstdint>
#include <memory>
#include <string>

// Counts and hashes the bytes that pass on their way to or from another stream.
namespace fairlead::sys {

struct Figures {
    std::uint64_t bytes = 0;
    std::string sha256; // 64 hex digits
};

class DigestSink : public Sink {
  public:
    virtual Figures figures() const = 0; // call it after close()
};
class DigestSource : public Source {
  public:
    virtual Figures figures() const = 0; // call it after the end was read
};

std::unique_ptr<DigestSink> digesting(std::unique_ptr<Sink> into);
std::unique_ptr<DigestSource> digesting(std::unique_ptr<Source> from);

}
