#include "base/text.h"
#include "gate/formats/findings.h"
#include "gate/formats/jmeter.h"
#include "gate/source.h"
#include <algorithm>
#include <fmt/format.h>
#include <vector>

// JMeter's results as CSV (CSVSaveService): a header, then one line for each sample. A text with a delimiter, a quote
// or the end of a line in it stands in quotes, so that a sample may take several lines.
namespace fairlead::gate {

namespace {

std::vector<std::string> header_names(std::string_view header, char delimiter) {
    auto names = split(trim(header), delimiter);
    for (auto& name : names) {
        const auto text = trim(std::string_view(name));
        const bool quoted = text.size() > 1 && text.starts_with('"') && text.ends_with('"');
        name = std::string(quoted ? text.substr(1, text.size() - 2) : text);
    }
    return names;
}

class JmeterCsv {
  public:
    JmeterCsv(const std::string& report, JmeterSamples& samples) : report_(report), samples_(samples) {}

    Result<void> take(std::string_view piece) {
        for (const char c : piece) {
            auto why = delimiter_ ? character(c) : of_header(c);
            if (!why.empty()) return broken(why);
            line_ += c == '\n';
        }
        return {};
    }
    // A last line without its end may have been cut: a number would be smaller.
    Result<void> close() {
        if (!delimiter_) return broken("the header is cut short");
        if (state_ == State::quoted) return broken("a quoted text has no end: the file was cut short");
        const bool counted = column_ == elapsed_ || column_ == count_ || column_ == error_count_;
        if (has_row_ && counted && column_ + 1 == columns_.size())
            return broken("the last line has no end: the file was cut short");
        const auto why = end_row();
        return why.empty() ? Result<void>() : broken(why);
    }

  private:
    static constexpr std::size_t longest_text = 4096, longest_header = 64 * 1024;
    static constexpr std::size_t absent = ~std::size_t{0};
    enum class State { start, plain, quoted, closed };

    Error broken(std::string_view why) const {
        return no(fmt::format("malformed JMeter results: {}", why), {report_, delimiter_ ? row_line_ : line_, 0, {}});
    }

    std::string of_header(char c) {
        if (c != '\n') {
            header_ += c;
            return header_.size() > longest_header ? "the header is longer than 64 KiB" : "";
        }
        if (trim(std::string_view(header_)).empty()) {
            header_.clear();
            return {};
        }
        const auto delimiter = jmeter_delimiter(trim(std::string_view(header_)));
        if (!delimiter) return "the first line is not a header";
        delimiter_ = delimiter;
        const auto names = header_names(header_, *delimiter_);
        columns_.resize(names.size());
        const auto find = [&](std::string_view name) {
            const auto found = std::find(names.begin(), names.end(), name);
            return found == names.end() ? absent : static_cast<std::size_t>(found - names.begin());
        };
        elapsed_ = find("elapsed");
        success_ = find("success");
        count_ = find("SampleCount");
        error_count_ = find("ErrorCount");
        label_ = find("label");
        code_ = find("responseCode");
        message_ = find("responseMessage");
        failure_ = find("failureMessage");
        row_line_ = line_ + 1;
        return success_ == absent
                   ? "it has no column 'success'; let JMeter save it (jmeter.save.saveservice.successful)"
                   : "";
    }

    // An empty reason: fine.
    std::string character(char c) {
        if (state_ == State::quoted) {
            if (c == '"')
                state_ = State::closed;
            else
                append(c);
            return {};
        }
        if (c == *delimiter_) return end_field();
        if (c == '\n') return end_row();
        if (c == '\r') return {};
        if (c == '"' && state_ == State::plain) return "a quote is inside a text that is not quoted";
        if (c != '"' && state_ == State::closed) return "a text goes on after its closing quote";
        if (c == '"') {
            if (state_ == State::closed) append('"');
            state_ = State::quoted;
        } else {
            append(c);
            state_ = State::plain;
        }
        has_row_ = true;
        return {};
    }
    void append(char c) {
        auto& text = columns_[column_];
        if (text.size() < longest_text) text += c;
    }
    std::string end_field() {
        has_row_ = true;
        state_ = State::start;
        if (++column_ < columns_.size()) return {};
        column_ = 0;
        return fmt::format("a sample has more than the {} columns of the header", columns_.size());
    }
    std::string end_row() {
        std::string why;
        if (has_row_) why = column_ + 1 == columns_.size() ? sample() : too_few();
        if (!why.empty()) return why;
        for (auto& text : columns_) text.clear();
        column_ = 0;
        has_row_ = false;
        state_ = State::start;
        row_line_ = line_ + 1;
        return {};
    }
    std::string too_few() const {
        return fmt::format("a sample has {} of {} columns: the file was cut short", column_ + 1, columns_.size());
    }
    std::string sample() {
        if (columns_[elapsed_] == "elapsed" && columns_[success_] == "success") return {}; // of another run, appended
        const auto text = [&](std::size_t column) {
            return column == absent ? std::string_view() : std::string_view(columns_[column]);
        };
        return samples_.add({text(elapsed_), text(success_), text(count_), text(error_count_), text(label_),
                             text(code_), text(message_), text(failure_)});
    }

    const std::string& report_;
    JmeterSamples& samples_;
    std::string header_;
    std::optional<char> delimiter_;    // nothing: the header is not read yet
    std::vector<std::string> columns_; // of the sample that is read, cut
    std::size_t column_ = 0;
    std::size_t elapsed_ = 0, success_ = 0, count_ = 0, error_count_ = 0, label_ = 0, code_ = 0, message_ = 0,
                failure_ = 0; // which column
    State state_ = State::start;
    bool has_row_ = false;
    int line_ = 1, row_line_ = 1; // row_line_: where the sample begins
};

}

std::optional<char> jmeter_delimiter(std::string_view header) {
    if (header.size() > 64 * 1024) return std::nullopt;
    for (const char delimiter : {',', ';', '\t', '|'}) {
        const auto names = header_names(header, delimiter);
        const auto has = [&](std::string_view name) {
            return std::find(names.begin(), names.end(), name) != names.end();
        };
        const int known = has("timeStamp") + has("label") + has("success") + has("responseCode") + has("threadName");
        if (has("elapsed") && known >= 2) return delimiter;
    }
    return std::nullopt;
}

Result<void> read_jmeter_csv(const Source& source, JmeterSamples& samples) {
    auto stream = TRY(source.open(sys::Encoding::utf8));
    JmeterCsv csv(source.name(), samples);
    for (;;) {
        const std::string_view piece = TRY(stream.next());
        if (piece.empty()) return csv.close();
        TRY_VOID(csv.take(piece));
    }
}

}
