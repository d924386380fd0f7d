#include "base/text.h"
#include "preflight/parts/compose_parts.h"
#include "preflight/rules/groups.h"
#include <algorithm>
#include <fmt/format.h>

// How a Compose file is written.
namespace fairlead::preflight {

namespace {

using namespace compose;

constexpr std::string_view plain_characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789./~_-:";

void version_key(const Compose& compose, const Project& project, Hits& hits) {
    if (project.stacks.contains(compose.files.front())) return; // docker stack deploy reads it
    Texts texts(compose, project);
    for (const auto& file : compose.read->raw)
        if (const auto* const version = file.find("version")) {
            Hit& hit =
                add(hits, compose, version->key_place,
                    "the key version is no longer read; compose 2 warns about it at each start; remove the line");
            if (!version->is_scalar() || version->key_place.line != version->place.line ||
                version->key_place.column != 1)
                continue;
            if (auto edit = texts.without_line(version->key_place)) hit.edits = {*edit};
        }
}

void project_name(const Compose& compose, const Project&, Hits& hits) {
    if (compose.read->model.find("name") == nullptr && !compose.read->raw.empty())
        hits.add(compose.files[0], 1, 1,
                 fmt::format("{} has no name; containers and volumes are named after the folder; add name:",
                             short_file(compose.files[0])));
}

void volume_quoted(const Compose& compose, const Project& project, Hits& hits) {
    Texts texts(compose, project);
    for (const auto& service : compose.read->services)
        for (const auto& volume : service.volumes)
            if (volume.quoted && !volume.written.empty()) {
                Hit& hit = add(hits, compose, service, volume.place,
                               fmt::format("volume {} is in quotes; it doesn't need them; remove the quotes",
                                           short_word(volume.written)));
                // What would be another value without its quotes keeps them.
                const bool plain = volume.written.find_first_not_of(plain_characters) == std::string::npos &&
                                   volume.written.find_first_of("./~") == 0;
                for (const std::string quote : {"\"", "'"})
                    if (auto edit = texts.instead(volume.place, quote + volume.written + quote, volume.written);
                        plain && edit)
                        hit.edits = {*edit};
            }
}

void env_dup(const Compose& compose, const Project&, Hits& hits) {
    for (const auto& duplicate : compose.read->duplicates)
        if (duplicate.path.ends_with(".environment"))
            add(hits, compose, duplicate.second,
                fmt::format("{} is set on lines {} and {}; the last value wins; remove one line",
                            short_word(duplicate.name), duplicate.first.line, duplicate.second.line));
}

// What its program compares or keeps as it stands: "production" in quotes is another text.
bool is_taken_as_it_stands(const read::ComposeVariable& variable) {
    if (variable.node == nullptr || variable.node->interpolated) return false; // ${NAME:-"x"}: the deployment sets it
    for (const std::string_view start : {"POSTGRES_", "MYSQL_", "MARIADB_", "MONGO_INITDB_", "RABBITMQ_DEFAULT_"})
        if (variable.name.starts_with(start)) return true;
    constexpr std::string_view names[] = {"NODE_ENV", "RAILS_ENV", "RACK_ENV",       "APP_ENV",
                                          "MIX_ENV",  "FLASK_ENV", "REDIS_PASSWORD", "SPRING_PROFILES_ACTIVE"};
    return std::find(std::begin(names), std::end(names), variable.name) != std::end(names);
}

// - NAME="value": the quotes are part of the value, as YAML takes the whole item as it stands.
void env_quotes(const Compose& compose, const Project&, Hits& hits) {
    for (const auto& service : compose.read->services)
        for (const auto& variable : service.environment) {
            const auto value = variable.value.value_or("");
            const bool quoted = value.size() > 1 && (value.front() == '"' || value.front() == '\'') &&
                                value.back() == value.front() && value.find(value.front(), 1) == value.size() - 1;
            if (!quoted || value.find_first_of("{[ $", 1) != value.npos) continue;
            Hit& hit = add(hits, compose, service, variable.place,
                           fmt::format("the quotes are part of {} of {}; the program gets them; write - {}=value",
                                       short_word(variable.name), short_word(service.name), short_word(variable.name)));
            if (is_taken_as_it_stands(variable)) continue;
            hit.level = std::min(hit.level.value_or(Level::warning), Level::warning);
            hit.message = fmt::format("the quotes are part of {} of {}; it works only if the program takes them off; "
                                      "write - {}=value",
                                      short_word(variable.name), short_word(service.name), short_word(variable.name));
        }
}

// Words that some readers of YAML take for true or false; true and false themselves are what they seem.
void bool_env(const Compose& compose, const Project& project, Hits& hits) {
    constexpr std::string_view words[] = {"yes", "no", "on", "off", "y", "n"},
                               changed[] = {"True", "TRUE", "False", "FALSE"};
    const auto is_in = [](auto& list, std::string_view word) {
        return std::find(std::begin(list), std::end(list), word) != std::end(list);
    };
    Texts texts(compose, project);
    for (const auto& service : compose.read->services)
        for (const auto& variable : service.environment) {
            const auto& node = *variable.node;
            const std::string written(node.as_written());
            if (node.quoted || node.from_list || node.interpolated || !node.is_scalar()) continue;
            if (!is_in(words, lower(written)) && !is_in(changed, written)) continue;
            const auto meant = is_in(changed, written) ? lower(written) : written; // what compose makes of it
            Hit& hit = add(hits, compose, service, node.place,
                           fmt::format("{} is {} without quotes; YAML parsers disagree on that word; write \"{}\"",
                                       short_word(variable.name), written, meant));
            if (auto edit = texts.instead(node.place, written, '"' + meant + '"')) hit.edits = {*edit};
        }
}

}

std::span<const Rule> compose_form_rules() {
    static const Rule rows[] = {
        {.id = "compose-version-key",
         .title = "The file has the key version",
         .levels = always(Level::info),
         .check = version_key,
         .why = "Compose 2 ignores the version and warns about the key at each start.",
         .way_out = "remove the line",
         .peers = {"no-version-field"},
         .refs = {"S2-11"},
         .fix = Fix::safe},
        {.id = "compose-name",
         .title = "The project has no name",
         .levels = by_request,
         .check = project_name,
         .why = "Without a name, the project is named after its folder. A second checkout, in a folder with another "
                "name, is another project with other volumes.",
         .way_out = "name: notes",
         .peers = {"require-project-name-field"}},
        {.id = "compose-volume-quoted",
         .title = "A volume is in quotes",
         .levels = by_request,
         .check = volume_quoted,
         .why = "A volume doesn't need quotes, and one form in all files is easier to read.",
         .way_out = "volumes: [./data:/data]",
         .peers = {"no-quotes-in-volumes"},
         .fix = Fix::safe},
        {.id = "compose-env-dup",
         .title = "A variable is set twice in one list",
         .levels = always(Level::warning),
         .check = env_dup,
         .why = "The last value counts; a change of the first value has no effect.",
         .way_out = "keep one",
         .peers = {"duplicate-env-var"}},
        {.id = "compose-env-quotes",
         .title = "Quotes are part of a variable's value",
         .levels = always(Level::error),
         .check = env_quotes,
         .why = "In a list, YAML takes `NAME=\"x\"` as one text and keeps the quotes. The program gets "
                "`\"production\"` with the quotes, for example, and doesn't know this value.",
         .way_out = "environment: {NODE_ENV: production}"},
        {.id = "compose-bool-env",
         .title = "A variable's value is a special YAML word without quotes",
         .levels = always(Level::warning),
         .check = bool_env,
         .why = "Parsers of YAML 1.1 read `yes` and `on` as true, and parsers of YAML 1.2 read them as text. `True` "
                "reaches the program as `true`.",
         .way_out = "DEBUG: \"no\"",
         .fix = Fix::safe},
    };
    return rows;
}

}
