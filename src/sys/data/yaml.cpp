#include "sys/data/yaml.h"
#include "base/text.h"
#include "sys/data/place.h"
#include <algorithm>
#include <cstdint>
#include <fmt/format.h>
#include <optional>
#include <set>
#include <sstream>
#include <unordered_map>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

namespace fairlead::sys {
namespace {

constexpr int node_limit = 100'000;
constexpr std::size_t yaml_depth = 100;
constexpr std::string_view core_tags = "tag:yaml.org,2002:", text_tag = "tag:yaml.org,2002:str";

struct Refused {
    Error error;
};

// Columns of yaml-cpp count bytes; ours count code points, at constant cost per node.
class Columns {
  public:
    explicit Columns(std::string_view text) {
        before_.reserve(text.size() + 1);
        std::uint32_t count = 0;
        for (const char c : text) {
            before_.push_back(count);
            if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) ++count;
        }
        before_.push_back(count);
    }
    int of(const YAML::Mark& mark) const {
        const auto end = std::min(static_cast<std::size_t>(mark.pos), before_.size() - 1);
        const auto start = end - std::min(static_cast<std::size_t>(mark.column), end);
        return 1 + static_cast<int>(before_[end] - before_[start]);
    }

  private:
    std::vector<std::uint32_t> before_; // code points before each byte
};

struct Extent {
    int nodes = 1;
    std::size_t levels = 0; // below it, as frames are counted
};

Extent extent_of(const YamlNode& node) {
    Extent result{1, node.kind == YamlNode::Kind::list || node.kind == YamlNode::Kind::map ? 1U : 0U};
    const auto add = [&result](const YamlNode& child) {
        const Extent below = extent_of(child);
        result.nodes += below.nodes;
        result.levels = std::max(result.levels, below.levels + 1);
    };
    for (const auto& item : node.items) add(item);
    for (const auto& [key, value] : node.entries) add(value), ++result.nodes;
    return result;
}

bool is_merge(const YamlNode& key) { return key.scalar == "<<" && !key.quoted; }

// Builds the tree while yaml-cpp parses, and refuses what we don't want at the moment it appears.
class YamlBuilder : public YAML::EventHandler {
  public:
    YamlBuilder(std::string_view text, const std::string& file_name, YamlDialect dialect)
        : text_(text), file_name_(file_name), strict_(dialect == YamlDialect::strict), columns_(text) {}

    std::vector<YamlNode> take() {
        if (documents_.empty()) documents_.emplace_back();
        return std::move(documents_);
    }
    const YamlNode* innermost() const { return frames_.empty() ? nullptr : &frames_.back().node; }

    [[noreturn]] void refuse(const YAML::Mark& mark, std::string message) const {
        const auto offset = mark.is_null() ? text_.size() : static_cast<std::size_t>(mark.pos);
        throw Refused{usage(std::move(message), place_of(text_, offset, file_name_))};
    }

