#include "gate/formats/readers.h"
#include "base/text.h"
#include "gate/detect.h"
#include "sys/signals.h"
#include <algorithm>
#include <fmt/format.h>
#include <vector>

namespace fairlead::gate {

std::span<const Reader> readers() {
    static constexpr Reader rows[] = {
        {"junit", read_junit},
        {"lcov", read_lcov},
        {"cobertura", read_cobertura},
        {"sarif", read_sarif},
    };
    return rows;
}

const Reader* find_reader(std::string_view format) {
    const auto rows = readers();
    const auto found = std::find_if(rows.begin(), rows.end(), [&](const Reader& row) { return row.format == format; });
    return found == rows.end() ? nullptr : &*found;
}

namespace {

Evidence no_evidence(Problem problem, std::string reason, Place place = {}) {
    Evidence evidence;
    evidence.problem = problem;
    evidence.reason = std::move(reason);
    evidence.place = std::move(place);
    return evidence;
}

std::string unknown(std::string_view format) {
    std::vector<std::string> names;
    for (const auto& row : readers()) names.emplace_back(row.format);
    if (format.empty()) return fmt::format("is in no known format; expected {}", one_of(names));
    return fmt::format("is a {} report, which is not read yet; expected {}", format, one_of(names));
}

}

Result<Evidence> read_report(const Source& source, const SourceTree& tree) {
    const auto refused = [](Error error) -> Result<Evidence> {
        if (error.kind == Kind::usage || sys::stop_requested()) return error;
        return no_evidence(Problem::malformed, std::move(error.message), std::move(error.place));
    };
    auto detected = detect(source);
    if (!detected) return refused(std::move(detected).error());
    if (detected->empty) return no_evidence(Problem::empty, "is empty");
    const Reader* reader = find_reader(detected->format);
    if (!reader) return no_evidence(Problem::unknown_format, unknown(detected->format));
    Evidence evidence;
    evidence.format = detected->format;
    auto read = reader->read(source, tree, evidence);
    if (!read) return refused(std::move(read).error());
    return evidence;
}

}
