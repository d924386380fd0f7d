// The variables that the sources read, each with its place: no release may serve without those that it needs.
#include "base/text.h"
#include "base/words.h"
#include "init/recognise/runs/runs.h"
#include "init/write.h"
#include "sys/environment.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::init {

namespace {

using project::Need;

constexpr std::size_t most_sources = 400;

bool is_stronger(Need one, Need other) {
    const auto rank = [](Need need) { return need == Need::required ? 2 : need == Need::unknown ? 1 : 0; };
    return rank(one) > rank(other);
}

// A database that has a server: what stands instead of its address is no answer in production.
bool has_server(const Component& component) {
    return std::any_of(component.services.begin(), component.services.end(), [](const std::string& one) {
        return is_one_of(one, {"postgresql", "mysql"});
    });
}

bool names_database(std::string_view name) {
    return is_one_of(name, {"DATABASE_URL", "DB_URL", "DATABASE_URI", "SQLALCHEMY_DATABASE_URI",
                            "SQLALCHEMY_DATABASE_URL", "POSTGRES_URL", "DATABASE_DSN", "DATABASE_DIRECT_URL"});
}

bool falls_back_to_file(const Variable& one) {
    return one.need == Need::optional && lower(one.fallback).find("sqlite") != std::string::npos;
}

}

void add_variables(Folder& folder, Component& component) {
    auto quiet = folder; // a source that is too long to be read is no doubt
    auto names = folder.sources({".py", ".js", ".mjs", ".cjs", ".ts", ".mts", ".go", ".java", ".kt", ".rb", ".php",
                                 ".rs", ".cs", ".ex", ".exs", "application.properties", "application.yml"});
    if (names.size() > most_sources) names.resize(most_sources);
    for (const auto& name : names) {
        const auto text = quiet.text(name);
        if (is_ours(text)) continue; // the kit's own modules read what its own templates ask for
        for (const auto& read : project::variables_read(name, text)) {
            if (project::is_given_anyway(read.name)) continue;
            const auto place = fmt::format("{}:{}", name, read.line);
            const auto known = std::find_if(component.variables.begin(), component.variables.end(),
                                            [&](const Variable& one) { return one.name == read.name; });
            if (known == component.variables.end())
                component.variables.push_back(
                    {read.name, read.need, is_secret_variable(read.name), read.fallback, place});
            else if (is_stronger(read.need, known->need))
                known->need = read.need, known->fallback = read.fallback, known->from = place;
        }
    }
    std::sort(component.variables.begin(), component.variables.end(),
              [](const Variable& one, const Variable& other) { return one.name < other.name; });
    if (component.serve.empty()) return;
    for (auto& one : component.variables) {
        if (sys::belongs_to_runner(one.name)) continue;
        if (names_database(one.name) && falls_back_to_file(one) && has_server(component)) {
            one.need = Need::required;
            folder.doubt(fmt::format("without {} the program opens an SQLite file ({}), so fairlead.yml demands it of "
                                     "every environment; set it there",
                                     one.name, one.from));
        }
        const bool vital = one.need == Need::required || (one.need == Need::unknown && names_database(one.name));
        if (vital && one.secret && !contains(component.secrets, one.name)) component.secrets.push_back(one.name);
    }
}

}
