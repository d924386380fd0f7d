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
        {"lenient", &Expected::lenient,
         "Whether control characters in XML, such as a console's colours, are read as blanks. Default: such a report "
         "can't be read."},
        {"min_files", {&Expected::min_files, Type::positive}, "Minimum number of files that the path must match (1)."},
    },
    check_report);

Result<void> check_path_limit(const config::Value& value, PathLimit& limit) {
    if (const auto checked = check_root_glob(limit.path); !checked.ok())
        return value["path"].error(checked.error().message);
    if (limit.lines || limit.branches) return {};
    return value.error("without lines or branches this has no effect; add lines: 90, the percentage to cover");
}

const config::Rows<PathLimit> path_rows(
    {
        {"path",
         &PathLimit::path,
         "Files that the limit is for, as a glob from the repository's root.",
         {.needed = Needed::required}},
        {"lines",
         {&PathLimit::lines, Type::percent, parse_percent},
         "Percentage of their lines that the tests must cover."},
        {"branches",
         {&PathLimit::branches, Type::percent, parse_percent},
         "Percentage of their branches that the tests must cover."},
    },
    check_path_limit);

Result<void> check_size(const config::Value& value, SizeLimit& limit) {
    if (limit.patterns.empty() || std::any_of(limit.patterns.begin(), limit.patterns.end(),
                                              [](const auto& pattern) { return trim(pattern).empty(); }))
        return value["path"].error("path is empty; name a file or a glob such as dist/*.js");
    if (limit.max || limit.max_growth) return {};
    return value.error("without max or max_growth this has no effect; add max: 250KiB, the most that they may have");
}

const config::Rows<SizeLimit> size_rows(
    {
        {"path",
         &SizeLimit::patterns,
         "Files that are measured together: paths or globs, relative to the folder of fairlead.yml.",
         {.place = &SizeLimit::place, .needed = Needed::required}},
        {"encoding",
         &SizeLimit::encoding,
         "What is measured: raw, the files as they are; gzip, what gzip -9 makes of them; brotli, what brotli -q 11 "
         "does.",
         {.allowed = {"raw", "gzip", "brotli"}}},
        {"max", {&SizeLimit::max, Type::size, parse_size}, "Maximum size of all of them."},
        {"max_growth",
         {&SizeLimit::max_growth, Type::text, parse_growth},
         "How much bigger than in the baseline of the base they may be."},
    },
    check_size);

Result<void> check_budget(const config::Value& value, Budget& budget) {
    if (trim(budget.metric).empty())
        return value["metric"].error("metric is empty; name a number of a report, such as http_req_duration.p(95)");
    if (!budget.than.empty() && !budget.max_growth && !budget.max_drop)
        return value["than"].error("without max_growth or max_drop this has no effect; add max_growth: 10%");
    if (budget.max || budget.min || budget.max_growth || budget.max_drop) return {};
    return value.error("without max, min, max_growth or max_drop this has no effect; add max: 500ms, the most that it "
                       "may be");
}

const config::Rows<Budget> budget_rows(
    {
        {"metric",
         &Budget::metric,
         "The number of a load test or a benchmark, such as http_req_duration.p(95).",
         {.needed = Needed::required}},
        {"report", &Budget::report, "The entry of reports that has it, if several have one of that name."},
        {"than", &Budget::than,
         "Another number of this run that max_growth and max_drop compare with; default: the baseline's."},
        {"max", {&Budget::max, Type::text, parse_quantity}, "The most that it may be: 100, 1% or 500ms."},
        {"min", {&Budget::min, Type::text, parse_quantity}, "The least that it may be: 100, 1% or 500ms."},
        {"max_growth",
         {&Budget::max_growth, Type::text, parse_growth},
         "The largest allowed increase over the value that it is compared with."},
        {"max_drop",
         {&Budget::max_drop, Type::percent, parse_percent},
         "The largest allowed decrease from the value that it is compared with."},
    },
    check_budget);

bool has_report(const Policy& policy, const std::string& name) {
    return std::any_of(policy.reports.begin(), policy.reports.end(), [&](const auto& one) { return one.name == name; });
}

