#include "sys/data/xml.h"
#include "base/text.h"
#include "sys/encoding.h"
#include "sys/files/stream.h"
#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <expat.h>
#include <fmt/format.h>
#include <memory>
#include <utility>

namespace fairlead::sys {
namespace {

// Names are short and there are millions of them: calls into libc would take longer than these loops.
std::string_view local_name(const char* name) {
    const char* end = name;
    for (; *end != '\0'; ++end)
        if (*end == ':') name = end + 1;
    return {name, static_cast<std::size_t>(end - name)};
}

bool is_declaration(const char* name) {
    return name[0] == 'x' && (std::strcmp(name, "xmlns") == 0 || std::strncmp(name, "xmlns:", 6) == 0);
}

bool is_named(const char* attribute, std::string_view name) {
    const auto local = local_name(attribute);
    if (local.size() != name.size()) return false;
    for (std::size_t i = 0; i < name.size(); ++i)
        if (local[i] != name[i]) return false;
    return !is_declaration(attribute);
}

std::string describe(XML_Error code) {
    switch (code) {
    case XML_ERROR_NO_ELEMENTS: // "no element found" and the like puzzle whoever has half a file
    case XML_ERROR_UNCLOSED_TOKEN:
    case XML_ERROR_UNCLOSED_CDATA_SECTION:
    case XML_ERROR_PARTIAL_CHAR: return "the file ends too early";
    case XML_ERROR_JUNK_AFTER_DOC_ELEMENT:
        return "there is text after the end of the document, but a file must hold a single document; cargo's libtest "
               "writes a document for each test binary: split them, or use cargo-nextest, which writes a single "
               "document";
    case XML_ERROR_NO_MEMORY:
        return fmt::format("it takes more than {} MiB to read, which is the limit (names, attributes and open tags)",
                           most_xml_memory >> 20);
    case XML_ERROR_INVALID_TOKEN:
        return "the text here isn't XML: perhaps a < or & that isn't escaped, or a byte of another encoding";
    default: return XML_ErrorString(code);
    }
}

// What expat holds on this thread. It never forgets a name that it has seen, so the file could decide how much that is.
thread_local std::size_t held = 0;
constexpr std::size_t header = alignof(std::max_align_t); // before each block: its size

void* allocate_again(void* block, std::size_t size) {
    char* old = block ? static_cast<char*>(block) - header : nullptr;
    std::size_t before = 0;
    if (old) std::memcpy(&before, old, sizeof before);
    if (size > most_xml_memory || held - before + size > most_xml_memory) return nullptr;
    auto* made = static_cast<char*>(std::realloc(old, size + header));
    if (!made) return nullptr;
    std::memcpy(made, &size, sizeof size);
    held = held - before + size;
    return made + header;
}

void* allocate(std::size_t size) { return allocate_again(nullptr, size); }

void release(void* block) {
    if (!block) return;
    char* old = static_cast<char*>(block) - header;
    std::size_t size = 0;
    std::memcpy(&size, old, sizeof size);
    held -= size;
    std::free(old);
}

XML_Parser make_parser() {
    static const XML_Memory_Handling_Suite memory{allocate, allocate_again, release};
    return XML_ParserCreate_MM(nullptr, &memory, nullptr);
}

// expat 2.9 deprecates the counters that earlier ones have.
#if XML_MAJOR_VERSION * 100 + XML_MINOR_VERSION >= 209
auto line_of(XML_Parser parser) { return XML_GetCurrentLineNumber64(parser); }
auto column_of(XML_Parser parser) { return XML_GetCurrentColumnNumber64(parser); }
#else
auto line_of(XML_Parser parser) { return XML_GetCurrentLineNumber(parser); }
auto column_of(XML_Parser parser) { return XML_GetCurrentColumnNumber(parser); }
#endif

bool is_no_xml(unsigned char c) { return c < 0x20 && c != '\t' && c != '\n' && c != '\r'; }

// The letter that expat stopped at, if it is a control character or a reference to one; else nothing.
std::string control_at(XML_Parser parser) {
    int offset = 0, size = 0;
    const char* const bytes = XML_GetInputContext(parser, &offset, &size);
    if (!bytes || offset < 0 || offset >= size) return {};
    const auto letter = static_cast<unsigned char>(bytes[offset]);
    return is_no_xml(letter) ? fmt::format("U+{:04X}", letter) : "";
}

// Blanks in the place of control characters, piece by piece; the number of bytes stays the same, so places do.
class Blanked {
  public:
    // What is known of the next bytes; valid until the next call.
    std::string_view next(std::string_view piece) {
        if (is_wide(piece)) return piece;
        text_ = std::exchange(held_, {});
        text_ += piece;
        for (std::size_t at = 0; at < text_.size(); ++at) {
            if (is_no_xml(static_cast<unsigned char>(text_[at]))) text_[at] = ' ';
            if (text_[at] != '&') continue;
            const auto reference = std::string_view(text_).substr(at, longest_reference);
            const auto end = reference.find(';');
            if (end == reference.npos && reference.size() < longest_reference) {
                held_ = reference;
                text_.resize(at);
            } else if (end != reference.npos && names_forbidden(reference.substr(0, end)))
                text_.replace(at, end + 1, end + 1, ' ');
        }
        return text_;
    }
    std::string_view rest() { return text_ = std::exchange(held_, {}); }

