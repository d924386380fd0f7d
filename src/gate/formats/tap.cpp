#include "base/text.h"
#include "base/words.h"
#include "gate/formats/cases.h"
#include "gate/formats/readers.h"
#include <charconv>
#include <fmt/format.h>
#include <optional>

// TAP 13 and 14 (testanything.org). Only what stands at the beginning of a line counts: indented lines are subtests,
// and their parent sums them up.
namespace fairlead::gate {

namespace {

std::string_view without_number(std::string_view text) {
    const auto end = text.find_first_not_of("0123456789");
    return end == text.npos ? std::string_view() : text.substr(end);
}

// SKIP or TODO behind a # that no backslash stands before.
bool is_skipped(std::string_view description) {
    for (auto at = description.find('#'); at != description.npos; at = description.find('#', at + 1)) {
        if (at > 0 && description[at - 1] == '\\') continue;
        const auto word = upper(trim(description.substr(at + 1)).substr(0, 4));
        return word == "SKIP" || word == "TODO";
    }
    return false;
}

// Behind the description: SKIP and TODO, and how long it took (Vitest).
std::string_view without_directive(std::string_view description) {
    for (auto at = description.rfind(" #"); at != description.npos && at > 0; at = description.rfind(" #", at - 1)) {
        const auto word = trim(description.substr(at + 2));
        if (word.starts_with("time=") || is_one_of(upper(word.substr(0, 4)), {"SKIP", "TODO"}))
            return trim(description.substr(0, at));
    }
    return description;
}

// "a.test.mjs:4:2"
void take_location(std::string_view value, FailedTest& test) {
    const auto column = value.rfind(':');
    const auto line = column == value.npos || column == 0 ? value.npos : value.rfind(':', column - 1);
    if (line == value.npos || line == 0) return;
    const auto number = value.substr(line + 1, column - line - 1);
    if (std::from_chars(number.data(), number.data() + number.size(), test.line).ec == std::errc())
        test.file = value.substr(0, line);
}

class TapDocument {
  public:
    explicit TapDocument(Cases& cases) : cases_(&cases) {}

    void take(std::string_view line) {
        if (in_yaml_) return yaml(line);
        if (line.empty() || line.front() == ' ' || line.front() == '\t') {
            in_yaml_ = trim(line) == "---";
            return;
        }
        if (line.starts_with("TAP version ")) {
            if (seen_) close();
            return;
        }
        if (line.front() == '#') return diagnostic(line);
        if (line.starts_with("not ok"))
            point(line, 6, false);
        else if (line.starts_with("ok"))
            point(line, 2, true);
        else if (line.starts_with("1.."))
            plan(line.substr(3));
        else if (lower(line.substr(0, 9)) == "bail out!")
            bail(line.substr(9));
    }

    // The end of the file, whose last line is this.
    void end(std::string_view last, bool was_ended) {
        if (in_yaml_) cases_->declare("the last test's block has no end (...), so the report was cut off");
        const auto word = upper(trim(last.substr(std::min(last.rfind('#') + 1, last.size())))); // npos + 1 is 0
        const bool is_begun = std::string_view("SKIP").starts_with(word) || std::string_view("TODO").starts_with(word);
        if (!was_ended && last.find('#') != last.npos && is_begun && word.size() < 4)
            cases_->declare("the last line ends within a word, so the report was cut off");
        close();
    }

    // The end of one of several reports in a row.
    void close() {
        finish_point();
        const bool cut = planned_ && points_ < *planned_;
        if (cut) {
            const auto missing = *planned_ - points_;
            cases_->add(Outcome::error,
                        {.name = "(missing)",
                         .message = fmt::format("the plan is 1..{}, and {} did not report{}", *planned_,
                                                missing == 1 ? "1 test" : fmt::format("{} tests", missing), bailed_)});
            cases_->add_errors(missing - 1);
        } else if (!bailed_.empty())
            cases_->add(Outcome::error, {.name = "(bail out)", .message = "the tests gave up" + bailed_});
        if (planned_ && points_ > *planned_)
            cases_->declare(fmt::format("the plan is 1..{}, but {} tests reported", *planned_, points_));
        if (!planned_) cases_->declare("the report has no plan (1..N), so it may have been cut off");
        if (plans_ > 1)
            cases_->declare(fmt::format("the report has {} plans; write each plan into a separate file", plans_));
        *this = TapDocument(*cases_);
    }

