#include "preflight/env_schema.h"
#include "base/text.h"
#include "preflight/rules/env_lines.h"
#include "preflight/rules/groups.h"
#include "read/compose/compose.h"
#include <algorithm>
#include <fmt/format.h>
#include <map>

// An env file against its schema.
namespace fairlead::preflight {

namespace {

using namespace env;

bool is_set_by_compose(const Project& project, const std::string& name) {
    for (const Compose& compose : project.composes)
        for (const auto& service : compose.read->services)
            for (const auto& variable : service.environment)
                if (variable.name == name && variable.value) return true;
    return false;
}

void no_file_for_required(const Project& project, Hits& hits) {
    if (std::any_of(project.env_files.begin(), project.env_files.end(),
                    [](const EnvFile& file) { return !file.is_template; }))
        return;
    for (const auto& name : project.settings.required_vars)
        if (!is_set_by_compose(project, name))
            hits.add("", 0, 0,
                     fmt::format("{} is not set; preflight.required_vars requires it, but there is no env file here; "
                                 "name it by --env-file",
                                 short_name(name)));
}

void schema_missing(const Project& project, Hits& hits) {
    const auto schemas = env_schemas(project);
    for (const auto& [folder, schema] : schemas)
        for (const auto& [line, problem] : schema.problems)
            hits.add(schema.file, line, 1,
                     fmt::format("{}; nothing is checked by it; write `# @required @type=port` above a name, or JSON",
                                 problem));
    no_file_for_required(project, hits);
    for (const EnvFile& file : project.env_files) {
        if (file.is_template) continue;
        std::map<std::string, std::string> wanted;
        for (const auto& name : project.settings.required_vars) wanted[name] = "preflight.required_vars";
        if (const auto* schema = schema_for(schemas, file.file))
            for (const auto& [name, row] : schema->names)
                if (row.required) wanted[name] = schema->file;
        const auto values = file.read->values();
        for (const auto& [name, who] : wanted)
            if (!values.contains(name))
                hits.add(
                    file.file, 1, 1,
                    fmt::format("{} is not set; {} requires it; add {}=", short_name(name), who, short_name(name)));
    }
}

// encrypted("..."), exec('op read ...'): a value that a tool makes of it.
bool is_call(std::string_view value) {
    const auto open = value.find('(');
    return open != value.npos && open > 0 && value.ends_with(')') && is_plain_name(value.substr(0, open));
}

void schema_type(const Project& project, Hits& hits) {
    const auto schemas = env_schemas(project);
    for (const EnvFile& file : project.env_files) {
        const auto* const schema = schema_for(schemas, file.file);
        if (file.is_template || schema == nullptr) continue;
        for (const auto& entry : file.read->entries) {
            const auto row = schema->names.find(entry.name);
            if (row == schema->names.end() || !entry.value || entry.value->empty() || is_call(*entry.value)) continue;
            const auto fits = expected(row->second, *entry.value);
            if (!fits.empty())
                add(hits, file, entry,
                    fmt::format("the value of {} is not valid; {} refuses it; expected {}", short_name(entry.name),
                                schema->file, fits));
        }
    }
}

void schema_unknown(const Project& project, Hits& hits) {
    const auto schemas = env_schemas(project);
    for (const EnvFile& file : project.env_files) {
        const auto* const schema = schema_for(schemas, file.file);
        if (schema == nullptr || schema->others) continue;
        for (const auto& entry : file.read->entries)
            if (entry.has_equals && !schema->names.contains(entry.name))
                add(hits, file, entry,
                    fmt::format("{} is not in {}; nobody reads it; remove it or add it there", short_name(entry.name),
                                schema->file));
    }
}

}

std::span<const Rule> env_schema_rules() {
    static const Rule rules[] = {
        {"env-schema-missing",
         "A variable that the schema requires is not set",
         always(Level::error),
         schema_missing,
         "The schema (`.env.schema`) or the setting `preflight.required_vars` says that the program can't work without "
         "the variable.",
         "# @required @type=port above PORT= in .env.schema; or JSON: {\"entries\": {\"PORT\": {\"type\": \"port\", "
         "\"required\": true}}}",
         {"SchemaViolation"},
         {"S1-10"}},
        {"env-schema-type",
         "A value doesn't match its type in the schema",
         always(Level::error),
         schema_type,
         "The program would fail when it uses the value.",
         "PORT=8080",
         {"SchemaViolation"},
         {"S1-15"}},
        {"env-schema-unknown",
         "A variable is not in the schema",
         always(Level::warning),
         schema_unknown,
         "Either nothing reads the variable, or the schema is out of date.",
         "Remove it, or add it to the schema.",
         {"SchemaViolation"},
         {"S0-23"}},
    };
    return rules;
}

}
