#pragma once
#include "base/result.h"
#include <memory>
#include <string>
#include <string_view>

namespace fairlead::sys {

// SHA-256 of what comes in pieces.
class Sha256 {
  public:
    Sha256();
    ~Sha256();
    Sha256(Sha256&&) noexcept;
    void add(std::string_view bytes);
    std::string finish(); // 64 hex digits; once

  private:
    struct Context;
    std::unique_ptr<Context> context_;
};

struct OpenFile;                                                              // sys/descriptor.h
Result<std::string> sha256_of(const OpenFile& file, const std::string& name); // from where it stands to its end

}
