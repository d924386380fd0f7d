#include "gate/policy.h"
#include "base/glob.h"
#include "base/text.h"
#include "config/rows.h"
#include "gate/formats/readers.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::gate {

namespace {

std::vector<std::string_view> format_names() {
    std::vector<std::string_view> names;
    for (const auto& reader : readers()) names.push_back(reader.format);
    return names;
}

Result<void> check_report(const config::Value& value, Expected& report) {
    const bool names_nothing = std::any_of(report.patterns.begin(), report.patterns.end(),
                                           [](const auto& pattern) { return trim(pattern).empty(); });
    if (!report.patterns.empty() && !names_nothing) return {};
    return value["path"].error(fmt::format("report {}: path is empty; name a file or a glob", report.name));
}

const config::Rows<Expected> report_rows(
    {
        {"path",
         &Expected::patterns,
         "Paths or globs, relative to the folder of fairlead.yml.",
         {.place = &Expected::place, .needed = Needed::required}},
        {"format",
         &Expected::format,
         "The format that the report must have; default: any format that gate reads.",
         {.allowed = format_names()}},
        {"root",
         &Expected::root,
         "Folder that relative paths in the report start from.",
         {.place = &Expected::root_place}},
        {"optional", &Expected::optional, "Whether the report may be missing."},
        {"min_files", {&Expected::min_files, Type::positive}, "Minimum number of files that the path must match (1)."},
    },
    check_report);

Result<void> check_excluded(const config::Value& value, Policy& policy) {
    for (const auto& glob : policy.exclude)
        if (const auto checked = check_glob(glob); !checked.ok())
            return value["exclude"].error(checked.error().message);
    return {};
}

// The maps of coverage and of coverage.diff also hold inputs, which tools/gate.cpp adds: no text describes them here.
const config::Rows<Policy> diff_rows = {
    {"min_lines",
     {&Policy::diff_from, Type::count},
     "With fewer added lines that count, too little coverage is only a warning (0)."},
    {"unmeasured",
     {&Policy::unmeasured, Type::text},
     "Added lines of files that no report measures, beside measured ones of their kind: fail counts them as not "
     "covered, ignore doesn't (fail).",
     {.allowed = {"fail", "ignore"}}},
};

const config::Rows<Policy> coverage_rows(
    {
        {"exclude", &Policy::exclude, "Files whose coverage doesn't count, as globs from the repository's root."},
        {"diff", diff_rows, ""},
    },
    check_excluded);

const config::Rows<Policy> section_rows = {
    {"coverage", coverage_rows, ""},
    {"reports",
     {&Policy::reports, &Expected::name, report_rows},
     "The reports that must be there, each with a name that you choose."},
};

}

std::span<const Field> fields() { return section_rows.fields(); }

std::span<const config::Milder> milder() {
    using When = config::Milder::When;
    static constexpr config::Milder rows[] = {{"reports.*", When::removed},
                                              {"reports.*.path", When::altered},
                                              {"reports.*.format", When::altered},
                                              {"reports.*.optional", When::set},
                                              {"reports.*.min_files", When::lower, "1"},
                                              {"tests.min", When::lower, "1"},
                                              {"tests.max_failed", When::higher, "0"},
                                              {"tests.max_skipped", When::higher},
                                              {"coverage.total.lines", When::lower},
                                              {"coverage.diff.lines", When::lower},
                                              {"coverage.diff.min_lines", When::higher, "0"},
                                              {"coverage.diff.unmeasured", When::changed},
                                              {"coverage.exclude", When::added},
                                              {"base", When::changed},
                                              {"findings.max.error", When::higher, "0"},
                                              {"findings.max.warning", When::higher},
                                              {"max_age", When::higher}};
    return rows;
}

Result<void> read_section(const config::Value& section, Policy& policy) { return section_rows.read(section, policy); }

std::vector<Expected> expected_reports(std::span<const std::string> patterns) {
    std::vector<Expected> out;
    for (const auto& text : patterns)
        for (auto& pattern : split_patterns(text)) out.emplace_back().patterns.push_back(std::move(pattern));
    return out;
}

Result<Share> parse_percent(std::string_view text) {
    constexpr Share whole = 10'000;
    auto number = trim(text);
    if (number.ends_with('%')) number.remove_suffix(1);
    const auto point = number.find('.');
    const auto before = number.substr(0, point);
    auto after = point == std::string_view::npos ? std::string() : std::string(number.substr(point + 1));
    const auto is_digits = [](std::string_view part) {
        return part.find_first_not_of("0123456789") == std::string_view::npos;
    };
    if (before.empty() || before.size() > 3 || after.size() > 4 || !is_digits(before) || !is_digits(after))
        return usage(fmt::format(
            "'{}' is not a percentage; write 0 to 100 with at most four decimals, such as 80 or 79.5%", text));
    after.resize(4, '0');
    const auto percent = TRY(parse_integer(before));
    const Share share = percent * whole + TRY(parse_integer(after));
    if (share > 100 * whole) return usage(fmt::format("'{}' is over 100 percent", text));
    return share;
}

Result<Limit> parse_limit(std::string_view text) {
    Limit limit;
    if (trim(text).ends_with('%'))
        limit.share = TRY(parse_percent(text));
    else
        limit.number = TRY(parse_count(text));
    return limit;
}

Result<std::int64_t> parse_count(std::string_view text) {
    const auto number = parse_integer(trim(text));
    if (!number.ok() || number.value() < 0)
        return usage(fmt::format("'{}' is not a count; write a number such as 3", text));
    return number.value();
}

Result<Age> parse_max_age(std::string_view text) {
    Age age;
    age.judged = trim(text) != "off";
    if (!age.judged) return age;
    const auto limit = parse_duration(trim(text));
    if (!limit.ok() || limit.value() <= Milliseconds{0})
        return usage(fmt::format("'{}' is not an age; write off or a duration such as 1h", text));
    age.limit = limit.value();
    return age;
}

Result<std::optional<SystemTime>> parse_run_started(std::string_view text) {
    const auto time = parse_utc(text);
    if (text.empty() || time) return time;
    return usage(fmt::format("FAIRLEAD_RUN_STARTED: '{}' is not a time such as 2026-11-20T07:28:03.120Z; unset it, or "
                             "set it to the start of the run",
                             text));
}

std::string percent_text(Share share) { return fmt::format("{} %", static_cast<double>(share) / 10'000); }

std::string text_of(const Limit& limit) {
    return limit.share ? percent_text(*limit.share) : std::to_string(limit.number);
}

std::vector<std::string> split_patterns(std::string_view text) {
    std::vector<std::string> out;
    std::string pattern;
    int braces = 0;
    const auto finish = [&] {
        const auto trimmed = trim(pattern);
        if (!trimmed.empty()) out.emplace_back(trimmed);
        pattern.clear();
    };
    for (const char c : text) {
        braces += c == '{' ? 1 : c == '}' && braces > 0 ? -1 : 0;
        if (c == '\n' || (c == ',' && braces == 0))
            finish();
        else
            pattern += c;
    }
    finish();
    return out;
}

}
