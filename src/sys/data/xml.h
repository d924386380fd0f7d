#pragma once
#include "base/result.h"
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// XML as a stream of events (expat). External ids are never loaded; any <!ENTITY is refused. Names are local names.
namespace fairlead::sys {

class ByteStream;

class XmlAttributes {
  public:
    explicit XmlAttributes(const char** pairs) : pairs_(pairs) {}
    std::string_view get(std::string_view name) const; // empty when absent
    bool has(std::string_view name) const;

  private:
    const char** pairs_;
};

// An error of its own ends the reading and is the result.
struct XmlHandler {
    virtual ~XmlHandler() = default;
    virtual Result<void> start(std::string_view name, const XmlAttributes& attributes) = 0;
    virtual Result<void> end(std::string_view name) = 0;
    virtual Result<void> text(std::string_view) { return {}; }
    // Whether the next document of the same stream is read on, each with its own <?xml: as libtest writes them.
    virtual bool takes_another() const { return false; }
};

constexpr std::size_t longest_xml_token = 16u << 20; // a tag with its attributes, a comment, an instruction
constexpr std::size_t deepest_xml = 1000;
constexpr std::size_t most_xml_memory = 128u << 20; // of the parser: names that it has seen, tags that are open

// Reads to the end in pieces; leading blanks before <?xml are accepted, .gz is not (sys/files knows).
// Error: no, "malformed" or the limit that it is over, with line:column; could_not from the stream.
// What the handler says comes as it is.
Result<void> parse_xml(std::string_view bytes, const std::string& file_name, XmlHandler& handler);
Result<void> parse_xml(ByteStream stream, const std::string& file_name, XmlHandler& handler); // 64 KiB at a time
Result<void> parse_xml_file(const std::string& path, XmlHandler& handler);                    // the same

}
