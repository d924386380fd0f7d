#include "cli/explain.h"
#include "base/secrets/credentials.h"
#include "cli/inputs.h"
#include "report/printable.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::cli {
namespace {

std::string line(const std::string& name, const std::string& value, const std::string& origin) {
    return report::one_line(fmt::format("{} = {} ({})", name, hide_credentials(value), origin)) + "\n";
}

// The single values and lists below `value`, by the path that leads to them from the section.
template <typename Wanted>
std::string leaves(const std::string& prefix, const std::string& path, const config::Value& value, Wanted wanted) {
    if (!value.present()) return {};
    if (!value.is_map())
        return wanted(path) ? line(prefix + path, value.is_scalar() ? value.text() : value.json(), origin_of(value))
                            : "";
    std::string text;
    for (const auto& [key, child] : value.entries())
        text += leaves(prefix, path.empty() ? key : path + "." + key, child, wanted);
    return text;
}

}

std::string explain_inputs(const std::vector<Input>& inputs, const Context& context) {
    std::string text;
    for (const Input& input : inputs) text += line(input.name, input.target.shown(), context.origins.at(input.name));
    return text;
}

std::string explain_file(const Spec& spec, const Context& context) {
    const auto no_tool = [](const std::string& path) { return !config::is_tool(path.substr(0, path.find('.'))); };
    const auto no_input = [&](const std::string& path) {
        return std::none_of(spec.inputs.begin(), spec.inputs.end(),
                            [&](const Input& input) { return input.key == path; });
    };
    const std::string environment = context.environment.empty() ? "" : "environments." + context.environment + ".";
    return leaves(environment, "", context.config.environment(context.environment), no_tool) +
           leaves(spec.tool + ".", "", context.section, no_input);
}

}
