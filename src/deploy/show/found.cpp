#include "deploy/show/found.h"
#include "base/printable.h"
#include "base/shell.h"
#include "base/text.h"
#include "deploy/layout.h"
#include "deploy/release/store.h"
#include "deploy/way_back.h"
#include "ledger/files.h"
#include "sys/account.h"
#include "sys/data/json.h"
#include "sys/files/files.h"
#include "sys/files/owned/owned.h"
#include "sys/files/owned/state.h"
#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace fairlead::deploy {

namespace {

using sys::Path;

// Folders below; what can't be looked into has none.
std::vector<Path> folders_in(const Path& folder) {
    std::vector<Path> found;
    for (const auto& name : sys::list_folder(folder).value_or({}))
        if (!name.starts_with('.') && sys::inspect(folder / name).type == sys::FileType::folder)
            found.push_back(folder / name);
    return found;
}

// Of a compose target: the project's folder, as its recipe has it.
std::string project_of(const Path& state, const std::string& release) {
    const auto text = sys::read_file(state / "compose" / (release + ".json"));
    const auto recipe = text.ok() ? sys::parse_json(text.value(), "") : Result<sys::Json>(text.error());
    return recipe.ok() ? sys::text_of(recipe.value(), "folder") : std::string();
}

Found look(const Path& state) {
    Found found{.app = state.parent_path().filename().string(),
                .environment = state.filename().string(),
                .state = state.string()};
    const Store store(state, ledger::Damaged::passed_over);
    const auto known = store.state();
    const auto strict = Store(state).state();
    const auto history = store.history();
    if (!strict.ok())
        found.trouble = ledger::told_with_place(strict.error());
    else if (sys::inspect(state / "state.json").type == sys::FileType::absent && history.ok() &&
             !history->links.empty())
        found.trouble = fmt::format("'{}' is gone, although the history is there", (state / "state.json").string());
    if (known.ok()) found.current = known->current;
    auto ids = store.releases().value_or({});
    std::stable_partition(ids.begin(), ids.end(), [&](const auto& id) { return id == found.current; });
    for (const auto& id : ids) {
        const auto carried = store.carried(id);
        if (found.project.empty()) found.project = project_of(state, id);
        if (!carried.ok() || !carried.value()) continue;
        const auto& settings = carried.value()->settings;
        found.root = settings.root;
        found.production = profile_of(settings) == config::Profile::production;
        break;
    }
    const State serving{.current = found.current, .previous = known.ok() ? known->previous : ""};
    found.before = release_before(store, serving, ids).value_or("");
    for (const auto& id : ids)
        if (id != found.current) found.others.push_back(id);
    return found;
}

std::set<Path> states_in(const Path& base) { // base/APP/ENVIRONMENT
    std::set<Path> found;
    for (const auto& app : folders_in(base))
        for (const auto& environment : folders_in(app))
            if (sys::inspect(environment / "state.json").type == sys::FileType::file ||
                sys::inspect(environment / "history.jsonl").type == sys::FileType::file)
                found.insert(environment);
    return found;
}

// Whether the folder is a target's root: it says where its records are.
void add_root(const Path& root, std::set<Path>& states) {
    const auto owner = sys::read_file(Layout{root}.owner(), 64u << 10);
    const auto lines = split(owner.ok() ? owner.value() : "", '\n');
    if (lines.size() > 1 && lines[1].starts_with('/')) states.insert(lines[1]);
}

// Of the supervisors that run, wherever their target's root is.
void add_supervised(std::set<Path>& states) {
    for (const auto& name : sys::list_folder("/proc").value_or({})) {
        if (name.find_first_not_of("0123456789") != name.npos) continue;
        auto words = split(sys::read_file(Path("/proc") / name / "cmdline", 64u << 10).value_or(""), '\0');
        if (!words.empty() && words.back().empty()) words.pop_back();
        if (words.size() < 2 || words[words.size() - 2] != "supervise") continue;
        const Path slot(words.back()); // ROOT/slots/a
        if (slot.is_absolute() && slot.parent_path().filename() == "slots")
            add_root(slot.parent_path().parent_path(), states);
    }
}

std::vector<Path> home_folders(const sys::Environment& variables) {
    std::vector<Path> found{"/root"};
    if (const auto home = variables.get_or("HOME", ""); home.starts_with('/')) found.emplace_back(home);
    for (const auto& home : folders_in("/home")) found.push_back(home);
    return found;
}

// Its owner's commands: who else types them is refused, root too. Without sudo where root is who types.
std::string as_owner(const Found& found) {
    const auto owner = sys::owner_of(found.state);
    if (!owner || owner->uid == sys::own_user()) return {};
    const auto& name = owner->name;
    if (!sys::is_root())
        return fmt::format("sudo -u {} ", name.empty() ? fmt::format("'#{}'", owner->uid) : shell_word(name));
    if (!name.empty()) return fmt::format("runuser -u {} -- ", shell_word(name));
    return fmt::format("setpriv --reuid={} --regid={} --clear-groups ", owner->uid, owner->gid);
}

std::string commands_for(const Found& found) {
    const auto whose = as_owner(found);
    const auto sure = found.production ? " --confirm " + shell_word(found.environment) : "";
    const auto line = [&](const std::string& words, std::string_view what) {
        const bool own = words.starts_with("cd ");
        return fmt::format("  {:<62} # {}\n", (own ? "" : whose) + words, what);
    };
    const bool by_root = !found.root.empty();
    const auto there = by_root ? " --root " + shell_word(found.root) : " --env " + shell_word(found.environment);
    std::string text;
    if (!by_root)
        text += line("cd " + (found.project.empty() ? "FOLDER" : shell_word(found.project)),
                     "the folder of its fairlead.yml");
    text += line("fairlead-deploy status" + there, "what serves");
    if (!found.before.empty())
        text += line("fairlead-deploy rollback" + there + " --dry-run",
                     "shows what the next command does; changes nothing") +
                line("fairlead-deploy rollback" + there + sure, "the previous release serves again");
    else if (!found.others.empty())
        text += line("fairlead-deploy rollback RELEASE" + there + sure,
                     "RELEASE: " + one_of(found.others) + ", none of which is known to be good");
    if (found.current.empty()) return text;
    return text + line("fairlead-deploy rollback " + shell_word(found.current) + there + sure,
                       "nothing answers: starts the current release again");
}

}

