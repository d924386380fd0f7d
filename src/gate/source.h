#pragma once
#include "base/result.h"
#include "sys/json_stream.h"
#include "sys/stream.h"
#include "sys/xml.h"
#include <string>
#include <string_view>

namespace fairlead::gate {

// Where the bytes of a report come from: a file, or memory (tests, fuzzing).
class Source {
  public:
    static Source file(std::string path) { return Source(std::move(path), {}, false); }
    static Source memory(std::string_view bytes, std::string name = "report") {
        return Source(std::move(name), bytes, true);
    }
    const std::string& name() const { return name_; } // for messages

    Result<sys::ByteStream> open(sys::Encoding encoding) const;
    Result<void> xml(sys::XmlHandler& handler) const;
    Result<void> json(sys::JsonHandler& handler) const;

  private:
    Source(std::string name, std::string_view bytes, bool in_memory)
        : name_(std::move(name)), bytes_(bytes), in_memory_(in_memory) {}
    std::string name_;
    std::string_view bytes_;
    bool in_memory_;
};

}
