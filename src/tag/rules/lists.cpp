#include "tag/rules/lists.h"
#include "base/text.h"
#include "tag/script/ecma.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::tag {

namespace {

enum class Quotes { strict, relaxed };

struct Record {
    std::vector<std::string> fields;
    int line = 1; // it begins on
};

// The byte as the character of its number.
std::string latin(char byte) {
    const auto code = static_cast<unsigned char>(byte);
    if (code < 0x80) return std::string(1, byte);
    return {static_cast<char>(0xC0 | (code >> 6)), static_cast<char>(0x80 | (code & 0x3F))};
}

// One pass over the text; the members are where it stands.
class CsvReader {
  public:
    CsvReader(std::string_view text, Quotes quotes) : text_(text), quotes_(quotes) {}

    Result<std::vector<Record>> read() {
        while (at_ < text_.size()) {
            if (quoting_)
                TRY_VOID(inside_quotes());
            else
                TRY_VOID(outside_quotes());
        }
        if (quoting_)
            return usage(
                fmt::format("Quote Not Closed: the parsing is finished with an opening quote at line {}", quote_line_),
                {{}, quote_line_, 0, {}});
        if (was_quoted_ || !record_.fields.empty() || !field_.empty()) end_record();
        return std::move(records_);
    }

  private:
    char next(std::size_t ahead) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }

    // The first line end that is met is the one of the whole text.
    std::size_t line_end(std::size_t position) {
        const auto rest = text_.substr(std::min(position, text_.size()));
        if (line_end_.empty()) {
            if (rest.substr(0, 2) == "\r\n")
                line_end_ = "\r\n";
            else if (rest.substr(0, 1) == "\n")
                line_end_ = "\n";
            else if (rest.substr(0, 1) == "\r")
                line_end_ = "\r";
        }
        return !line_end_.empty() && rest.substr(0, line_end_.size()) == line_end_ ? line_end_.size() : 0;
    }

    void take() {
        if (text_[at_] == '\n') ++line_;
        field_ += text_[at_++];
    }

    Result<void> inside_quotes() {
        if (text_[at_] != '"') return take(), Result<void>();
        if (next(1) == '"' && at_ + 1 < text_.size()) {
            field_ += '"';
            at_ += 2;
            return {};
        }
        const bool closes = at_ + 1 >= text_.size() || next(1) == ',' || line_end(at_ + 1) != 0 ||
                            (quotes_ == Quotes::relaxed && next(1) == '#');
        quoting_ = false;
        was_quoted_ = true;
        ++at_;
        if (closes) return {};
        if (quotes_ == Quotes::strict)
            return usage(
                fmt::format("Invalid Closing Quote: got \"{}\" at line {} instead of delimiter, record delimiter, "
                            "trimable character (if activated) or comment",
                            latin(text_[at_]), line_));
        field_ = '"' + field_ + '"';
        return {};
    }

    Result<void> outside_quotes() {
        const char character = text_[at_];
        if (character == '"' && !comment_) {
            if (field_.empty()) {
                quoting_ = true;
                quote_line_ = line_;
                if (record_.fields.empty()) record_.line = line_;
                ++at_;
                return {};
            }
            if (quotes_ == Quotes::strict)
                return usage(
                    fmt::format("Invalid Opening Quote: a quote is found on field {} at line {}, value is \"{}\"",
                                record_.fields.size(), line_, json_escape(field_)));
        }
        if (const auto size = line_end(at_)) {
            if (was_quoted_ || !record_.fields.empty() || !field_.empty()) end_record();
            comment_ = false;
            at_ += size;
            ++line_;
            return {};
        }
        if (field_.empty() && record_.fields.empty()) {
            if (!was_quoted_) record_.line = line_;
            if (quotes_ == Quotes::relaxed && character == '#') comment_ = true;
        }
        if (comment_) {
            ++at_;
        } else if (character == ',') {
            end_field();
            ++at_;
        } else {
            take();
        }
        return {};
    }

    void end_field() {
        record_.fields.push_back(std::move(field_));
        field_.clear();
        was_quoted_ = false;
    }
    void end_record() {
        end_field();
        records_.push_back(std::move(record_));
        record_ = {};
    }

    std::string_view text_;
    Quotes quotes_;
    std::size_t at_ = 0;
    int line_ = 1, quote_line_ = 1;
    std::string_view line_end_;
    bool quoting_ = false, was_quoted_ = false, comment_ = false;
    std::string field_;
    Record record_;
    std::vector<Record> records_;
};

}

Result<std::vector<Origin>> split_entries(std::string_view text, const std::string& input) {
    const auto trimmed = trim_blanks(text);
    const auto lines_before = std::count(text.data(), trimmed.data(), '\n');
    auto records = CsvReader(trimmed, Quotes::relaxed).read();
    if (!records)
        return wrong_input(records.error().message,
                           {input, records.error().place.line + static_cast<int>(lines_before), {}},
                           "a field that begins with \" must end with \"");
    std::vector<Origin> entries;
    for (const auto& record : records.value()) {
        const std::string joined = join(record.fields, ",");
        const auto entry = trim_blanks(joined);
        if (!entry.empty())
            entries.push_back({input, record.line + static_cast<int>(lines_before), std::string(entry)});
    }
    return entries;
}

Result<std::vector<std::string>> split_fields(const Origin& entry) {
    auto records = CsvReader(entry.text, Quotes::strict).read();
    if (!records) return wrong_input(records.error().message, entry, "write ' instead of \", or quote the whole field");
    if (records.value().empty()) return std::vector<std::string>{};
    return std::move(records.value().front().fields);
}

KeyValue split_field(std::string_view field, Further further) {
    const auto at = field.find('=', further == Further::keep ? 1 : 0);
    if (at == std::string_view::npos || (further == Further::keep && field[0] == '='))
        return {{}, std::string(trim_blanks(field)), true, {}};
    auto value = field.substr(at + 1);
    std::string rest;
    if (further == Further::drop && value.find('=') != std::string_view::npos) {
        rest = std::string(value.substr(value.find('=')));
        value = value.substr(0, value.find('='));
    }
    return {lower(trim_blanks(field.substr(0, at))), std::string(trim_blanks(value)), false, std::move(rest)};
}

}
