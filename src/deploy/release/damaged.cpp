// The part of store.h about what somebody or a disk damaged.
#include "deploy/release/damaged.h"
#include "base/printable.h"
#include "deploy/release/store.h"
#include "ledger/checked.h"
#include "ledger/files.h"
#include "sys/data/json.h"
#include "sys/digest.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

using ledger::Damage;
using ledger::names_in;

bool is_absent(const sys::Path& path) { return sys::inspect(path).type == sys::FileType::absent; }

// Whoever reads it has to do without: what was set aside stays gone.
Damage lost(Error what, const sys::Path& path) { return {std::move(what), path, Damage::Cure::none, false}; }

}

Error gone(const sys::Path& file) { return could_not("the file is gone", {.file = file.string()}); }

Error of_another(const sys::Path& file, const std::string& release) {
    return could_not(fmt::format("this is the record of release '{}'", one_line(release)),
                     {.file = file.string(), .line = 1});
}

// One whose record is in the history has announced that: else it looks open, and what serves would be taken back by it.
Result<void> Store::check_whole(const ledger::Journal& journal) const {
    const auto read = TRY(read_journal(journal));
    const auto history = ledger_.history();
    const auto& links = history.ok() ? history->links : std::vector<ledger::Link>();
    if (std::none_of(links.begin(), links.end(), [&](const auto& link) { return link.id == journal.id; })) return {};
    const auto& [id, plan, last, switched] = read.deployment;
    const auto is_commit = [](const Step& step) { return step.act == Act::commit; };
    const auto commit = std::find_if(plan.steps.begin(), plan.steps.end(), is_commit);
    const bool told = last && (last->undo ? last->act == Act::record || last->act == Act::prune
                                          : commit == plan.steps.end() || last->number >= commit->number);
    if (told) return {};
    const int lines = journal.lines.empty() ? 1 : journal.lines.back().number;
    return could_not("the journal is cut off: the history has the record of its end",
                     {.file = journal.file, .line = lines});
}

// Those of later versions stay where they are: only who needs them can't go on.
Result<std::vector<Damage>> Store::damaged_releases() const {
    std::vector<Damage> found;
    const auto state = ledger_.state();
    const auto open = unfinished();
    const auto under_way = open.ok() && open.value() ? open.value()->deployment.plan.release : std::string();
    auto ids = TRY(releases());
    for (const auto* name : {"current", "previous"}) {
        const auto id = state.ok() ? state->members.find(name)->second : "";
        if (!id.empty() && std::find(ids.begin(), ids.end(), id) == ids.end())
            found.push_back({gone(folder_ / "releases" / (id + ".json")), folder_ / "releases" / (id + ".json"),
                             Damage::Cure::none, true});
    }
    for (const auto& id : ids) {
        const auto path = folder_ / "releases" / (id + ".json");
        const auto text = TRY(sys::read_file(path));
        const auto info = parse_release_info(text, path.string(), ledger_.of());
        const bool later = ledger::is_later(text);
        if (!info.ok() || info->id != id) {
            found.push_back({info.ok() ? of_another(path, info->id) : info.error(), path,
                             later ? Damage::Cure::none : Damage::Cure::aside, true});
            continue;
        }
        const auto list = folder_ / "sealed" / id;
        if (id == under_way) continue; // half of it may be written
        if (!info->sealed.empty() && is_absent(list))
            found.push_back(lost(gone(list), list));
        else if (const auto sealed = this->sealed(info.value()); !sealed.ok())
            found.push_back(lost(could_not("this file list was changed after the release was sealed",
                                           {.file = list.string(), .line = 1}),
                                 list));
        const auto proven = folder_ / "carried" / (id + ".json");
        if (!is_absent(proven)) {
            const auto carried_text = sys::read_file(proven);
            if (!carried_text.ok()) continue; // its secrets are for nobody else to see
            const auto carried = parse_carried(carried_text.value(), proven.string(), ledger_.of(), id);
            if (!carried.ok())
                found.push_back({carried.error(), proven,
                                 ledger::is_later(carried_text.value()) ? Damage::Cure::none : Damage::Cure::aside,
                                 false});
        } else if (info->carries) {
            found.push_back(lost(gone(proven), proven));
        }
    }
    return found;
}

// What is damaged of these holds all the same: a mark that is set aside is written again by its name (mend_records). Of
// what is left to do nobody knows any more.
Result<std::vector<Damage>> Store::damaged_marks() const {
    std::vector<Damage> found;
    std::vector<sys::Path> files{folder_ / "hold", folder_ / "contract", folder_ / "hooks"};
    for (const auto& name : TRY(names_in(folder_ / "bad")))
        if (name.ends_with(".json") && !name.starts_with('.')) files.push_back(folder_ / "bad" / name);
    for (const auto& path : files) {
        if (is_absent(path)) continue;
        const auto text = TRY(sys::read_file(path, 1u << 20));
        const auto good = ledger::read_checked(text, path.string(), ledger_.of(), domain.tool);
        if (good.ok()) continue;
        const bool aside = path.filename() != "hold" && !ledger::is_later(text);
        found.push_back({good.error(), path, aside ? Damage::Cure::aside : Damage::Cure::none, false});
    }
    return found;
}

Result<std::vector<Damage>> Store::damaged() const {
    auto found = TRY(ledger_.damaged([&](const ledger::Journal& journal) { return check_whole(journal); }));
    for (auto& one : TRY(damaged_releases())) found.push_back(std::move(one));
    for (auto& one : TRY(damaged_marks())) found.push_back(std::move(one));
    return found;
}

}