std::vector<Found> find_deployed(const sys::Environment& variables) {
    std::set<Path> bases, states;
    for (const bool root : {true, false})
        if (const auto folder = sys::state_folder(variables, root)) bases.insert(*folder);
    for (const auto& home : home_folders(variables)) bases.insert(home / ".local/state/fairlead");
    for (const auto& base : bases) states.merge(states_in(base));
    auto above = home_folders(variables);
    for (const auto* folder : {"/srv", "/opt", "/var/www", "/var/lib"}) above.emplace_back(folder);
    for (const auto& folder : above)
        for (const auto& root : folders_in(folder)) {
            add_root(root, states);
            for (const auto& inner : folders_in(root)) add_root(inner, states);
        }
    add_supervised(states);
    std::vector<Found> found;
    for (const auto& state : states) found.push_back(look(state));
    std::stable_partition(found.begin(), found.end(), [](const Found& one) { return one.production; });
    return found;
}

Result<report::Report> status_of_host(const sys::Environment& variables) {
    const auto all = find_deployed(variables);
    if (all.empty())
        return usage(fmt::format("there is no fairlead.yml here or above, and no deployment was found on this host{}; "
                                 "name the root of a target: fairlead-deploy status --root FOLDER",
                                 sys::is_root() ? "" : " that this user may see"));
    report::Report report{.tool = "deploy"};
    report.text = "There is no fairlead.yml here or above; these are the targets on this host.\n";
    auto members = sys::Json::array();
    for (const auto& one : all) {
        report.text +=
            fmt::format("\n{} {}: {}{} (records in {})\n", one_line(one.app), one_line(one.environment),
                        !one.current.empty()  ? one_line(one.current) + " is deployed"
                        : one.trouble.empty() ? "nothing is deployed"
                                              : "its records are damaged, so the deployed release isn't known",
                        one.before.empty() ? "" : ", and before that " + one_line(one.before), one_line(one.state));
        if (!one.trouble.empty()) report.text += fmt::format("  {}\n", printable(one.trouble));
        report.text += commands_for(one);
        members.push_back({{"app", one.app},
                           {"environment", one.environment},
                           {"root", one.root},
                           {"state", one.state},
                           {"current", one.current},
                           {"previous", one.before}});
    }
    report.facts = fmt::format("{} found; nothing was run or changed{}",
                               all.size() == 1 ? "1 target" : fmt::format("{} targets", all.size()),
                               sys::is_root() ? "" : "; root may see more");
    report.members = {report::member("targets", members)};
    report.looked.at_all = true;
    return report;
}

}
