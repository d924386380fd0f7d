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

// Shared by the readers of coverage reports.
namespace fairlead::gate {

constexpr std::uint64_t most_lines = 0xFFFFFFFF; // of a file: the highest number of a line, of lines, of branches

// Returns whether a line with this count was hit; nothing: it is not a number from 0 on.
std::optional<bool> is_hit(const sys::Json& value);
// The members `covered` and `total` of an object. Nothing: they are not such numbers, or `covered` is greater than
// `total`.
std::optional<Count> count_of(const sys::Json& value, std::string_view covered, std::string_view total);
// For a message.
std::string json_shown(const sys::Json& value);
// The last name of a path of sys/data/json_stream.h, as it stands in the file.
std::string last_name(std::string_view path);

// The common state of these readers. Errors name the report; the parser adds the line.
class CoverageReader {
  public:
    CoverageReader(const std::string& report, const SourceTree& tree, CoverageMap& coverage)
        : report_(report), tree_(tree), coverage_(coverage) {}

  protected:
    Error broken(std::string why) const { return no(std::move(why), {report_, 0, 0, {}}); }
    // Error: the attribute is missing, or not a number from 0 to `most`.
    Result<std::uint64_t> number_in(const sys::XmlAttributes& attributes, std::string_view element,
                                    std::string_view name, std::uint64_t most = ~std::uint64_t{0}) const;
    // `pending`: number of further entries that will be added.
    Result<void> within_limit(std::size_t pending = 0) const;
    FileCoverage& file(std::string_view name) { return coverage_.file(tree_.find_or_tidy(name)); }
    // If the files' sums differ from the report's totals (it may name no files), the totals count, under the report's
    // own name.
    void settle(Count lines, Count branches);

    const std::string& report_;
    const SourceTree& tree_;
    CoverageMap& coverage_;
};

}
