#pragma once
#include "report/report.h"
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

// The output formats, one row each; they are also the allowed values of --format.
namespace fairlead::report {

struct Format {
    std::string_view name;
    std::string_view extension; // extension of --output FILE that implies the format, without the dot; empty: none does
    std::string (*write)(const Report& report);
};

std::span<const Format> formats(); // text github sarif junit json markdown html codequality
const Format* find_format(std::string_view name);
const Format* format_of_file(std::string_view path);

// Returns the report in a format: the report's own body for the format if it has one, or else the writer's; secrets are
// masked. The output in github, json, sarif, junit, html and codequality can't contain unintended commands. Output in
// text and markdown needs disarm() before it goes to a log.
std::string render(const Report& report, const Format& format);

std::string write_text(const Report& report);   // file:line:col: message [rule-id]
std::string write_github(const Report& report); // annotations, at most 10 per level, worst first
std::string write_sarif(const Report& report);  // SARIF 2.1.0
std::string write_junit(const Report& report);
std::string write_json(const Report& report);     // conventions.md, "JSON"
std::string write_markdown(const Report& report); // as in the job summary
std::string write_html(const Report& report);     // a page that loads nothing; the only one with Report::sources

std::string write_codequality(const Report& report); // GitLab's Code Quality report

// Returns as many whole lines of a job summary as fit after `used` bytes, and the number of omitted lines. (The runner
// drops the whole summary above 1,024 KiB.)
std::string fitting_summary(std::string markdown, std::uint64_t used);

// Returns "fairlead.yml:7:3: message", the line and a caret. It has no line end; secrets are masked.
std::string describe(const Error& error);

}