  private:
    static constexpr std::size_t longest_reference = 12; // "&#x0000001B;"

    // "&#27", "&#x1B", "&#xFFFF"
    static bool names_forbidden(std::string_view reference) {
        if (!reference.starts_with("&#")) return false;
        const bool is_hex = reference.substr(2, 1) == "x";
        const auto digits = reference.substr(is_hex ? 3 : 2);
        unsigned number = 0;
        const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), number, is_hex ? 16 : 10);
        return read.ec == std::errc() && read.ptr == digits.data() + digits.size() &&
               ((number < 0x20 && is_no_xml(static_cast<unsigned char>(number))) ||
                (number >= 0xD800 && number <= 0xDFFF) || number == 0xFFFE || number == 0xFFFF);
    }
    // UTF-16, in which half of a letter may be such a byte.
    bool is_wide(std::string_view piece) {
        if (!is_asked_ && !piece.empty()) {
            is_asked_ = true;
            is_wide_ = piece.substr(0, 4).find('\0') != piece.npos || piece.starts_with("\xFE\xFF") ||
                       piece.starts_with("\xFF\xFE");
        }
        return is_wide_;
    }

    std::string text_, held_; // held_: the begin of a reference that the next piece may end
    bool is_asked_ = false, is_wide_ = false;
};

class Parser {
  public:
    Parser(const std::string& file_name, XmlHandler& handler)
        : parser_(make_parser(), XML_ParserFree), file_name_(file_name), handler_(handler) {
        listen();
    }

    Result<void> feed(std::string_view bytes) {
        if (!begun_) bytes = skip_blanks(bytes);
        constexpr std::size_t piece = 1u << 20; // expat counts in int
        while (!bytes.empty()) {
            const auto part = bytes.substr(0, piece);
            bytes.remove_prefix(part.size());
            if (waiting_.empty() && part.size() >= unfinished_) {
                TRY_VOID(parse(part));
                continue;
            }
            waiting_ += part;
            if (waiting_.size() < unfinished_ && unfinished_ + waiting_.size() <= longest_xml_token) continue;
            const std::string all = std::exchange(waiting_, {});
            TRY_VOID(parse(all));
        }
        return {};
    }
    Result<void> finish() {
        const std::string rest = std::exchange(waiting_, {});
        TRY_VOID(parse(rest));
        if (XML_Parse(parser_.get(), "", 0, 1) != XML_STATUS_OK) return failure();
        return {};
    }

  private:
    void listen() {
        XML_SetUserData(parser_.get(), this);
        XML_SetElementHandler(parser_.get(), on_start, on_end);
        XML_SetCharacterDataHandler(parser_.get(), on_text);
        XML_SetCommentHandler(parser_.get(), on_comment);
        XML_SetEntityDeclHandler(parser_.get(), on_entity);
        XML_SetUnknownEncodingHandler(parser_.get(), describe_encoding, nullptr);
    }

