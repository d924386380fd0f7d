#include "base/text.h"
#include "config/config.h"
#include <algorithm>

namespace fairlead::config {
namespace {

constexpr std::string_view to_come[] = {"preflight", "migrate", "backup"};

const Field environment_variables[] = {
    {"file", Type::text, "A dotenv file with variables that are not secrets."},
    {"secrets", Type::text_list, "Names of variables whose values are secrets."},
    {"from", Type::text_list, "A command, one word per item, that prints NAME=value lines."},
    {"variables", Type::text_list, "Names that ${NAME} and the file's commands may take from outside, here alone."},
};

const Field outside_variables[] = {
    {"variables", Type::text_list, "Names that ${NAME} and the file's commands may take from outside."},
};

const Field waiver[] = {
    {"id", Type::text, "A name for the waiver.", {}, {}, Needed::required},
    {"rule", Type::text, "The rule it covers.", {}, {}, Needed::required},
    {"path", Type::text, "A glob of files it covers; default: all."},
    {"fingerprint", Type::text, "The one finding it covers; default: all of the rule."},
    {"owner", Type::text, "Who answers for it.", {}, {}, Needed::required},
    {"reason", Type::text, "Why the finding may stay for now.", {}, {}, Needed::required},
    {"expires", Type::day, "The last day on which it counts, 2026-03-31 (UTC).", {}, {}, Needed::required},
};

std::vector<Field> with_tools(std::vector<Field> fields) {
    for (const std::string_view tool : built_tools()) fields.push_back({tool, Type::any, "The tool's section."});
    return fields;
}

}

std::span<const std::string_view> built_tools() {
    static const std::vector<std::string> names = split(FAIRLEAD_TOOLS, ' '); // see cmake/libraries.cmake
    static const std::vector<std::string_view> tools(names.begin(), names.end());
    return tools;
}

std::span<const std::string_view> planned_tools() {
    static const std::vector<std::string_view> tools = [] {
        std::vector<std::string_view> all(std::begin(to_come), std::end(to_come));
        std::erase_if(all, [](std::string_view tool) { return is_tool(tool); });
        return all;
    }();
    return tools;
}

bool is_tool(std::string_view name) {
    const auto tools = built_tools();
    return std::find(tools.begin(), tools.end(), name) != tools.end();
}

std::span<const Field> common_fields() {
    static const std::vector<Field> environment = with_tools({
        {"profile", Type::text, "How careful the tools are.", {"development", "staging", "production"}},
        {"url", Type::url, "Where the application answers."},
        {"env", Type::map, "The application's variables.", {}, environment_variables},
    });
    static const Field one_environment[] = {{"", Type::map, "One environment.", {}, environment}};
    static const std::vector<Field> fields = with_tools({
        {"version", Type::integer, "The version of this format.", {"1"}},
        {"app", Type::text, "The application's name; default: the folder's."},
        {"environments", Type::open_map, "Where the application runs, by name.", {}, one_environment},
        {"waivers", Type::map_list, "Findings that may stay for now.", {}, waiver},
        {"run", Type::any, "What `fairlead run` does: tools by name, commands as {name, exec}."},
        {"max_waiver_days", Type::positive, "The longest time a waiver may run; default: 90 days."},
        {"env", Type::map, "What the file may take from outside.", {}, outside_variables},
    });
    return fields;
}

}
