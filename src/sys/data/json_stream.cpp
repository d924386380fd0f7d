#include "sys/data/json_stream.h"
#include "sys/data/json.h"
#include <algorithm>
#include <cstdint>
#include <fmt/format.h>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

namespace fairlead::sys {

namespace {

// The stream as characters, counting lines.
struct Cursor {
    Cursor(ByteStream bytes, const std::string& name, const std::size_t& tokens)
        : stream(std::move(bytes)), file_name(name), tokens_read(tokens) {
        fill();
    }
    void fill() {
        silent = tokens_read == tokens_before ? silent + piece.size() : 0;
        tokens_before = tokens_read;
        auto next = silent > longest_json_token ? too_long() : stream.next();
        if (!next) failure = next.error();
        piece = next ? next.value() : std::string_view();
        at = 0;
    }
    Error too_long() const {
        return no(fmt::format("malformed JSON: a string or number is longer than {} MiB, which is the limit",
                              longest_json_token >> 20),
                  {file_name, line, std::max(column, 1), {}});
    }
    void advance() {
        if (piece[at] == '\n')
            ++line, column = 0;
        else if ((piece[at] & 0xC0) != 0x80)
            ++column;
        if (++at == piece.size()) fill();
    }
    ByteStream stream;
    const std::string& file_name;
    const std::size_t& tokens_read; // by the parser
    std::size_t tokens_before = 0;  // at the last fill()
    std::size_t silent = 0;         // bytes since then that completed no token
    std::string_view piece;
    std::size_t at = 0;
    int line = 1, column = 0; // column: of the character before
    std::optional<Error> failure;
};

struct Character {
    using iterator_category = std::input_iterator_tag;
    using value_type = char;
    using difference_type = std::ptrdiff_t;
    using pointer = const char*;
    using reference = const char&;
    Cursor* cursor = nullptr; // nothing: the end
    reference operator*() const { return cursor->piece[cursor->at]; }
    Character& operator++() {
        cursor->advance();
        return *this;
    }
    bool at_end() const { return !cursor || cursor->piece.empty(); }
    bool operator==(const Character& other) const { return at_end() == other.at_end(); }
    bool operator!=(const Character& other) const { return !(*this == other); }
};

std::string escape_name(const std::string& name) {
    if (name.find_first_of("~/*") == std::string::npos) return name;
    std::string out;
    for (const char c : name) {
        if (c == '~')
            out += "~0";
        else if (c == '/')
            out += "~1";
        else if (c == '*')
            out += "~2";
        else
            out += c;
    }
    return out;
}

// Builds one value from its events.
class StreamBuilder {
  public:
    bool active() const { return !open_.empty(); }
    std::size_t depth() const { return open_.size(); }
    std::size_t bytes() const { return bytes_; } // about what the value takes
    void open(Json container) {
        if (open_.empty()) bytes_ = 0;
        open_.push_back(open_.empty() ? &(root_ = std::move(container)) : add(std::move(container)));
    }
    void key(std::string name) { key_ = std::move(name); }
    Json* add(Json value) {
        Json& parent = *open_.back();
        bytes_ += sizeof(Json) + (value.is_string() ? value.get_ref<const std::string&>().size() : 0) +
                  (parent.is_array() ? 0 : sizeof(std::string) + key_.size());
        if (parent.is_array()) {
            parent.push_back(std::move(value));
            return &parent.back();
        }
        // Appended without a look for an equal name, which would make big objects quadratic: the first one is found.
        auto& members = parent.get_ref<Json::object_t&>();
        std::vector<Json::object_t::value_type>& list = members;
        return &list.emplace_back(key_, std::move(value)).second;
    }
    bool close() { // true when the value is complete
        open_.pop_back();
        return open_.empty();
    }
    Json take() { return std::move(root_); }

  private:
    Json root_;
    std::vector<Json*> open_;
    std::string key_;
    std::size_t bytes_ = 0;
};

class Walker {
  public:
    explicit Walker(JsonHandler& handler) : handler_(handler) {}