    // expat reads an unfinished token again from its start with each piece, which would be quadratic: such a token
    // gets pieces as long as itself (`waiting_`).
    Result<void> parse(std::string_view part) {
        std::string joined;
        while (XML_Parse(parser_.get(), part.data(), static_cast<int>(part.size()), 0) != XML_STATUS_OK)
            if (!next_document(part, joined)) return failure();
        fed_ += part.size();
        const auto begun = XML_GetCurrentByteIndex(parser_.get());
        unfinished_ = begun < 0 ? fed_ : fed_ - static_cast<std::size_t>(begun);
        between_ += depth_ == 0 ? part : "";
        between_.erase(0, depth_ == 0 ? between_.size() - std::min(between_.size(), unfinished_) : between_.size());
        if (unfinished_ <= longest_xml_token) return {};
        return no(
            fmt::format("a token (a tag with its attributes, a comment) is longer than {} MiB, which is the limit",
                        longest_xml_token >> 20),
            place());
    }

    // Where another document begins in `part` and the handler takes it, `part` is what is left from its <?xml on, and
    // the parser is as new. What expat got before may hold the first bytes of that: `joined` holds both then.
    bool next_document(std::string_view& part, std::string& joined) {
        if (thrown_ || !handled_.ok() || !refused_.empty() || depth_ > 0 || !handler_.takes_another()) return false;
        const auto begun = XML_GetCurrentByteIndex(parser_.get());
        if (begun <= 0 || static_cast<std::size_t>(begun) + between_.size() < fed_) return false;
        auto at = static_cast<std::size_t>(begun) + between_.size() - fed_; // from the beginning of between_
        if (at < between_.size()) {
            joined = between_ + std::string(part);
            part = joined;
        } else {
            at -= between_.size();
        }
        part.remove_prefix(std::min(at, part.size()));
        if (!part.starts_with("<?xml")) return false;
        skipped_lines_ += static_cast<int>(line_of(parser_.get())) - 1;
        XML_ParserReset(parser_.get(), nullptr);
        listen();
        fed_ = unfinished_ = 0;
        between_.clear();
        return true;
    }

    // Blanks before <?xml are not well-formed, yet real tools write them; a mark may stand before or between.
    std::string_view skip_blanks(std::string_view bytes) {
        constexpr std::string_view mark = "\xEF\xBB\xBF";
        while (!bytes.empty()) {
            if (bytes.starts_with(mark)) {
                bytes.remove_prefix(mark.size());
                continue;
            }
            const char c = bytes.front();
            if (c != ' ' && c != '\t' && c != '\r' && c != '\n') {
                begun_ = true;
                break;
            }
            skipped_columns_ = c == '\n' ? 0 : skipped_columns_ + 1;
            skipped_lines_ += c == '\n';
            bytes.remove_prefix(1);
        }
        return bytes;
    }

    Place place() const {
        const int line = static_cast<int>(line_of(parser_.get()));
        const int column = static_cast<int>(column_of(parser_.get())) + 1;
        return {file_name_, line + skipped_lines_, line == 1 ? column + skipped_columns_ : column, ""};
    }

    Error failure() const {
        if (thrown_) std::rethrow_exception(thrown_);
        if (!handled_.ok()) {
            auto error = handled_.error();
            if (error.place.file == file_name_ && error.place.line == 0) error.place = handled_at_;
            return error;
        }
        const auto code = XML_GetErrorCode(parser_.get());
        std::string reason = refused_.empty() ? describe(code) : refused_;
        if (const auto control = refused_.empty() ? control_at(parser_.get()) : ""; !control.empty())
            reason = control + " is a control character, which XML doesn't allow";
        if (refused_.empty() && code == XML_ERROR_BAD_CHAR_REF)
            reason = "it refers to a character that XML doesn't allow";
        return no("malformed XML: " + reason, place());
    }

    void refuse(std::string reason) {
        refused_ = std::move(reason);
        XML_StopParser(parser_.get(), XML_FALSE);
    }

