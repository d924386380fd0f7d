#include "cli/permit.h"
#include "base/text.h"
#include "cli/common.h"
#include "cli/hold.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::cli {
namespace {

struct PermitRow {
    Need need;
    std::string_view name;
    std::vector<sys::Act> acts;
    std::string_view would; // of a foreign change, for which it is refused; empty: it is not
    bool left_out = false;  // of a foreign change: the command goes on without it
};
const std::vector<PermitRow>& permit_rows() {
    using sys::Act;
    static const std::vector<PermitRow> all = {
        {Need::network, "network", {Act::connect}, ""},
        {Need::programs, "programs", {Act::start_program}, ""},
        {Need::programs_at_first, "programs_at_first", {Act::start_program}, ""},
        {Need::project_programs,
         "project_programs",
         {Act::start_program, Act::start_project_program, Act::ask_project_program},
         "would run code of the change"},
        {Need::project_questions, "project_questions", {Act::start_program, Act::ask_project_program}, "", true},
        {Need::database_changes, "database_changes", {Act::connect, Act::change_database}, "would change a database"},
        {Need::store_changes, "store_changes", {Act::connect, Act::change_store}, "would change a store of backups"},
        {Need::target_changes,
         "target_changes",
         {Act::connect, Act::change_target},
         "would change a deployed application"},
    };
    return all;
}
const PermitRow& permit_row(Need need) {
    return *std::find_if(permit_rows().begin(), permit_rows().end(),
                         [&](const PermitRow& row) { return row.need == need; });
}

Error refused_change(const Spec& spec, const std::string& command, const config::Change& change,
                     const std::vector<std::string>& would) {
    const auto who = program_name(spec) + (command.empty() ? "" : " " + command);
    const auto whose = change.about.empty() ? std::string("the change that this job is about")
                                            : fmt::format("{}, which {},", change.about, change.why);
    return could_not(fmt::format("{} is refused for {} because it {}; run it in the job of a push to your own branch, "
                                 "after the change was merged",
                                 who, whose, join(would, ", and ")));
}

}

std::string_view name_of(Need need) { return permit_row(need).name; }

bool is_for_own_changes(Need need) { return !permit_row(need).would.empty() || permit_row(need).left_out; }

std::vector<NeedWhen> needs_of(const Spec& spec, const std::string& command, const Words& words,
                               const sys::Environment& variables) {
    std::vector<NeedWhen> needs;
    for (const NeedWhen& need : spec.needs) {
        if (!need.command.empty() && need.command != command) continue;
        if (!need.input.empty() && !is_input_given(spec, need.input, words, variables)) continue;
        if (!need.variable.empty() && !variables.get(need.variable)) continue;
        needs.push_back(need);
    }
    return needs;
}

Result<sys::Permit> permit_of(const Spec& spec, const std::string& command, const std::vector<NeedWhen>& needs,
                              const config::Change& change, bool dry_run) {
    const auto found = std::find_if(spec.commands.begin(), spec.commands.end(),
                                    [&](const Command& one) { return one.name == command; });
    const bool foreign = change.foreign && (found == spec.commands.end() || !found->hidden);
    sys::Permit permit;
    std::vector<std::string> would;
    for (const NeedWhen& need : needs) {
        const PermitRow& row = permit_row(need.what);
        if (row.left_out && foreign) continue;
        const bool is_guarded = !row.would.empty();
        if (is_guarded && dry_run && !need.also_dry) continue;
        if (is_guarded && foreign && (!need.in_fork || change.has_rights)) {
            would.emplace_back(row.would);
            continue;
        }
        for (const sys::Act act : row.acts) permit.add(act);
    }
    if (!would.empty()) return refused_change(spec, command, change, would);
    return permit;
}

}
