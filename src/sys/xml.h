#pragma once
#include "base/result.h"
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// XML as a stream of events (expat). External ids are never loaded; any <!ENTITY is refused. Names are local names.
namespace fairlead::sys {

class XmlAttributes {
  public:
    explicit XmlAttributes(const char** pairs) : pairs_(pairs) {}
    std::string_view get(std::string_view name) const; // empty when absent
    bool has(std::string_view name) const;

  private:
    const char** pairs_;
};

struct XmlHandler {
    virtual ~XmlHandler() = default;
    virtual void start(std::string_view name, const XmlAttributes& attributes) = 0;
    virtual void end(std::string_view name) = 0;
    virtual void text(std::string_view) {}
};

// Reads to the end in pieces; leading blanks before <?xml are accepted, .gz is not (sys/files knows).
// Error: no, "malformed" with line:column.
Result<void> parse_xml(std::string_view bytes, const std::string& file_name, XmlHandler& handler);
Result<void> parse_xml_file(const std::string& path, XmlHandler& handler); // streamed, 64 KiB at a time

}
