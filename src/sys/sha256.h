#pragma once
#include "base/result.h"
#include <memory>
#include <string>
#include <string_view>

namespace fairlead::sys {

// Computes a SHA-256 piece by piece.
class Sha256 {
  public:
    Sha256();
    ~Sha256();
    Sha256(Sha256&&) noexcept;
    void add(std::string_view bytes);
    std::string finish(); // 64 hex digits; call it once

  private:
    struct Context;
    std::unique_ptr<Context> context_;
};

struct OpenFile; // sys/descriptor.h
// from the file's current position to its end
Result<std::string> sha256_of(const OpenFile& file, const std::string& name);

}
