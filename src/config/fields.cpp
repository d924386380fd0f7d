#include "base/text.h"
#include "config/config.h"
#include <algorithm>

namespace fairlead::config {
namespace {

constexpr std::string_view to_come[] = {"preflight", "migrate", "backup"};

const Field environment_variables[] = {
    {"file", Type::text, "A dotenv file with variables that are not secrets."},
    {"secrets", Type::text_list, "Names of variables whose values are secrets."},
    {"required", Type::text_list,
     "Names of variables that the program can't do without: plan and apply refuse a release that lacks one."},
    {"from", Type::text_list, "A command, one word per item, that prints NAME=value lines."},
    {"variables", Type::text_list,
     "Names of variables that ${NAME} and the file's commands may use, only in this environment."},
};

const Field outside_variables[] = {
    {"variables", Type::text_list, "Names of variables that ${NAME} and the file's commands may use."},
};

const Field waiver[] = {
    {"id", Type::text, "A name for the waiver.", {}, {}, Needed::required},
    {"rule", Type::text, "The rule that it waives.", {}, {}, Needed::required},
    {"path", Type::text, "A glob of the files that it covers; default: all files."},
    {"about", Type::text, "The test, or the rule of another tool, that it covers; * is any text; default: all."},
    {"fingerprint", Type::text, "The finding that it covers; default: all findings of the rule."},
    {"owner", Type::text, "Person or team that is responsible for the waiver.", {}, {}, Needed::required},
    {"reason", Type::text, "Why the finding may stay for now.", {}, {}, Needed::required},
    {"expires",
     Type::day,
     "The last day on which the waiver is valid, such as 2026-03-31 (UTC).",
     {},
     {},
     Needed::required},
};

const Field revoked_key[] = {
    {.name = "public_key", .help = "The key, a PEM file.", .needed = Needed::required, .believed = true},
    {"since", Type::day, "From this day on (UTC), nothing that the key signed counts.", {}, {}, Needed::required},
    {"reason", Type::text, "Why it was revoked."},
};

const Field evidence[] = {
    {"key_env", Type::text,
     "The variable with the private key that signs verdicts (Ed25519, PEM), or with _FILE at its end the key's file; "
     "default: FAIRLEAD_EVIDENCE_KEY."},
    {.name = "keys",
     .type = Type::text_list,
     .help = "Public keys of the team (Ed25519, PEM files): their signatures count.",
     .believed = true},
    {"revoked", Type::map_list, "Keys whose signatures no longer count.", {}, revoked_key},
    {"max_age", Type::duration, "An older verdict doesn't count; default: 7d."},
    {"store", Type::text, "The folder of signed verdicts; default: .fairlead/evidence."},
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
        {"url", Type::url, "URL of the application."},
        {"env", Type::map, "The application's variables.", {}, environment_variables},
        {"require", Type::any,
         "Signed verdicts without which nothing is deployed here, such as [gate, smoke@staging]."},
    });
    static const Field one_environment[] = {{"", Type::map, "One environment.", {}, environment}};
    static const std::vector<Field> fields = with_tools({
        {"version", Type::integer, "The version of this format.", {"1"}},
        {"app", Type::text, "The application's name; default: the folder's."},
        {"environments", Type::open_map, "Environments in which the application runs, by name.", {}, one_environment},
        {"waivers", Type::map_list, "Findings that may stay for now.", {}, waiver},
        {"run", Type::any, "Steps of `fairlead run`: tools by name, commands as {name, exec}."},
        {"evidence",
         Type::map,
         "Signed verdicts: who signs them, whose signatures count, and where they are stored.",
         {},
         evidence},
        {"max_waiver_days", Type::positive, "The longest time a waiver may run; default: 90 days."},
        {"env", Type::map, "Variables that the file may use.", {}, outside_variables},
    });
    return fields;
}

}
