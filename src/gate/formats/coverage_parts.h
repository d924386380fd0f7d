#pragma once
#include "gate/coverage.h"
#include "gate/formats/numbers.h"
#include "gate/places.h"
#include "sys/data/json_stream.h"
#include "sys/data/xml.h"
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// What the readers of coverage reports share.
namespace fairlead::gate {

constexpr std::uint64_t most_lines = 0xFFFFFFFF; // of a file: the highest number of a line, of lines, of branches

// Whether a line with this count was hit: any number from 0 on; else nothing.
std::optional<bool> is_hit(const sys::Json& value);
// The members `covered` and `total` of an object. Nothing: they are no such numbers, or more are covered than there
// are.
std::optional<Count> count_of(const sys::Json& value, std::string_view covered, std::string_view total);
// For a message.
std::string json_shown(const sys::Json& value);
// The last name of a path of sys/data/json_stream.h, as it stands in the file.
std::string last_name(std::string_view path);

// What all of them hold while a report is read. An error of theirs names the report; the parser adds the line.
class CoverageReader {
  public:
    CoverageReader(const std::string& report, const SourceTree& tree, CoverageMap& coverage)
        : report_(report), tree_(tree), coverage_(coverage) {}

  protected:
    Error broken(std::string why) const { return no(std::move(why), {report_, 0, 0, {}}); }
    // Error: the attribute isn't there, or is no number from 0 to `most`.
    Result<std::uint64_t> number_in(const sys::XmlAttributes& attributes, std::string_view element,
                                    std::string_view name, std::uint64_t most = ~std::uint64_t{0}) const;
    // `pending`: what the coverage will get besides.
    Result<void> within_limit(std::size_t pending = 0) const;
    FileCoverage& file(std::string_view name) { return coverage_.file(tree_.find_or_tidy(name)); }
    // Where what the files say doesn't come to what the report says of all of them (it may name no file), the report
    // has the last word: under its own name, for want of another one.
    void settle(Count lines, Count branches);

    const std::string& report_;
    const SourceTree& tree_;
    CoverageMap& coverage_;
};

}
