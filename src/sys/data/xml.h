#pragma once
#include "base/result.h"
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Reads XML as a stream of events (expat). Never loads external ids, refuses any <!ENTITY. Names are local names.
namespace fairlead::sys {

class ByteStream;

class XmlAttributes {
  public:
    explicit XmlAttributes(const char** pairs) : pairs_(pairs), found_(pairs) {}
    std::string_view get(std::string_view name) const; // empty when absent
    bool has(std::string_view name) const;

  private:
    const char** find(std::string_view name) const; // a name and its value; null when absent
    const char** pairs_;
    mutable const char** found_; // by the last find()
};

// If a handler returns an error, reading ends with that error.
struct XmlHandler {
    virtual ~XmlHandler() = default;
    virtual Result<void> start(std::string_view name, const XmlAttributes& attributes) = 0;
    virtual Result<void> end(std::string_view name) = 0;
    virtual Result<void> text(std::string_view) { return {}; }
    virtual Result<void> comment(std::string_view) { return {}; } // without <!-- and -->
    // Returns whether to read on if another document with its own <?xml follows in the stream, as in libtest's output.
    virtual bool takes_another() const { return false; }
};

constexpr std::size_t longest_xml_token = 16u << 20; // a tag with its attributes, a comment, an instruction
constexpr std::size_t deepest_xml = 1000;
constexpr std::size_t most_xml_memory = 128u << 20; // bytes for the parser's names and open tags

// How to treat control characters and references such as &#27;, which XML 1.0 (section 2.2) doesn't allow: as an error,
// or as blanks, one for each of their characters.
enum class Controls { refused, blanks };

// Reads the document to its end in pieces. Blanks before <?xml are accepted; gzip is not (sys/files unpacks it). Error
// (no): "malformed", or the exceeded limit, with line:column. Error (could_not): from the stream. Errors of the handler
// are passed on. If such an error has the file but no line, the reader adds its current line and column.
Result<void> parse_xml(std::string_view bytes, const std::string& file_name, XmlHandler& handler);
Result<void> parse_xml(ByteStream stream, const std::string& file_name, XmlHandler& handler,
                       Controls controls = Controls::refused);             // 64 KiB at a time
Result<void> parse_xml_file(const std::string& path, XmlHandler& handler); // as above

}
