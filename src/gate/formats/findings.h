#pragma once
#include "base/words.h"
#include "gate/evidence.h"
#include "gate/formats/numbers.h"
#include "gate/source.h"
#include "sys/data/json_stream.h"
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>

// Shared by the readers of findings: counting, levels by their words, and JSON reports that list findings.
namespace fairlead::gate {

// Members of a wrong type count as absent.
const sys::Json& member_of(const sys::Json& value, std::string_view name);
int number_of(const sys::Json& value, std::string_view name, int fallback = 0); // 0 to 1,000,000,000

struct LevelWord {
    std::string_view word; // in small letters
    Level level;
};
// Returns the level of a word in any case; nothing: an unknown word.
std::optional<Level> level_of_word(std::string_view word, std::span<const LevelWord> words);
// Of a vulnerability. critical, high: error; medium, moderate: warning; low, info, negligible, unknown, undefined, none
// and no severity at all: note. An unknown word counts as error.
Level security_level(std::string_view severity);

// Collects the findings of a reader.
class Findings {
  public:
    // `writer`: as messages call it, "ESLint".
    Findings(const Source& source, std::string_view writer, Evidence& evidence);

    void add(Level level, Foreign finding); // texts as the report has them; without a tool it is the writer
    void fail(std::string why);             // the tool didn't do its work, so its report proves nothing
    // Fails if there are no findings but an error, because it is unknown what was examined.
    void fail_if_silent(const std::string& complaint);
    bool empty() const;
    bool keeps(Level level) const; // whether the next judged finding of this level is kept with its texts

    Error broken(std::string_view why) const; // returns the error that the file isn't such a report
    // The text behind a key; empty when it is absent or null. Error: it is something else.
    Result<std::string> word(const sys::Json& value, std::string_view key) const;

  private:
    const std::string& report_;
    std::string_view writer_;
    Evidence& evidence_;
};

// A JSON report: lists of findings, of which one is built at a time, and a few facts beside them.
class FindingsHandler : public sys::JsonHandler {
  public:
    FindingsHandler(const Source& source, std::string_view writer, Evidence& evidence)
        : out(source, writer, evidence) {}
    Result<Take> begin(std::string_view path, sys::JsonKind kind) final;
    Result<void> built(std::string_view path, sys::Json value) final;
    // After the last byte. Error: it proves nothing.
    virtual Result<void> close() { return {}; }

  protected:
    enum class Part {
        skip,
        enter,
        list, // its elements are findings; null is an empty one
        fact, // built as a whole: small
    };
    virtual Part part(std::string_view path) const = 0;
    virtual Result<void> item(std::string_view list, const sys::Json& value) = 0;
    virtual Result<void> fact(std::string_view /*path*/, const sys::Json&) { return {}; }
    bool listed() const { return listed_; } // there was a list, no null

    Findings out;

  private:
    bool listed_ = false;
};
Result<void> read_findings(const Source& source, FindingsHandler& handler);

}
