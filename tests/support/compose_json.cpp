// program, with read
// The Compose files that are named, or those of the folder, as our reader sees them: JSON on standard output, for
// tests/cli/compose_readers.py. Scalars are texts; services that no profile selects are left out.
#include "read/compose/compose.h"
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>

extern char** environ;

using namespace fairlead::read;
using Json = nlohmann::ordered_json;

namespace {

Json json_of(const ComposeValue& value) {
    if (value.is_scalar()) return plain_text(value);
    if (value.kind == ComposeValue::Kind::null) return nullptr;
    Json result = value.is_list() ? Json::array() : Json::object();
    for (const auto& item : value.items)
        if (value.is_list())
            result.push_back(json_of(item));
        else
            result[item.key] = json_of(item);
    return result;
}

Json json_of(const ComposeService& service, const ComposeProject& project) {
    Json result = json_of(service.value);
    for (const auto& variable : service.environment) {
        const auto found = project.variables.find(variable.name);
        if (!variable.value && found != project.variables.end()) result["environment"][variable.name] = found->second;
    }
    for (const auto& dependency : service.depends_on) {
        Json& entry = result["depends_on"][dependency.service];
        entry["condition"] = dependency.condition;
        entry["required"] = dependency.required ? "true" : "false";
    }
    if (service.at("command") != nullptr) result["command"] = service.command;
    if (service.at("entrypoint") != nullptr) result["entrypoint"] = service.entrypoint;
    if (service.healthcheck && !service.healthcheck->test.empty())
        result["healthcheck"]["test"] = service.healthcheck->test;
    if (service.build) {
        result["build"]["context"] = service.build->context;
        if (!service.build->inline_dockerfile) result["build"]["dockerfile"] = service.build->dockerfile;
    }
    result["networks_of"] = service.networks;
    return result;
}

std::optional<std::string> read_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) return std::nullopt;
    return std::string(std::istreambuf_iterator<char>(in), {});
}

}

int main(int count, char** words) {
    ComposeInput input;
    input.read = read_file;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string_view text = *entry;
        const std::size_t equals = text.find('=');
        if (equals != std::string_view::npos) input.variables.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
    input.files.assign(words + 1, words + count);
    if (input.files.empty()) input.files = find_compose_files(input, ".");
    const ComposeProject project = read_compose(input);
    Json result = json_of(project.model);
    result["services"] = Json::object();
    for (const auto& service : project.services)
        if (service.active) result["services"][service.name] = json_of(service, project);
    result["files"] = project.files;
    result["problems"] = Json::array();
    for (const auto& problem : project.problems)
        result["problems"].push_back(project.file(problem.place) + ":" + std::to_string(problem.place.line) + ":" +
                                     std::to_string(problem.place.column) + ": " + problem.message);
    result["needed"] = Json::array();
    for (const auto& reference : project.references)
        if (reference.needed) result["needed"].push_back(reference.name);
    std::cout << result.dump(1, ' ', false, Json::error_handler_t::replace) << '\n';
}
