#include "sys/data/json_stream.h"
#include "base/printable.h"
#include "base/text.h"
#include "sys/data/json.h"
#include "sys/data/json_builder.h"
#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <fmt/format.h>
#include <optional>
#ifdef __SSE2__
#define RAPIDJSON_SSE2 // 16 letters of a string at once
#endif
#ifdef __clang__ // its stack counts from a null pointer before it holds anything (1.1.0, internal/stack.h)
#pragma clang attribute push(__attribute__((no_sanitize("pointer-overflow"))), apply_to = function)
#endif
#include <rapidjson/error/en.h>
#include <rapidjson/reader.h>
#ifdef __clang__
#pragma clang attribute pop
#endif
#include <utility>
#include <vector>

namespace fairlead::sys {

namespace {

// In blocks whose count fits a byte, so that the loop is done by vectors: std::count took a twentieth of all time.
int newlines_in(std::string_view text) {
    constexpr std::size_t block = 255;
    int all = 0;
    for (; !text.empty(); text.remove_prefix(std::min(block, text.size()))) {
        unsigned char some = 0;
        for (const char c : text.substr(0, block)) some = static_cast<unsigned char>(some + (c == '\n'));
        all += some;
    }
    return all;
}

// Where the reading is.
struct Reached {
    int line = 1, column = 0; // of the character before
    void pass(std::string_view text) {
        const auto newline = text.rfind('\n');
        if (newline != std::string_view::npos) {
            line += newlines_in(text);
            column = 0;
            text.remove_prefix(newline + 1);
        }
        column += static_cast<int>(std::count_if(
            text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
    }
};

// What the stream and the walker tell each other.
struct Progress {
    std::size_t tokens = 0; // that the parser has read
    bool is_plain = true;   // nothing but ASCII and no "\u" came so far: no string needs a look at its encoding
};

// Also false where the two letters of an escape may lie in two pieces.
bool is_plain(std::string_view piece) {
    unsigned char bits = 0;
    for (const char c : piece) bits |= static_cast<unsigned char>(c); // without a branch: it is done by vectors
    return bits < 0x80 && !piece.ends_with('\\') && piece.find("\\u") == piece.npos;
}

// A stream for RapidJSON, whose concept names the members; a NUL is its end.
class CharacterStream {
  public:
    using Ch = char;
    CharacterStream(ByteStream bytes, const std::string& name, Progress& progress)
        : stream_(std::move(bytes)), file_name_(name), progress_(progress) {
        fill();
    }
    char Peek() const { return *at_; }
    char Take() {
        const char taken = *at_;
        if (++at_ == end_) fill();
        return taken;
    }
    std::size_t Tell() const { return 0; } // place() says it
    // Of streams that are written to.
    char* PutBegin() { return nullptr; }
    void Put(char) {}
    void Flush() {}
    std::size_t PutEnd(char*) { return 0; }

    bool at_end() const { return piece_.empty(); }
    const std::optional<Error>& failure() const { return failure_; } // of the stream
    // With the character that comes next, or without it.
    Place place(bool with_next) const {
        auto reached = passed_;
        const auto read = at_end() ? 0 : static_cast<std::size_t>(at_ - piece_.data());
        reached.pass(piece_.substr(0, read + with_next));
        return {file_name_, reached.line, std::max(reached.column, 1), {}};
    }

  private:
    void fill() {
        passed_.pass(piece_);
        silent_ = progress_.tokens == tokens_before_ ? silent_ + piece_.size() : 0;
        tokens_before_ = progress_.tokens;
        if (!is_last_) {
            auto next = silent_ > longest_json_token ? too_long() : stream_.next();
            if (!next) failure_ = next.error();
            piece_ = next ? next.value() : std::string_view();
            is_last_ = piece_.empty();
        }
        progress_.is_plain = progress_.is_plain && is_plain(piece_);
        at_ = piece_.empty() ? "" : piece_.data();
        end_ = at_ + std::max<std::size_t>(piece_.size(), 1);
    }
    Error too_long() const {
        return no(fmt::format("malformed JSON: a string, a number or a gap is longer than {} MiB, which is the limit",
                              longest_json_token >> 20),
                  {file_name_, passed_.line, std::max(passed_.column, 1), {}});
    }

    ByteStream stream_;
    const std::string& file_name_;
    Progress& progress_;
    std::size_t tokens_before_ = 0; // at the last fill()
    std::size_t silent_ = 0;        // bytes since then that completed no token
    std::string_view piece_;        // empty: the end
    const char* at_ = nullptr;
    const char* end_ = nullptr;
    Reached passed_; // before the piece
    bool is_last_ = false;
    std::optional<Error> failure_;
};

// Strict RFC 8259, but for the encoding and "\uDC00" without its first half, which Walker looks at. Numbers come as
// they are written.
constexpr unsigned in_place = rapidjson::kParseInsituFlag | rapidjson::kParseNumbersAsStringsFlag;
constexpr unsigned strict = rapidjson::kParseNumbersAsStringsFlag;

// UTF-8 has no code for a half of a pair.
bool has_surrogate(std::string_view text) {
    for (auto at = text.find('\xED'); at != std::string_view::npos; at = text.find('\xED', at + 1))
        if (at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) >= 0xA0) return true;
    return false;
}

// As parse_json makes it: whole, if it fits. Infinite: it is too big for a double.
Json number_of(const char* text, std::size_t size) {
    const auto* const end = text + size;
    std::int64_t negative = 0;
    std::uint64_t positive = 0;
    if (*text == '-') {
        if (const auto read = std::from_chars(text, end, negative); read.ptr == end && read.ec == std::errc())
            return negative;
    } else if (const auto read = std::from_chars(text, end, positive); read.ptr == end && read.ec == std::errc()) {
        return positive;
    }
    return std::strtod(text, nullptr); // RapidJSON ends it with a NUL
}

void append_name(std::string& path, std::string_view name) {
    for (const char c : name) {
        if (c == '~')
            path += "~0";
        else if (c == '/')
            path += "~1";
        else if (c == '*')
            path += "~2";
        else
            path += c;
    }
}

constexpr const char* lone_surrogate = "a surrogate in a string stands alone";

// What the parser says, as the middle of a sentence: "missing a comma or } after an object member".
std::string reason_of(rapidjson::ParseErrorCode code) {
    if (code == rapidjson::kParseErrorNone) return "a NUL is not expected here"; // which RapidJSON takes for the end
    std::string text = rapidjson::GetParseError_En(code);
    if (text.ends_with('.')) text.pop_back();
    return lower(std::string_view(text).substr(0, 1)) + text.substr(1);
}

class Walker {
  public:
    Walker(JsonHandler& handler, Progress& progress) : handler_(handler), progress_(progress) {}