Result<void> check_section(const config::Value& section, Policy& policy) {
    std::size_t at = 0;
    for (const auto& value : section["performance"].items()) {
        const auto& report = policy.budgets[at++].report;
        if (!report.empty() && !has_report(policy, report))
            return value["report"].error(fmt::format("report '{}' is not under reports:", report));
    }
    for (const auto& shard : policy.expected_shards)
        for (const auto& entry : shard.reports)
            if (!has_report(policy, entry))
                return usage(fmt::format("shard {}: report '{}' is not under reports:", shard.name, entry),
                             shard.place);
    return {};
}

Result<void> check_excluded(const config::Value& value, Policy& policy) {
    for (const auto& glob : policy.exclude)
        if (const auto checked = check_root_glob(glob); !checked.ok())
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
        {"by_path", {&Policy::by_path, path_rows}, "Limits for parts of the repository, beside those for all of it."},
    },
    check_excluded);

Result<void> check_tests(const config::Value& value, Policy& policy) {
    for (const auto& name : policy.must_run)
        if (trim(name).empty())
            return value["must_run"].error("a name is empty; write a test's name such as tests.shop.test_pay");
    return {};
}

// The other keys of tests are inputs.
const config::Rows<Policy> test_rows(
    {
        {"must_run", &Policy::must_run,
         "Tests of which at least one must have run, each as SUITE.NAME or NAME; * is any text."},
        {"repeated",
         &Policy::repeated,
         "A test that a report lists several times: each result counts, or only the last, and the test is flaky if an "
         "earlier one failed (each).",
         {.allowed = {"each", "last"}}},
    },
    check_tests);

// The other keys of findings are inputs.
const config::Rows<Policy> findings_rows = {
    {"security_severity",
     {&Policy::security_severity, Type::text, parse_score},
     "A SARIF finding with this security-severity or more (0.0 to 10.0) is an error, whatever its level."},
    {"max_age",
     {&Policy::max_known, Type::duration, parse_duration},
     "For how long a finding may be in the baseline; then it counts as new again, with scope: new."},
};

Result<void> check_shards(const config::Value& value, Policy& policy) {
    if (value["expect"].present() && policy.expected_shards.empty())
        return value["expect"].error("without a shard this has no effect; name one such as linux, or remove it");
    for (const auto& shard : policy.expected_shards)
        if (shard.name.empty() || shard.name == "." || shard.name == ".." || shard.name.find('/') != std::string::npos)
            return value["expect"].error(
                fmt::format("'{}' can't be the name of a shard's folder; write one without '/'", shard.name));
    if (policy.shards.empty() && !policy.expected_shards.empty()) {
        policy.shards = {"shards/*/shard.json"};
        policy.shards_place = value.place();
    }
    for (const auto& pattern : policy.shards)
        if (trim(pattern).empty()) return value["path"].error("path is empty; write one such as shards/*/shard.json");
    return {};
}

const config::Rows<ExpectedShard> expected_shard_rows = {
    {"reports",
     &ExpectedShard::reports,
     "The entries of reports that the shard must have; default: all that aren't optional.",
     {.place = &ExpectedShard::place}},
};

const config::Rows<Policy> shard_rows(
    {
        {"path",
         &Policy::shards,
         "The shard.json of each shard, as paths or globs, relative to the folder of fairlead.yml; default: "
         "shards/*/shard.json.",
         {.place = &Policy::shards_place}},
        {"expect",
         {&Policy::expected_shards, &ExpectedShard::name, expected_shard_rows},
         "The shards that must be there, each by the name of its folder; default: any, at least one."},
    },
    check_shards);

const config::Rows<Policy> section_rows(
    {
        {"tests", test_rows, ""},
        {"coverage", coverage_rows, ""},
        {"findings", findings_rows, ""},
        {"shards", shard_rows, ""},
        {"size", {&Policy::sizes, size_rows}, "How big files of the build may be."},
        {"performance",
         {&Policy::budgets, budget_rows},
         "Limits for what load tests and benchmarks measure, beside their own thresholds."},
        {"reports",
         {&Policy::reports, &Expected::name, report_rows},
         "The reports that must be there, each with a name that you choose."},
    },
    check_section);

}

std::span<const Field> fields() { return section_rows.fields(); }

