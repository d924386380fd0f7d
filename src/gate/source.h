#pragma once
#include "base/result.h"
#include "sys/data/json_stream.h"
#include "sys/data/xml.h"
#include "sys/files/beneath.h"
#include "sys/files/stream.h"
#include <optional>
#include <string>
#include <string_view>

namespace fairlead::gate {

// The source of a report's bytes: a file, or memory (for tests and fuzzing). What is packed with gzip is unpacked.
class Source {
  public:
    static Source file(std::string path) { return Source(sys::Root::everything(), std::move(path), {}); }
    static Source file(sys::Root root, std::string path) { return Source(std::move(root), std::move(path), {}); }
    static Source memory(std::string_view bytes, std::string name = "report") {
        return Source(std::nullopt, std::move(name), bytes);
    }
    // The same, with control characters in XML read as blanks.
    Source lenient(bool is_lenient = true) const {
        auto source = *this;
        source.is_lenient_ = is_lenient;
        return source;
    }
    const std::string& name() const { return name_; } // for messages
    bool is_lenient() const { return is_lenient_; }

    Result<bool> is_xml() const; // by the first byte that is no blank
    Result<sys::ByteStream> open(sys::Encoding encoding) const;
    Result<void> xml(sys::XmlHandler& handler) const;
    Result<void> json(sys::JsonHandler& handler) const;

  private:
    Source(std::optional<sys::Root> root, std::string name, std::string_view bytes)
        : root_(std::move(root)), name_(std::move(name)), bytes_(bytes) {}
    std::optional<sys::Root> root_; // nothing: memory
    std::string name_;              // for a file: the path from the root
    std::string_view bytes_;
    bool is_lenient_ = false;
};

}