    void OnDocumentStart(const YAML::Mark& mark) override {
        const bool marked = text_.substr(static_cast<std::size_t>(mark.pos)).starts_with("---");
        anchored_.clear();
        if (started_ && marked && !strict_) return;
        if (started_ && marked)
            refuse(mark, "a second YAML document begins here; keep a single document in the file and remove the '---'");
        if (started_) refuse(mark, "this does not belong to the lines before it; indent the keys of a map equally");
        started_ = true;
    }
    void OnDocumentEnd() override { documents_.push_back(std::exchange(root_, {})); }
    void OnAnchor(const YAML::Mark& mark, const std::string& name) override {
        if (strict_)
            refuse(mark, fmt::format("anchor '&{}' is not supported; write the value out where it is needed", name));
    }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        if (strict_) refuse(mark, "aliases ('*name') are not supported; write the value out");
        const auto found = anchored_.find(anchor);
        if (found == anchored_.end()) refuse(mark, "this alias is inside the value that it names; write the value out");
        const Extent extent = extent_of(found->second);
        if ((nodes_ += extent.nodes) > node_limit) refuse_more(mark);
        if (frames_.size() + extent.levels > yaml_depth) refuse_deeper(mark);
        add(found->second, mark);
    }
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        add(keep(anchor, node(mark, YamlNode::Kind::null)), mark);
    }
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override {
        check_quote(mark);
        YamlNode result = node(mark, YamlNode::Kind::scalar, tag);
        result.scalar = value;
        result.quoted = tag == "!" || tag == text_tag; // yaml-cpp: "?" plain, "!" quoted or block
        add(keep(anchor, std::move(result)), mark);
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        open(mark, tag, YamlNode::Kind::list, anchor);
    }
    void OnSequenceEnd() override { close(); }
    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        open(mark, tag, YamlNode::Kind::map, anchor);
    }
    void OnMapEnd() override { close(); }

  private:
    struct Frame {
        YamlNode node;
        YAML::anchor_t anchor = 0;   // 0: none
        std::optional<YamlNode> key; // waits for its value
        std::set<std::string, std::less<>> keys;
        std::vector<YamlNode> merged; // maps of `<<`, the first one counts most
    };

    [[noreturn]] void refuse_more(const YAML::Mark& mark) const {
        refuse(mark, fmt::format("more than {} values; split the file", node_limit));
    }
    [[noreturn]] void refuse_deeper(const YAML::Mark& mark) const {
        refuse(mark, fmt::format("nested deeper than {} levels", yaml_depth));
    }
    YamlNode node(const YAML::Mark& mark, YamlNode::Kind kind, const std::string& tag = "") {
        if (++nodes_ > node_limit) refuse_more(mark);
        check_tag(mark, tag);
        YamlNode result;
        result.kind = kind;
        if (tag == "!reset" || tag == "!override") result.tag = tag;
        result.line = mark.line + 1;
        result.column = columns_.of(mark);
        return result;
    }
    void check_tag(const YAML::Mark& mark, const std::string& tag) const {
        if (tag.empty() || tag == "?" || tag == "!" || tag == text_tag) return;
        if (!strict_ && (tag.starts_with(core_tags) || tag == "!reset" || tag == "!override")) return;
        refuse(mark, fmt::format("tag '{}' is not supported; write the value without it", tag));
    }
    // To yaml-cpp the end of the file ends a quote as well.
    void check_quote(const YAML::Mark& mark) const {
        const std::string_view rest = text_.substr(std::min(static_cast<std::size_t>(mark.pos), text_.size()));
        if (!rest.starts_with('"') && !rest.starts_with('\'')) return;
        for (std::size_t at = 1; at < rest.size(); ++at) {
            const bool escaped = rest[0] == '"' ? rest[at] == '\\' : rest.substr(at).starts_with("''");
            if (escaped)
                ++at;
            else if (rest[at] == rest[0])
                return;
        }
        refuse(mark, "the quote that begins here is never closed; close it");
    }
    bool wants_key() const {
        return !frames_.empty() && frames_.back().node.kind == YamlNode::Kind::map && !frames_.back().key;
    }
    void open(const YAML::Mark& mark, const std::string& tag, YamlNode::Kind kind, YAML::anchor_t anchor) {
        check_tag(mark, tag);
        if (wants_key())
            refuse(mark, "a key must be plain text, not a list or a map; check that each '[' and '{' is closed");
        if (frames_.size() == yaml_depth) refuse_deeper(mark);
        frames_.push_back({node(mark, kind, tag), anchor, {}, {}, {}});
    }
    void close() {
        Frame done = std::move(frames_.back());
        frames_.pop_back();
        for (YamlNode& map : done.merged)
            for (auto& entry : map.entries)
                if (done.keys.insert(entry.first.scalar).second) done.node.entries.push_back(std::move(entry));
        attach(keep(done.anchor, std::move(done.node)));
    }
    // What an alias may ask for later.
    YamlNode keep(YAML::anchor_t anchor, YamlNode value) {
        if (anchor != 0 && !strict_) anchored_[anchor] = value;
        return value;
    }
    // `<<: *base`, `<<: [*base, *more]`
    void merge(Frame& frame, YamlNode value, const YamlNode& key) {
        std::vector<YamlNode> maps;
        if (value.kind == YamlNode::Kind::list)
            maps = std::move(value.items);
        else
            maps.push_back(std::move(value));
        for (YamlNode& map : maps) {
            if (map.kind != YamlNode::Kind::map)
                throw Refused{usage("a merge key ('<<') takes a map, an alias of a map, or a list of these",
                                    place_at(text_, key.line, key.column, file_name_))};
            frame.merged.push_back(std::move(map));
        }
    }
    void add(YamlNode value, const YAML::Mark& mark) {
        if (!wants_key()) return attach(std::move(value));
        Frame& frame = frames_.back();
        if (value.kind == YamlNode::Kind::null) refuse(mark, "a key must be text; this key is empty or null");
        if (value.kind != YamlNode::Kind::scalar)
            refuse(mark, "a key must be plain text, not a list or a map; check that each '[' and '{' is closed");
        if (is_merge(value) && strict_) refuse(mark, "merge keys ('<<') are not supported; write the keys out");
        if (!frame.keys.insert(value.scalar).second)
            refuse(mark, fmt::format("key '{}' is written twice; remove one of the two", value.scalar));
        frame.key = std::move(value);
    }
    void attach(YamlNode value) {
        if (frames_.empty()) {
            root_ = std::move(value);
        } else if (Frame& frame = frames_.back(); frame.node.kind == YamlNode::Kind::list) {
            frame.node.items.push_back(std::move(value));
        } else if (const YamlNode key = *std::exchange(frame.key, std::nullopt); is_merge(key)) {
            merge(frame, std::move(value), key);
        } else {
            frame.node.entries.emplace_back(key, std::move(value));
        }
    }

    std::string_view text_;
    const std::string& file_name_;
    bool strict_;
    Columns columns_;
    std::vector<Frame> frames_;
    std::unordered_map<YAML::anchor_t, YamlNode> anchored_; // of this document
    YamlNode root_;
    std::vector<YamlNode> documents_;
    int nodes_ = 0;
    bool started_ = false;
};