std::span<const config::Milder> milder() {
    using When = config::Milder::When;
    static constexpr config::Milder rows[] = {{"reports.*", When::removed},
                                              {"reports.*", When::added}, // what any report covers is covered
                                              {"reports.*.path", When::altered},
                                              {"reports.*.format", When::altered},
                                              {"reports.*.root", When::changed},
                                              {"reports.*.optional", When::set},
                                              {"reports.*.lenient", When::set},
                                              {"reports.*.min_files", When::lower, "1"},
                                              {"shards.path", When::changed},
                                              {"shards.expect.*", When::removed},
                                              {"shards.expect.*.reports", When::changed},
                                              {"require.*", When::removed},
                                              {"tests.min", When::lower, "1"},
                                              {"tests.max_failed", When::higher, "0"},
                                              {"tests.max_skipped", When::higher},
                                              {"tests.max_flaky", When::higher},
                                              {"tests.max_fewer", When::higher},
                                              {"tests.must_run.*", When::removed},
                                              {"tests.repeated", When::changed},
                                              {"coverage.total.lines", When::lower},
                                              {"coverage.total.branches", When::lower},
                                              {"coverage.max_drop", When::higher},
                                              {"coverage.by_path.*", When::removed},
                                              {"coverage.by_path.*.lines", When::lower},
                                              {"coverage.by_path.*.branches", When::lower},
                                              {"size.*", When::removed},
                                              {"size.*.max", When::higher},
                                              {"size.*.max_growth", When::higher},
                                              {"size.*.encoding", When::changed},
                                              {"performance.*", When::removed},
                                              {"performance.*.report", When::changed},
                                              {"performance.*.than", When::changed},
                                              {"performance.*.max", When::changed},
                                              {"performance.*.min", When::changed},
                                              {"performance.*.max_growth", When::higher},
                                              {"performance.*.max_drop", When::higher},
                                              {"baseline", When::changed},
                                              {"coverage.diff.lines", When::lower},
                                              {"coverage.diff.min_lines", When::higher, "0"},
                                              {"coverage.diff.unmeasured", When::changed},
                                              {"coverage.exclude", When::added},
                                              {"base", When::changed},
                                              {"findings.scope", When::changed},
                                              {"findings.max.error", When::higher, "0"},
                                              {"findings.max.warning", When::higher},
                                              {"findings.security_severity", When::higher},
                                              {"findings.max_age", When::higher},
                                              {"max_age", When::higher}};
    return rows;
}

std::string SizeLimit::name() const { return join(patterns, ", ") + (encoding == "raw" ? "" : " (" + encoding + ")"); }

bool Budget::compares() const { return than.empty() && (max_growth || max_drop); }

std::string Budget::name() const { return report.empty() ? metric : report + ": " + metric; }

bool Policy::expects_shard(const std::string& name) const {
    return expected_shards.empty() || std::any_of(expected_shards.begin(), expected_shards.end(),
                                                  [&](const ExpectedShard& one) { return one.name == name; });
}

bool Policy::takes_of_shard(const std::string& shard, const Expected& report) const {
    const auto expected = std::find_if(expected_shards.begin(), expected_shards.end(),
                                       [&](const ExpectedShard& one) { return one.name == shard; });
    if (expected == expected_shards.end() && !expected_shards.empty()) return false;
    return expected == expected_shards.end() || expected->reports.empty() ||
           std::find(expected->reports.begin(), expected->reports.end(), report.name) != expected->reports.end();
}

bool Policy::compares() const {
    return max_drop || max_fewer_tests || judges_new() ||
           std::any_of(sizes.begin(), sizes.end(), [](const auto& limit) { return limit.max_growth.has_value(); }) ||
           std::any_of(budgets.begin(), budgets.end(), [](const auto& one) { return one.compares(); });
}

Result<void> read_section(const config::Value& section, Policy& policy) { return section_rows.read(section, policy); }

std::vector<Expected> expected_reports(std::span<const std::string> patterns) {
    std::vector<Expected> out;
    for (const auto& text : patterns)
        for (auto& pattern : split_patterns(text)) out.emplace_back().patterns.push_back(std::move(pattern));
    return out;
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