    // The events of RapidJSON, by its names.
    bool Null() {
        return scalar([] { return Json(); });
    }
    bool Bool(bool value) {
        return scalar([&] { return Json(value); });
    }
    bool RawNumber(const char* text, rapidjson::SizeType size, bool) {
        auto number = number_of(text, size);
        if (number.is_number_float() && !std::isfinite(number.get<double>())) return refuse("the number is too big");
        return scalar([&] { return std::move(number); });
    }
    bool String(const char* text, rapidjson::SizeType size, bool) {
        const std::string_view value(text, size);
        if (!is_text(value)) return false;
        return scalar([&] { return Json(value); });
    }
    bool StartObject() { return start(JsonKind::object); }
    bool StartArray() { return start(JsonKind::array); }
    bool EndObject(rapidjson::SizeType) { return end(); }
    bool EndArray(rapidjson::SizeType) { return end(); }
    bool Key(const char* text, rapidjson::SizeType size, bool) {
        ++progress_.tokens;
        const std::string_view name(text, size);
        if (!is_text(name)) return false;
        if (skipped_ > 0) return true;
        if (builder_.active()) {
            unwanted_ = builder_.depth() == 1 && !handler_.keeps(path_, name);
            builder_.key(name);
        } else {
            path_.resize(entered_.back().path);
            path_ += '/';
            append_name(path_, name);
        }
        return true;
    }
    // Never called: numbers come as they are written.
    bool Int(int) { return false; }
    bool Uint(unsigned) { return false; }
    bool Int64(std::int64_t) { return false; }
    bool Uint64(std::uint64_t) { return false; }
    bool Double(double) { return false; }

    const std::string& reason() const { return reason_; }            // why it doesn't go on; empty: the parser knows
    const std::optional<Error>& failure() const { return failure_; } // of the handler

  private:
    struct Entered {
        JsonKind kind;
        std::size_t path; // length of its own path
    };