    bool null() {
        return scalar([] { return Json(); });
    }
    bool boolean(bool value) {
        return scalar([&] { return Json(value); });
    }
    bool number_integer(std::int64_t value) {
        return scalar([&] { return Json(value); });
    }
    bool number_unsigned(std::uint64_t value) {
        return scalar([&] { return Json(value); });
    }
    bool number_float(double value, const std::string&) {
        return scalar([&] { return Json(value); });
    }
    bool string(std::string& value) {
        return scalar([&] { return Json(std::move(value)); });
    }
    bool binary(std::vector<std::uint8_t>&) { return true; }
    bool start_object(std::size_t) { return start(JsonKind::object); }
    bool start_array(std::size_t) { return start(JsonKind::array); }
    bool end_object() { return end(); }
    bool end_array() { return end(); }
    bool key(std::string& name) {
        ++tokens_;
        if (skipped_ > 0) return true;
        if (builder_.active()) {
            unwanted_ = builder_.depth() == 1 && !handler_.keeps(path_, name);
            builder_.key(std::move(name));
        } else {
            path_.resize(entered_.back().path);
            path_ += '/';
            path_ += escape_name(name);
        }
        return true;
    }
    bool parse_error(std::size_t, const std::string& token, const nlohmann::detail::exception&) {
        reason_ = token.empty() ? "the text ends too early" : fmt::format("'{}' is not expected here", token);
        return false;
    }
    const std::string& reason() const { return reason_; }
    const std::optional<Error>& failure() const { return failure_; } // of the handler
    const std::size_t& tokens() const { return tokens_; }

  private:
    struct Entered {
        JsonKind kind;
        std::size_t path; // length of its own path
    };

    void element() {
        if (entered_.empty() || entered_.back().kind != JsonKind::array) return;
        path_.resize(entered_.back().path);
        path_ += "/*";
    }
    template <typename Make>
    bool scalar(Make make) {
        ++tokens_;
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
    bool fits() {
        if (builder_.bytes() <= largest_json_value) return true;
        reason_ = fmt::format("a value takes more than {} MiB of memory, which is the limit", largest_json_value >> 20);
        return false;
    }
    bool start(JsonKind kind) {
        ++tokens_;
        if (entered_.size() + builder_.depth() + skipped_ >= deepest_json) {
            reason_ = fmt::format("it is nested deeper than {}, which is the limit", deepest_json);
            return false;
        }
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
        ++tokens_;
        if (skipped_ > 0)
            --skipped_;
        else if (builder_.active()) {
            if (builder_.close()) return goes_on(handler_.built(path_, builder_.take()));
        } else {
            path_.resize(entered_.back().path);
            entered_.pop_back();
            return goes_on(handler_.left(path_));
        }
        return !handler_.done();
    }

    JsonHandler& handler_;
    std::string path_;
    std::vector<Entered> entered_;
    std::size_t skipped_ = 0; // depth within a value that nobody wants
    bool unwanted_ = false;   // the next value of the object that is being built
    std::size_t tokens_ = 0;
    StreamBuilder builder_;
    std::string reason_;
    std::optional<Error> failure_;
};

}

Result<void> JsonHandler::built(std::string_view, Json) { return {}; }

Result<void> stream_json(ByteStream stream, const std::string& file_name, JsonHandler& handler) {
    Walker walker(handler);
    Cursor cursor(std::move(stream), file_name, walker.tokens());
    const bool complete = Json::sax_parse(Character{&cursor}, Character{}, &walker);
    if (cursor.failure) return *cursor.failure;
    const Place place{file_name, cursor.line, std::max(cursor.column, 1), {}};
    if (walker.failure()) {
        auto error = *walker.failure();
        if (error.place.file == file_name && error.place.line == 0) error.place = place;
        return error;
    }
    if (complete || handler.done()) return {};
    return no(fmt::format("malformed JSON: {}", walker.reason()), place);
}

}
