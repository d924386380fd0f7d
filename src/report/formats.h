#pragma once
#include "report/report.h"
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

// One row per output format; the allowed values of --format come from here.
namespace fairlead::report {

struct Format {
    std::string_view name;
    std::string_view extension; // of --output FILE, without the dot; empty: only by name
    std::string (*write)(const Report& report);
};

std::span<const Format> formats(); // text github sarif junit json markdown
const Format* find_format(std::string_view name);
const Format* format_of_file(std::string_view path);

// The bytes of the report: its own body for that format if it has one, else the writer's; secrets masked. github,
// json, sarif and junit hold no command that the report didn't mean; text and markdown need disarm() for a log.
std::string render(const Report& report, const Format& format);

std::string write_text(const Report& report);   // file:line:col: message [rule-id]
std::string write_github(const Report& report); // annotations, at most 10 per level, worst first
std::string write_sarif(const Report& report);  // SARIF 2.1.0
std::string write_junit(const Report& report);
std::string write_json(const Report& report);     // conventions.md, "JSON"
std::string write_markdown(const Report& report); // as in the job summary

// The whole lines of a job summary that fit where `used` bytes stand already (the runner drops all of it above
// 1,024 KiB), and how many do not.
std::string fitting_summary(std::string markdown, std::uint64_t used);

// "fairlead.yml:7:3: message", the line and a caret; without a line end, secrets masked.
std::string describe(const Error& error);

}
