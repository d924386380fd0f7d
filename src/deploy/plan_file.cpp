#include "deploy/plan_file.h"
#include "base/printable.h"
#include "base/text.h"
#include "deploy/direct/variables.h"
#include "deploy/policy/approvals.h"
#include "deploy/record/journal.h"
#include "deploy/release/release.h"
#include "deploy/settings.h"
#include "sys/data/json.h"
#include "sys/digest.h"
#include "sys/files/beneath.h"
#include "sys/files/files.h"
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {
constexpr std::uint64_t longest_plan = 1u << 20;

Result<sys::Json> read_plan(const std::string& file) {
    const auto text = TRY(sys::read_file(file, longest_plan));
    auto object = sys::parse_json(text, file);
    if (!object.ok() || !object->is_object() || !object->contains("plan") || !object->contains("schema") ||
        object.value()["schema"] != 1)
        return no(
            fmt::format("'{}' is not a plan; write a plan with `fairlead-deploy plan --plan FILE`", one_line(file)));
    return std::move(object.value());
}

std::string shown(const sys::Json& value) {
    constexpr std::size_t most = 80;
    const auto text = one_line(value.is_string() ? value.get<std::string>() : value.dump());
    return text.empty() ? "none" : text.size() > most ? text.substr(0, most) + "..." : text;
}

// Steps are told by their names, as a plan prints them.
std::string shown_steps(const sys::Json& steps) {
    std::string names;
    for (const auto& step : steps) names += (names.empty() ? "" : " ") + sys::text_of(step, "step");
    return shown(names);
}

void compare(const std::string& below, const sys::Json& given, const sys::Json& now, std::vector<std::string>& found) {
    for (const auto* side : {&given, &now})
        for (const auto& [name, value] : side->items()) {
            const auto then = given.value(name, sys::Json()), today = now.value(name, sys::Json());
            if (plan_hash(then) == plan_hash(today) || (side == &now && given.contains(name))) continue;
            if ((name == "plan" || name == "variables") && then.is_object() && today.is_object())
                compare(name + ".", then, today, found);
            else if (name == "steps" && then.is_array() && today.is_array() && shown_steps(then) != shown_steps(today))
                found.push_back(
                    fmt::format("{}steps: {}, now {}", one_line(below), shown_steps(then), shown_steps(today)));
            else
                found.push_back(
                    fmt::format("{}{}: {}, now {}", one_line(below), shown(name), shown(then), shown(today)));
        }
}
}

Result<sys::Json> plan_file_of(const Settings& settings, const ReleaseInfo& release, const Plan& plan) {
    auto variables = sys::Json::object();
    for (const auto& [name, told] : TRY(variables_told(settings)))
        variables[name] = told.empty() ? "secret" : sys::sha256(name + "=" + told).substr(0, 16);
    return sys::Json{{"schema", 1},
                     {"app", settings.app},
                     {"environment", settings.environment},
                     {"target", settings.target},
                     {"url", settings.url},
                     {"version", release.version},
                     {"digest", release.digest},
                     {"commit", release.commit},
                     {"variables", variables},
                     {"plan", to_json(plan)}};
}

Result<void> write_plan(const std::string& file, const Settings& settings, const ReleaseInfo& release,
                        const Plan& plan) {
    const auto named = TRY(sys::named_by_person(std::filesystem::current_path(), file));
    const auto folder = sys::Path(named.path).parent_path();
    if (folder.filename() == ".fairlead") TRY_VOID(named.root.make_folders(folder)); // ours
    const auto text = TRY(plan_file_of(settings, release, plan)).dump(2);
    return sys::write_file(file, text + "\n");
}

Result<std::string> read_plan_hash(const std::string& file) {
    const auto plan = TRY(read_plan(file));
    return plan_hash(plan);
}

Result<std::string> stale_members(const std::string& file, const sys::Json& now) {
    const auto given = TRY(read_plan(file));
    std::vector<std::string> found;
    compare("", given, now, found);
    constexpr std::size_t most = 20;
    if (found.size() > most) found.resize(most);
    return join(found, "; ");
}

}