  private:
    void point(std::string_view line, std::size_t word, bool ok) {
        auto rest = line.substr(word);
        const bool is_other = !rest.empty() && (rest.front() == '_' || (rest.front() >= 'a' && rest.front() <= 'z') ||
                                                (rest.front() >= 'A' && rest.front() <= 'Z'));
        if (is_other) return; // okay
        finish_point();
        seen_ = open_ = true;
        ++points_;
        rest = trim(without_number(trim(rest)));
        if (rest.starts_with('-')) rest = trim(rest.substr(1));
        outcome_ = is_skipped(rest) ? Outcome::skipped : ok ? Outcome::passed : Outcome::failed;
        test_ = {.name = std::string(without_directive(rest).substr(0, Cases::longest_name))};
        block_ = false;
        if (test_.name.empty()) test_.name = fmt::format("test {}", points_);
    }

    void finish_point() {
        if (open_) cases_->add(outcome_, std::move(test_));
        open_ = false;
        test_ = {};
    }

    void plan(std::string_view text) {
        std::uint64_t number = 0;
        text = trim(text.substr(0, text.find('#')));
        const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
        if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) return; // 1..x
        seen_ = true;
        ++plans_;
        planned_ = number;
    }

    void bail(std::string_view reason) {
        finish_point();
        seen_ = true;
        const auto said = one_line(trim(reason));
        bailed_ = said.empty() ? ": Bail out!" : ": " + said;
    }

    // "#   Failed test 'x'", "#   at t/login.t line 5."
    void diagnostic(std::string_view line) {
        if (!open_ || outcome_ != Outcome::failed) return;
        const auto text = trim(line.substr(1));
        append_text(test_.text, std::string(text) + "\n");
        if (!text.starts_with("at ") || !test_.file.empty()) return;
        const auto mark = text.rfind(" line ");
        if (mark == text.npos || mark < 3) return;
        test_.file = text.substr(3, mark - 3);
        take_line(text.substr(mark + 6));
    }

    // The block of a point: message: x, at: file:line:column, or file: and line: below it.
    void yaml(std::string_view line) {
        const auto text = trim(line);
        if (text == "...") {
            in_yaml_ = false;
            return;
        }
        if (!open_ || outcome_ != Outcome::failed) return;
        append_text(test_.text, std::string(line) + "\n");
        if (block_ && !text.empty()) test_.message = text; // the first line of a block
        block_ = block_ && text.empty();
        const auto colon = text.find(':');
        if (colon == text.npos) return;
        const auto key = text.substr(0, colon);
        const auto value = without_quotes(text.substr(colon + 1));
        if (is_one_of(key, {"message", "error"}) && test_.message.empty()) {
            block_ = value.starts_with('|') || value.starts_with('>');
            if (!block_) test_.message = value;
        } else if (is_one_of(key, {"at", "location"}) && test_.file.empty())
            take_location(value, test_);
        else if ((key == "file" || key == "fileName") && test_.file.empty())
            test_.file = value;
        else if ((key == "line" || key == "lineNumber") && test_.line == 0)
            take_line(value);
    }

    void take_line(std::string_view text) { (void)std::from_chars(text.data(), text.data() + text.size(), test_.line); }

    Cases* cases_;
    std::optional<std::uint64_t> planned_;
    std::uint64_t points_ = 0;
    int plans_ = 0;
    bool seen_ = false;                    // a plan, a point, a bail out
    bool in_yaml_ = false, block_ = false; // block_: the message comes in the next line
    std::string bailed_;
    bool open_ = false; // the last point, for what is written about it
    Outcome outcome_ = Outcome::passed;
    FailedTest test_;
};

}

Result<void> read_tap(const Source& source, const SourceTree&, Evidence& evidence) {
    auto stream = TRY(source.open(sys::Encoding::utf8));
    sys::LineReader lines(std::move(stream));
    Cases cases(evidence);
    TapDocument document(cases);
    std::string last;
    for (std::string_view line; TRY(lines.next(line));) {
        document.take(line);
        if (!lines.was_ended()) last = line;
    }
    document.end(last, last.empty());
    return {};
}

}