    bool is_text(std::string_view text) {
        if (progress_.is_plain) return true;
        if (has_surrogate(text)) return refuse(lone_surrogate);
        return valid_utf8(text) || refuse("invalid encoding in string");
    }
    void element() {
        if (entered_.empty() || entered_.back().kind != JsonKind::array) return;
        path_.resize(entered_.back().path);
        path_ += "/*";
    }
    template <typename Make>
    bool scalar(Make make) {
        ++progress_.tokens;
        if (skipped_ > 0 || std::exchange(unwanted_, false)) return true;
        if (builder_.active()) {
            builder_.add(make());
            return fits();
        }
        element();
        const auto take = handler_.begin(path_, JsonKind::scalar);
        if (!take.ok()) return fail(take.error());
        if (take.value() == JsonHandler::Take::build) return goes_on(handler_.built(path_, make()));
        return !handler_.done();
    }
    bool goes_on(Result<void> handled) {
        if (!handled.ok()) return fail(std::move(handled).error());
        return !handler_.done();
    }
    bool fail(Error error) {
        failure_ = std::move(error);
        return false;
    }
    bool refuse(std::string reason) {
        reason_ = std::move(reason);
        return false;
    }
    bool fits() {
        if (builder_.bytes() <= largest_json_value) return true;
        return refuse(
            fmt::format("a value takes more than {} MiB of memory, which is the limit", largest_json_value >> 20));
    }
    bool start(JsonKind kind) {
        ++progress_.tokens;
        if (entered_.size() + builder_.depth() + skipped_ >= deepest_json)
            return refuse(fmt::format("it is nested deeper than {}, which is the limit", deepest_json));
        const auto container = [&] { return kind == JsonKind::object ? Json::object() : Json::array(); };
        if (skipped_ > 0 || std::exchange(unwanted_, false))
            ++skipped_;
        else if (builder_.active()) {
            builder_.open(container());
            return fits();
        } else {
            element();
            const auto take = handler_.begin(path_, kind);
            if (!take.ok()) return fail(take.error());
            switch (take.value()) {
            case JsonHandler::Take::skip: skipped_ = 1; break;
            case JsonHandler::Take::enter: entered_.push_back({kind, path_.size()}); break;
            case JsonHandler::Take::build: builder_.open(container()); break;
            }
        }
        return !handler_.done();
    }
    bool end() {
        ++progress_.tokens;
        if (skipped_ > 0)
            --skipped_;
        else if (builder_.active()) {
            if (const auto name = builder_.repeated())
                return refuse(fmt::format("the name '{}' stands twice in an object", printable(name->substr(0, 60))));
            if (builder_.close()) return goes_on(handler_.built(path_, builder_.take()));
        } else {
            path_.resize(entered_.back().path);
            entered_.pop_back();
            return goes_on(handler_.left(path_));
        }
        return !handler_.done();
    }

    JsonHandler& handler_;
    Progress& progress_;
    std::string path_;
    std::vector<Entered> entered_;
    std::size_t skipped_ = 0; // depth within a value that nobody wants
    bool unwanted_ = false;   // the next value of the object that is being built
    StreamBuilder builder_;
    std::string reason_;
    std::optional<Error> failure_;
};

// The members of one object that are texts.
class Texts : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, Texts> {
  public:
    explicit Texts(const TakeText& take) : take_(take) {}
    bool Default() { return depth_ > 0; }
    bool RawNumber(const char*, rapidjson::SizeType, bool) { return depth_ > 0; }
    bool String(const char* text, rapidjson::SizeType size, bool) {
        if (depth_ == 1) take_(name_, {text, size});
        return depth_ > 0 && !has_surrogate({text, size});
    }
    bool Key(const char* text, rapidjson::SizeType size, bool) {
        if (depth_ == 1) name_.assign(text, size);
        return !has_surrogate({text, size});
    }
    bool StartObject() { return ++depth_ <= deepest_json; }
    bool StartArray() { return depth_ > 0 && ++depth_ <= deepest_json; }
    bool EndObject(rapidjson::SizeType) { return depth_-- > 0; }
    bool EndArray(rapidjson::SizeType) { return depth_-- > 0; }

  private:
    const TakeText& take_;
    std::string name_;
    std::size_t depth_ = 0;
};

}

Result<void> JsonHandler::built(std::string_view, Json) { return {}; }

Result<void> stream_json(ByteStream stream, const std::string& file_name, JsonHandler& handler) {
    Progress progress;
    Walker walker(handler, progress);
    CharacterStream characters(std::move(stream), file_name, progress);
    rapidjson::Reader reader;
    const auto parsed = reader.Parse<strict>(characters, walker);
    if (characters.failure()) return *characters.failure();
    if (walker.failure()) {
        auto error = *walker.failure();
        if (error.place.file == file_name && error.place.line == 0) error.place = characters.place(false);
        return error;
    }
    if (handler.done() || (!parsed.IsError() && characters.at_end())) return {};
    if (!walker.reason().empty()) return no("malformed JSON: " + walker.reason(), characters.place(false));
    return no("malformed JSON: " + (characters.at_end() ? "the text ends too early" : reason_of(parsed.Code())),
              characters.place(true));
}

bool read_texts(std::string_view object, const TakeText& take) {
    // Of these, which JSON has nowhere, it sees only some (1.1.0: from 0x19 down).
    const bool has_control = std::any_of(object.begin(), object.end(), [](char c) { return c >= 0x1A && c <= 0x1F; });
    if (has_control || !valid_utf8(object)) return false;
    std::string text(object); // in which strings are unescaped where they stand
    text.append(16, '\0');    // as far as it reads ahead
    Texts texts(take);
    rapidjson::InsituStringStream stream(text.data());
    rapidjson::Reader reader;
    return !reader.Parse<in_place>(stream, texts).IsError() && stream.Tell() == object.size();
}

}