std::size_t first_wrong_utf8(std::string_view text) {
    std::size_t start = 0;
    while (start < text.size()) {
        const std::size_t end = std::min(text.find('\n', start), text.size() - 1) + 1;
        if (!valid_utf8(text.substr(start, end - start))) break;
        start = end;
    }
    while (start < text.size() && static_cast<unsigned char>(text[start]) < 0x80) ++start;
    return start;
}

bool is_control(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t' && c != '\n' && c != '\r') || byte == 0x7F;
}

// What yaml-cpp would take in silence: it guesses encodings, and a byte 4 is the end of the file to it.
Result<void> check_bytes(std::string_view text, const std::string& file_name) {
    const auto refused = [&](std::string message, std::size_t offset) {
        return usage(std::move(message), place_of(text, offset, file_name));
    };
    if (text.size() > yaml_size_limit)
        return usage(fmt::format("is larger than {} MiB; check that it is a configuration", yaml_size_limit >> 20),
                     {file_name});
    if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF"))
        return usage("is UTF-16; save it as UTF-8", {file_name, 1, 1, ""});
    if (const auto at = text.find('\0'); at != std::string_view::npos)
        return refused("holds a NUL byte: it is binary; expected YAML in UTF-8", at);
    const auto control = std::find_if(text.begin(), text.end(), is_control);
    if (control != text.end())
        return refused(fmt::format("holds the control character U+{:04X}; remove it", static_cast<unsigned>(*control)),
                       static_cast<std::size_t>(control - text.begin()));
    if (!valid_utf8(text)) return refused("is not valid UTF-8; save it as UTF-8", first_wrong_utf8(text));
    return {};
}