    // expat is C: nothing may be thrown through it. After it was stopped it still tells what it has in hand.
    template <typename Call>
    void guarded(const Call& call) {
        if (thrown_ || !handled_.ok()) return;
        try {
            if (auto handled = call(); !handled.ok()) handled_ = std::move(handled);
        } catch (...) {
            thrown_ = std::current_exception();
        }
        if (thrown_ || !handled_.ok()) {
            handled_at_ = place(); // once it is stopped, that is behind the tag
            XML_StopParser(parser_.get(), XML_FALSE);
        }
    }
    static void XMLCALL on_start(void* self, const char* name, const char** attributes) {
        auto& parser = *static_cast<Parser*>(self);
        if (++parser.depth_ > deepest_xml)
            return parser.refuse(fmt::format("it is nested deeper than {}, which is the limit", deepest_xml));
        parser.guarded([&] { return parser.handler_.start(local_name(name), XmlAttributes(attributes)); });
    }
    static void XMLCALL on_end(void* self, const char* name) {
        auto& parser = *static_cast<Parser*>(self);
        --parser.depth_;
        parser.guarded([&] { return parser.handler_.end(local_name(name)); });
    }
    static void XMLCALL on_text(void* self, const char* text, int size) {
        auto& parser = *static_cast<Parser*>(self);
        parser.guarded([&] { return parser.handler_.text({text, static_cast<std::size_t>(size)}); });
    }
    static void XMLCALL on_comment(void* self, const char* text) {
        auto& parser = *static_cast<Parser*>(self);
        parser.guarded([&] { return parser.handler_.comment(text); });
    }
    static void XMLCALL on_entity(void* self, const char* name, int, const char*, int, const char*, const char*,
                                  const char*, const char*) {
        static_cast<Parser*>(self)->refuse(
            fmt::format("entity '{}' is declared; declarations of entities are refused", name));
    }
    static int XMLCALL describe_encoding(void*, const char* name, XML_Encoding* encoding) {
        auto map = single_byte_map(name);
        if (!map) return XML_STATUS_ERROR;
        std::copy(map->begin(), map->end(), encoding->map);
        encoding->data = nullptr;
        encoding->convert = nullptr;
        encoding->release = nullptr;
        return XML_STATUS_OK;
    }

    std::unique_ptr<XML_ParserStruct, decltype(&XML_ParserFree)> parser_;
    const std::string& file_name_;
    XmlHandler& handler_;
    std::exception_ptr thrown_;
    Result<void> handled_;
    Place handled_at_;
    std::string refused_;
    std::string waiting_;                  // goes to expat once it is as long as the unfinished token
    std::size_t fed_ = 0, unfinished_ = 0; // bytes: all that expat has got, those of the token that is not complete
    std::size_t depth_ = 0;
    std::string between_; // outside of the root element: what expat holds of a token that is not complete
    bool begun_ = false;
    int skipped_lines_ = 0, skipped_columns_ = 0;
};

}

const char** XmlAttributes::find(std::string_view name) const {
    const char** const last = found_; // mostly asked for in their order
    for (const char** pair = last; *pair; pair += 2)
        if (is_named(*pair, name)) return found_ = pair;
    for (const char** pair = pairs_; pair != last; pair += 2)
        if (is_named(*pair, name)) return found_ = pair;
    return nullptr;
}

std::string_view XmlAttributes::get(std::string_view name) const {
    const char** const pair = find(name);
    return pair ? pair[1] : std::string_view();
}

bool XmlAttributes::has(std::string_view name) const { return find(name) != nullptr; }

Result<void> parse_xml(std::string_view bytes, const std::string& file_name, XmlHandler& handler) {
    Parser parser(file_name, handler);
    TRY_VOID(parser.feed(bytes));
    return parser.finish();
}

Result<void> parse_xml_file(const std::string& path, XmlHandler& handler) {
    ByteStream stream = TRY(ByteStream::open(path, Encoding::raw));
    return parse_xml(std::move(stream), path, handler);
}

Result<void> parse_xml(ByteStream stream, const std::string& file_name, XmlHandler& handler, Controls controls) {
    Parser parser(file_name, handler);
    Blanked blanked;
    for (;;) {
        const std::string_view piece = TRY(stream.next());
        if (piece.empty()) {
            TRY_VOID(parser.feed(blanked.rest()));
            return parser.finish();
        }
        TRY_VOID(parser.feed(controls == Controls::blanks ? blanked.next(piece) : piece));
    }
}

}