struct Words {
    std::string_view theirs; // yaml-cpp's message begins so
    std::string_view ours;
};
const Words dictionary[] = {
    {YAML::ErrorMsg::MAP_VALUE,
     "no value can begin here; put text that holds ': ' in quotes, and indent the keys of a map equally"},
    {YAML::ErrorMsg::MAP_KEY, "no key can begin here; indent the keys of a map equally"},
    {YAML::ErrorMsg::BLOCK_ENTRY, "no list can begin here; write each '- ' on a separate line, indented equally"},
    {YAML::ErrorMsg::END_OF_MAP,
     "this does not belong to the map before it; write 'key: value', with keys indented equally"},
    {YAML::ErrorMsg::END_OF_SEQ,
     "this does not belong to the list before it; begin each item with '- ', indented equally"},
    {YAML::ErrorMsg::FLOW_END, "this bracket was not opened; '[' goes with ']' and '{' with '}'"},
    {YAML::ErrorMsg::UNKNOWN_TOKEN, "no value begins with this character; put the value in quotes"},
    {YAML::ErrorMsg::TAB_IN_INDENTATION, "the line begins with a tab; indent with blanks"},
    {YAML::ErrorMsg::INVALID_ESCAPE,
     "this escape is not allowed in double quotes; in single quotes a '\\' is a plain character"},
    {YAML::ErrorMsg::INVALID_HEX,
     "this escape is not allowed in double quotes; in single quotes a '\\' is a plain character"},
    {YAML::ErrorMsg::UNKNOWN_ANCHOR,
     "'*' begins an alias, and no anchor '&' before it has that name; put the text in quotes, or indent it like the "
     "lines of text above it"},
};

// An open bracket is shown where it stands when the file ends in it, else where something else than ',' follows.
Error unclosed(const YamlNode& bracket, Place place, std::string_view text) {
    const bool list = bracket.kind == YamlNode::Kind::list;
    if (place.excerpt.empty()) place = place_at(text, bracket.line, bracket.column, place.file);
    return usage(fmt::format("bad YAML: the '{}' of line {} is not closed; add '{}', or a comma before the next value",
                             list ? '[' : '{', bracket.line, list ? ']' : '}'),
                 std::move(place));
}

Error in_our_words(const YAML::Exception& error, const YamlBuilder& builder, std::string_view text,
                   const std::string& file_name) {
    const auto offset = error.mark.is_null() ? text.size() : static_cast<std::size_t>(error.mark.pos);
    Place place = place_of(text, offset, file_name);
    const std::string_view reason = error.msg;
    const bool bracket = reason == YAML::ErrorMsg::END_OF_MAP_FLOW || reason == YAML::ErrorMsg::END_OF_SEQ_FLOW;
    if (bracket && builder.innermost()) return unclosed(*builder.innermost(), std::move(place), text);
    const std::string_view line = place.excerpt;
    const bool tab = line.substr(0, line.find_first_not_of(" \t")).find('\t') != std::string_view::npos;
    const std::string_view known = tab ? YAML::ErrorMsg::TAB_IN_INDENTATION : reason;
    for (const Words& words : dictionary)
        if (known.starts_with(words.theirs)) return usage(fmt::format("bad YAML: {}", words.ours), std::move(place));
    return usage(fmt::format("bad YAML: {}; check the quotes, the brackets and the indentation", to_valid_utf8(reason)),
                 std::move(place));
}

}

YamlNode::YamlNode() = default;

const YamlNode* YamlNode::find(std::string_view key) const {
    for (const auto& [name, value] : entries)
        if (name.scalar == key) return &value;
    return nullptr;
}

Result<YamlNode> parse_yaml(std::string_view text, const std::string& file_name) {
    auto documents = TRY(parse_yaml_documents(text, file_name, YamlDialect::strict));
    return std::move(documents.front());
}

Result<std::vector<YamlNode>> parse_yaml_documents(std::string_view text, const std::string& file_name,
                                                   YamlDialect dialect) {
    TRY_VOID(check_bytes(text, file_name));
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    YamlBuilder builder(text, file_name, dialect);
    try {
        std::istringstream in{std::string(text)};
        YAML::Parser parser(in);
        while (parser.HandleNextDocument(builder)) {
        }
        return builder.take();
    } catch (Refused& refused) {
        return std::move(refused.error);
    } catch (const YAML::Exception& error) {
        return in_our_words(error, builder, text, file_name);
    }
}

}
